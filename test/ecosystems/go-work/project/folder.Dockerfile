FROM golang:1 AS build
ENV PATH=/usr/local/go/bin:$PATH
WORKDIR /src
COPY . .
RUN cd apps/api && CGO_ENABLED=0 go build -trimpath -o /out/api .

FROM scratch
COPY --from=build /out/api /api
ENTRYPOINT ["/api"]
