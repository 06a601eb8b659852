FROM rust:1 AS build
ENV PATH=/root/.cargo/bin:$PATH
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/usr/local/cargo/git,sharing=locked \
    cargo build --release --locked

FROM scratch
COPY --from=build /src/target/release/hello /hello
ENTRYPOINT ["/hello"]
