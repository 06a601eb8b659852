FROM debian:12-slim AS base
WORKDIR /w

FROM base AS build
COPY src ./src
RUN sleep 2; mkdir out; cat src/a.c > out/bin

FROM base AS assets
COPY package.json .
RUN for i in 1 2 3; do echo "asset $i"; sleep 0.5; done; cp package.json assets.json

FROM debian:12-slim
WORKDIR /srv
COPY README.md .
RUN sleep 1 && echo ready
COPY --from=build /w/out /srv/out
COPY --link --from=assets /w/assets.json /srv/
RUN sleep 0.3 && ls -R /srv
