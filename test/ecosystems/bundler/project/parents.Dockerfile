# syntax=docker/dockerfile:1
FROM ruby:3.1
ENV BUNDLE_PATH=/usr/local/bundle BUNDLE_FROZEN=true
WORKDIR /app
COPY . .
RUN bundle install
CMD ["ruby", "bin/greet"]
