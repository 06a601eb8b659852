# syntax=docker/dockerfile:1
FROM composer:2
WORKDIR /app
COPY . .
RUN composer install --no-interaction
CMD ["php", "bin/greet.php"]
