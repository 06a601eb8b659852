# syntax=docker/dockerfile:1
FROM python:3.11
ENV PIP_BREAK_SYSTEM_PACKAGES=1
WORKDIR /app
RUN --mount=type=bind,source=requirements,target=requirements \
    pip install --no-cache-dir -r requirements/hashed.txt
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
CMD ["python3", "-m", "harbour"]
