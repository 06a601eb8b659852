FROM python:3.11 AS build
RUN pip install --break-system-packages --no-cache-dir pipenv==2026.10.3
ENV PIPENV_VENV_IN_PROJECT=1
WORKDIR /app
COPY . .
RUN pipenv sync

FROM python:3.11
COPY --from=build /app /app
WORKDIR /app
CMD ["/app/.venv/bin/python", "-m", "harbour"]
