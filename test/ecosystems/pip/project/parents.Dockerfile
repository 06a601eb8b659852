# syntax=docker/dockerfile:1
FROM python:3.11
ENV PIP_BREAK_SYSTEM_PACKAGES=1
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
CMD ["python3", "-m", "harbour"]
