FROM node:20
RUN useradd -m app
USER app
COPY --chown=app:app . /srv/app
WORKDIR /srv/app/web
RUN npm ci
