# syntax=docker/dockerfile:1
FROM node:20
WORKDIR /app
RUN --mount=type=bind,source=package.json,target=/tmp/package.json node -p "require('/tmp/package.json').version"
COPY . .
RUN npm ci
CMD ["node", "src/server.js"]
