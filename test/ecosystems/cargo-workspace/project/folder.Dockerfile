FROM rust:1 AS build
WORKDIR /src
COPY . .
RUN cd crates/app && cargo build --release --locked

FROM scratch
COPY --from=build /src/target/release/app /app
ENTRYPOINT ["/app"]
