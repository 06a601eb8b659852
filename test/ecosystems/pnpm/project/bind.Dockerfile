# syntax=docker/dockerfile:1
FROM node:20
RUN npm install --global pnpm@9.15.9
WORKDIR /app
RUN --mount=type=bind,source=package.json,target=/tmp/package.json node -p "require('/tmp/package.json').version"
COPY . .
RUN pnpm install --frozen-lockfile
CMD ["node", "src/server.js"]
