# syntax=docker/dockerfile:1
FROM node:20
RUN npm install --global yarn@1.22.22
WORKDIR /app
COPY . .
RUN yarn install --frozen-lockfile --ignore-scripts
CMD ["node", "apps/web/src/server.js"]
