FROM debian:12-slim AS tools
RUN <<EOF
set -e
echo one > /one
sleep 0.2
EOF
COPY <<conf.ini /etc/app/
[main]
x=1
conf.ini
COPY <<"A" <<B /etc/two/
$NOT
A
b
B
RUN <<EOF cat > /from-cat
text
EOF
RUN cat <<EOF >/x && \
  echo done
hello
EOF
