# syntax=docker/dockerfile:1
FROM python:3.11 AS build
RUN pip install --break-system-packages --no-cache-dir uv==0.13.9
ENV UV_LINK_MODE=copy
WORKDIR /app
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --all-packages --no-editable

FROM python:3.11
COPY --from=build /app/.venv /app/.venv
CMD ["/app/.venv/bin/python", "-m", "harbour"]
