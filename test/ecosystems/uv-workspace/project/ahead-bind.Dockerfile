# syntax=docker/dockerfile:1
FROM python:3.11 AS tools
RUN pip install --break-system-packages --no-cache-dir uv==0.13.9
ENV UV_LINK_MODE=copy
WORKDIR /app

FROM tools AS lock
RUN --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    --mount=type=bind,source=packages,target=packages \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    uv export --frozen --no-emit-workspace -o /requirements.txt

FROM tools
COPY . .
RUN uv sync --locked --no-cache
COPY --from=lock /requirements.txt /
CMD ["/app/.venv/bin/python", "-m", "harbour"]
