# syntax=docker/dockerfile:1
FROM python:3.11 AS build
RUN pip install --break-system-packages --no-cache-dir poetry==2.5.1
ENV POETRY_NO_INTERACTION=1
WORKDIR /app
COPY . .
RUN poetry sync --no-root --no-cache
RUN poetry install --only main

FROM python:3.11
COPY --from=build /app /app
WORKDIR /app
CMD ["/app/.venv/bin/python", "-m", "harbour"]
