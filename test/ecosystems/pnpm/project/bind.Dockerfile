# syntax=docker/dockerfile:1
FROM node:20
RUN npm install --global pnpm@9.15.9
WORKDIR /app
RUN --mount=type=bind,source=src/server.js,target=/tmp/server.js node --check --input-type=module < /tmp/server.js
COPY . .
RUN pnpm install --frozen-lockfile
CMD ["node", "src/server.js"]
