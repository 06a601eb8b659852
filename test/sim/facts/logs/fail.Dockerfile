FROM debian:12-slim AS a
RUN sleep 2 && echo a
FROM debian:12-slim
COPY README.md /
RUN sleep 0.5 && echo "about to fail" && exit 3
COPY --from=a /etc/hostname /h
