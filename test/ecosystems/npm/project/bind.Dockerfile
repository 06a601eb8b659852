# syntax=docker/dockerfile:1
FROM node:20
WORKDIR /app
RUN --mount=type=bind,source=src/server.js,target=/tmp/server.js node --check --input-type=module < /tmp/server.js
COPY . .
RUN npm ci
CMD ["node", "src/server.js"]
