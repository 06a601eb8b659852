# syntax=docker/dockerfile:1
FROM node:20
RUN npm install --global pnpm@9.15.9
WORKDIR /app
COPY . .
RUN pnpm install --frozen-lockfile
CMD ["node", "apps/web/src/server.js"]
