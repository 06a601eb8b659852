# syntax=docker/dockerfile:1
FROM node:20
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD ["node", "apps/web/src/server.js"]
