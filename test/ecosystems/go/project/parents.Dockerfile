# syntax=docker/dockerfile:1.20
FROM golang:1 AS build
ENV PATH=/usr/local/go/bin:$PATH
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /out/hello .

FROM scratch
COPY --from=build /out/hello /hello
ENTRYPOINT ["/hello"]
