FROM python:3.11 AS build
RUN pip install --break-system-packages --no-cache-dir uv==0.13.9
RUN uv venv /opt/venv
ENV VIRTUAL_ENV=/opt/venv
WORKDIR /app
COPY . .
RUN uv pip sync --no-cache requirements.txt

FROM python:3.11
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY harbour ./harbour
CMD ["/opt/venv/bin/python", "-m", "harbour"]
