# syntax=docker/dockerfile:1
FROM python:3.11
RUN pip install --break-system-packages --no-cache-dir uv==0.13.9
WORKDIR /app
COPY . .
RUN uv sync --frozen --no-install-project --no-dev
RUN uv sync --frozen --no-dev
CMD ["/app/.venv/bin/python", "-m", "harbour"]
