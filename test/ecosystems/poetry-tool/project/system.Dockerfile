FROM python:3.11
ENV PIP_BREAK_SYSTEM_PACKAGES=1
COPY . /srv
WORKDIR /srv
# Poetry, the packages, the program
RUN python3 -m pip install --no-cache-dir poetry==2.5.1 && \
    export POETRY_VIRTUALENVS_CREATE=false && \
    poetry install --without dev --no-interaction --no-ansi && \
    rm -rf /root/.cache/pypoetry/cache && \
    python3 -m harbour > greeting.txt
CMD ["cat", "greeting.txt"]
