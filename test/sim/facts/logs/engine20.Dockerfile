FROM scratch AS bin
COPY src /src
FROM debian:12-slim AS build
ARG NAME=world
WORKDIR /w
COPY package.json .
RUN --mount=type=cache,target=/c sleep 1 && echo "hello $NAME" > out
FROM build
COPY --from=bin /src /src
RUN cat out
