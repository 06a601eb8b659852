# syntax=docker/dockerfile:1
FROM composer:2 AS build
COPY . /app
WORKDIR /app
RUN --mount=type=cache,target=/tmp/cache composer install --no-interaction --classmap-authoritative

FROM composer:2
COPY --from=build /app /app
CMD ["php", "/app/bin/greet.php"]
