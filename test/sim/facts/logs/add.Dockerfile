FROM debian:12-slim
ADD http://example.com/file.txt /file.txt
ADD --link http://example.com/file.txt /linked.txt
RUN cat /file.txt
