# syntax=docker/dockerfile:1
FROM debian:12-slim
ARG GREETING=hello
WORKDIR /app
COPY package.json ./
RUN sleep 1 && echo "install $GREETING" && cp package.json installed
COPY src ./src
RUN --mount=type=cache,target=/c sleep 0.5 && cat src/a.c > out
LABEL a=b
CMD ["cat", "out"]
