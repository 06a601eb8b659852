FROM python:3.11
RUN pip install --break-system-packages --no-cache-dir uv==0.13.9
WORKDIR /app
COPY . .
RUN uv sync --locked --no-dev
CMD ["/app/.venv/bin/python", "-m", "harbour"]
