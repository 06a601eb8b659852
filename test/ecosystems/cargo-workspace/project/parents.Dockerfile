# syntax=docker/dockerfile:1.20
FROM rust:1 AS build
ENV PATH=/root/.cargo/bin:$PATH
WORKDIR /src
COPY . .
RUN cargo build --release --locked --package app

FROM scratch
COPY --from=build /src/target/release/app /app
ENTRYPOINT ["/app"]
