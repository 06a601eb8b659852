FROM rust:1 AS build
ENV PATH=/root/.cargo/bin:$PATH
WORKDIR /src
COPY . .
ENV GREETING=ahoy
RUN cargo build --release --locked

FROM scratch
COPY --from=build /src/target/release/hello /hello
ENTRYPOINT ["/hello"]
