FROM python:3.11 AS build
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir --require-hashes -r requirements/hashed.txt

FROM python:3.11
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY harbour ./harbour
CMD ["/opt/venv/bin/python", "-m", "harbour"]
