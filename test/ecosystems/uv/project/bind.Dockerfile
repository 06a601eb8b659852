# syntax=docker/dockerfile:1
FROM python:3.11
RUN pip install --break-system-packages --no-cache-dir uv==0.13.9
ENV UV_LINK_MODE=copy
WORKDIR /app
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    uv sync --locked --no-install-project
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked
CMD ["/app/.venv/bin/python", "-m", "harbour"]
