# syntax=docker/dockerfile:1
FROM node:20 AS build
WORKDIR /app
COPY . .
# Packages, then the program
RUN --mount=type=cache,target=/root/.npm \
    set -eux; \
    npm ci; \
    # one file of it
    npm run build; \
    npm prune --omit=dev

FROM node:20
WORKDIR /app
COPY --from=build /app ./
CMD ["node", "dist/server.js"]
