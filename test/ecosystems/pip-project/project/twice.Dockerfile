FROM python:3.11
ENV PIP_BREAK_SYSTEM_PACKAGES=1
WORKDIR /app
COPY . .
RUN pip install --no-cache-dir -r requirements.txt
RUN pip install --no-cache-dir --no-deps -e .
CMD ["python3", "-m", "harbour"]
