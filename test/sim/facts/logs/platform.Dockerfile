FROM --platform=$BUILDPLATFORM debian:12-slim AS build
ARG TARGETARCH
RUN echo $TARGETARCH > /arch
FROM scratch
COPY --from=build /arch /arch
COPY README.md /
WORKDIR /w
