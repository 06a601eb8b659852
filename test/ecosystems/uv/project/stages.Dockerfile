FROM python:3.11 AS build
RUN pip install --break-system-packages --no-cache-dir uv==0.13.9
ENV UV_LINK_MODE=copy
WORKDIR /app
COPY . .
RUN uv sync --frozen --no-cache

FROM python:3.11
COPY --from=build /app /app
WORKDIR /app
CMD ["/app/.venv/bin/python", "-m", "harbour"]
