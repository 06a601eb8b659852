# syntax=docker/dockerfile:1
FROM python:3.11 AS tools
RUN pip install --break-system-packages --no-cache-dir uv==0.13.9
ENV UV_LINK_MODE=copy
WORKDIR /app

FROM tools AS lock
RUN --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    uv export --frozen --no-emit-project -o /requirements.txt

FROM tools
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked
COPY --from=lock /requirements.txt /
CMD ["/app/.venv/bin/harbour"]
