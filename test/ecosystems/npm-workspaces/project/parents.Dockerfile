# syntax=docker/dockerfile:1
FROM node:20
WORKDIR /app
COPY . .
RUN npm ci
CMD ["node", "apps/web/src/server.js"]
