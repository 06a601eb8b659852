# syntax=docker/dockerfile:1
FROM node:20
RUN npm install --global bun@1.4.5
WORKDIR /app
COPY . .
RUN bun install --frozen-lockfile
CMD ["bun", "apps/web/src/server.js"]
