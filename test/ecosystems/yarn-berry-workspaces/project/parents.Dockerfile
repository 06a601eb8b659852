# syntax=docker/dockerfile:1
FROM node:20
RUN npm install --global @yarnpkg/cli-dist@4.18.1
WORKDIR /app
COPY . .
RUN yarn install --immutable
CMD ["node", "apps/web/src/server.js"]
