# syntax=docker/dockerfile:1
FROM python:3.11 AS build
RUN pip install --break-system-packages --no-cache-dir poetry==2.5.1
ENV POETRY_VIRTUALENVS_CREATE=false
WORKDIR /app
# The whole program, for the install reads it.
COPY . .
RUN poetry install --without dev --no-interaction --no-ansi

FROM build
CMD ["python3", "-m", "harbour"]
