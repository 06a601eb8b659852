import { describe, expect, it } from 'vitest';
import { refactorsOf } from '../../server/src/engine/refactors.js';
import { lintFile } from '../../server/src/engine/run.js';
import { applyEdits } from '../../server/src/text/edit.js';
import { joinPath } from '../../server/src/text/paths.js';
import { testEngine } from '../harness/engine.js';
import { memorySnapshot, root } from '../harness/memfs.js';

const engine = await testEngine();

/** The Dockerfile after the refactoring that is offered on its last FROM; undefined where none is. */
function splitOf(files: Readonly<Record<string, string>>): string | undefined {
  const snapshot = memorySnapshot(files);
  const path = joinPath(root, 'Dockerfile');
  const report = lintFile(engine, snapshot, path, {});
  const text = files.Dockerfile ?? '';
  const at = text.lastIndexOf('FROM ');
  const [offered, ...others] = refactorsOf(engine, snapshot, report, { start: at, end: at }, {});
  expect(others).toEqual([]);
  const [change] = offered?.changes() ?? [];
  return change?.kind === 'edit' ? applyEdits(text, change.edits) : undefined;
}

const nodeFiles = {
  'package.json': JSON.stringify({
    scripts: { build: 'tsc', start: 'node dist/main.js' },
    dependencies: { ms: '2.1.3' },
    devDependencies: { typescript: '5.9.3' },
  }),
  'package-lock.json': '{"lockfileVersion":3,"packages":{}}',
  'src/main.ts': '',
};
const goFiles = { 'go.mod': 'module shop\n', 'main.go': 'package main\n' };

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly before: string;
  readonly after: string;
}

const cases: readonly Case[] = [
  {
    name: 'a Node server',
    files: nodeFiles,
    before: `# the shop
FROM node:22
ENV PORT=3000
WORKDIR /app
COPY . .
RUN npm ci
RUN npm run build
RUN chown -R node:node /app
EXPOSE 3000
USER node
# what runs
CMD ["node", "dist/main.js"]
`,
    after: `# the shop
FROM node:22 AS build
ENV PORT=3000
WORKDIR /app
COPY . .
RUN npm ci
RUN npm run build
RUN chown -R node:node /app
RUN npm prune --omit=dev

FROM node:22-slim
ENV PORT=3000
WORKDIR /app
COPY --from=build /app /app
EXPOSE 3000
USER node
# what runs
CMD ["node", "dist/main.js"]
`,
  },
  {
    name: 'files that Node only serves',
    files: nodeFiles,
    before: `FROM node:22-alpine
WORKDIR /app
COPY . .
RUN npm ci && npm run build
EXPOSE 3000
CMD ["npx", "serve", "-s", "dist"]
`,
    after: `FROM node:22-alpine AS build
WORKDIR /app
COPY . .
RUN npm ci && npm run build

FROM nginx:1-alpine
RUN echo 'server { listen 3000; root /usr/share/nginx/html; location / { try_files $uri $uri/ $uri.html /index.html; } }' > /etc/nginx/conf.d/default.conf
WORKDIR /app
COPY --from=build /app/dist /usr/share/nginx/html
EXPOSE 3000
`,
  },
  {
    name: 'Go, its program outside of the project, no line ending at the end',
    files: goFiles,
    before: `FROM golang:1.22
WORKDIR /app
COPY . .
RUN apt-get update && apt-get install -y gcc
RUN go mod download && go build -o /usr/local/bin/shop .
EXPOSE 8080
CMD ["/usr/local/bin/shop"]`,
    after: `FROM golang:1.22 AS build
WORKDIR /app
COPY . .
RUN apt-get update && apt-get install -y gcc
RUN go mod download && go build -o /usr/local/bin/shop .

FROM debian:stable-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tzdata && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app /app
COPY --from=build /usr/local/bin/shop /usr/local/bin/shop
EXPOSE 8080
CMD ["/usr/local/bin/shop"]
`,
  },
  {
    name: 'Go on Alpine, in a stage with a name',
    files: goFiles,
    before: `FROM golang:1.22-alpine3.20 AS app
WORKDIR /app
COPY . .
RUN CGO_ENABLED=0 go build -o shop .
CMD ["./shop"]
`,
    after: `FROM golang:1.22-alpine3.20 AS build
WORKDIR /app
COPY . .
RUN CGO_ENABLED=0 go build -o shop .

FROM alpine:3.20 AS app
RUN apk add --no-cache tzdata
WORKDIR /app
COPY --from=build /app /app
CMD ["./shop"]
`,
  },
  {
    name: 'Rust',
    files: { 'Cargo.toml': '[package]\nname = "shop"\n', 'Cargo.lock': 'version = 4\n', 'src/main.rs': '' },
    before: `FROM rust:1.80-bookworm
WORKDIR /app
COPY . .
RUN cargo build --release
CMD ["./target/release/shop"]
`,
    after: `FROM rust:1.80-bookworm AS build
WORKDIR /app
COPY . .
RUN cargo build --release

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
COPY --from=build /app/target/release/shop /app/target/release/shop
CMD ["./target/release/shop"]
`,
  },
  {
    name: 'Java',
    files: { 'pom.xml': '<project/>' },
    before: `FROM maven:3.9-eclipse-temurin-21
WORKDIR /app
COPY . .
RUN mvn -B package
EXPOSE 8080
ENTRYPOINT ["java", "-jar", "target/shop.jar"]
`,
    after: `FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /app
COPY . .
RUN mvn -B package

FROM eclipse-temurin:21-jre
WORKDIR /app
COPY --from=build /app /app
EXPOSE 8080
ENTRYPOINT ["java", "-jar", "target/shop.jar"]
`,
  },
  {
    name: '.NET',
    files: { 'shop.csproj': '<Project/>' },
    before: `FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY . .
RUN dotnet publish -c Release -o /app
WORKDIR /app
ENTRYPOINT ["dotnet", "shop.dll"]
`,
    after: `FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish -c Release -o /app
WORKDIR /app

FROM mcr.microsoft.com/dotnet/aspnet:8.0
COPY --from=build /app /app
WORKDIR /app
ENTRYPOINT ["dotnet", "shop.dll"]
`,
  },
  {
    name: '.NET started in another folder than it is published to, for one platform',
    files: { 'shop.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"/>' },
    before: `FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY . .
RUN dotnet publish -c Release -o /app
ENTRYPOINT ["dotnet", "/app/shop.dll"]
`,
    after: `FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/sdk:8.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish -c Release -o /app

FROM --platform=linux/amd64 mcr.microsoft.com/dotnet/aspnet:8.0
WORKDIR /src
COPY --from=build /src /src
COPY --from=build /app /app
ENTRYPOINT ["dotnet", "/app/shop.dll"]
`,
  },
  {
    name: 'Two programs in Go',
    files: goFiles,
    before: `FROM golang:1.22
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /shop . && go build -o /tool ./tool
CMD ["/shop"]
`,
    after: `FROM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /shop . && go build -o /tool ./tool

FROM debian:stable-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tzdata && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY --from=build /src /src
COPY --from=build /shop /shop
COPY --from=build /tool /tool
CMD ["/shop"]
`,
  },
  {
    name: 'Python with packages that are compiled',
    files: { 'requirements.txt': 'flask==3.1.2\n', 'app.py': '' },
    before: `FROM python:3.13
WORKDIR /app
RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["python", "app.py"]
`,
    after: `FROM python:3.13 AS build
WORKDIR /app
RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
RUN pip install --no-cache-dir -r requirements.txt
COPY . .

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
CMD ["python", "app.py"]
`,
  },
  {
    name: 'PHP, which keeps the image for its extensions',
    files: { 'composer.json': '{}', 'index.php': '' },
    before: `FROM php:8.3-apache
RUN apt-get update && apt-get install -y git
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /var/www/html
COPY . .
RUN composer install --no-dev
`,
    after: `FROM php:8.3-apache AS build
RUN apt-get update && apt-get install -y git
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
WORKDIR /var/www/html
COPY . .
RUN composer install --no-dev

FROM php:8.3-apache
WORKDIR /var/www/html
COPY --from=build /var/www/html /var/www/html
`,
  },
  {
    name: 'an Elixir release',
    files: { 'mix.exs': '', 'lib/a.ex': '' },
    before: `FROM elixir:1.17
ENV MIX_ENV=prod
WORKDIR /app
COPY . .
RUN mix local.hex --force && mix deps.get && mix release
CMD ["/app/_build/prod/rel/shop/bin/shop", "start"]
`,
    after: `FROM elixir:1.17 AS build
ENV MIX_ENV=prod
WORKDIR /app
COPY . .
RUN mix local.hex --force && mix deps.get && mix release

FROM debian:stable-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates libncurses6 libstdc++6 openssl && rm -rf /var/lib/apt/lists/*
ENV LANG=C.UTF-8
ENV MIX_ENV=prod
WORKDIR /app
COPY --from=build /app/_build/prod/rel/shop /app/_build/prod/rel/shop
CMD ["/app/_build/prod/rel/shop/bin/shop", "start"]
`,
  },
  {
    name: 'what running needs too: packages, users, settings for the system',
    files: { ...nodeFiles, 'ssl.conf': '' },
    before: `FROM node:22
RUN apt-get update && apt-get install -y ffmpeg
RUN useradd -u 2000 harbour
COPY ssl.conf /etc/ssl/openssl.cnf
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD ["node", "dist/main.js"]
`,
    after: `FROM node:22 AS build
RUN apt-get update && apt-get install -y ffmpeg
RUN useradd -u 2000 harbour
COPY ssl.conf /etc/ssl/openssl.cnf
WORKDIR /app
COPY . .
RUN npm ci && npm run build
RUN npm prune --omit=dev

FROM node:22-slim
RUN apt-get update && apt-get install -y ffmpeg
RUN useradd -u 2000 harbour
COPY ssl.conf /etc/ssl/openssl.cnf
WORKDIR /app
COPY --from=build /app /app
CMD ["node", "dist/main.js"]
`,
  },
];

describe('split into build and runtime stages', () => {
  it.each(cases)('$name', ({ files, before, after }) => {
    expect(splitOf({ ...files, Dockerfile: before })).toBe(
      after.endsWith('\n') && !before.endsWith('\n') ? after.slice(0, -1) : after,
    );
  });
  it('keeps the line endings of the file', () => {
    const [{ files, before, after } = { files: {}, before: '', after: '' }] = cases;
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    expect(splitOf({ ...files, Dockerfile: crlf(before) })).toBe(crlf(after));
  });
  const refused: readonly (readonly [string, string])[] = [
    [
      'a step that may be meant for either',
      `FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && npm run build
RUN curl -o /usr/local/bin/x https://example.org/x
CMD ["node", "dist/main.js"]
`,
    ],
    [
      'a health check whose program the smaller image may lack',
      `FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && npm run build
HEALTHCHECK CMD curl -f http://localhost:3000/
CMD ["node", "dist/main.js"]
`,
    ],
    [
      'a value that only the build stage knows',
      `FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && npm run build
ARG VERSION
LABEL version=$VERSION
CMD ["node", "dist/main.js"]
`,
    ],
    [
      'an environment variable of an argument that only the build stage knows',
      `FROM node:22
ARG VERSION
ENV VERSION=$VERSION
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD ["node", "dist/main.js"]
`,
    ],
    [
      'a version that an argument decides',
      `ARG NODE=22
FROM node:$NODE
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD ["node", "dist/main.js"]
`,
    ],
    [
      'browsers, which lie in the home folder',
      `FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && npx playwright install --with-deps chromium && npm run build
CMD ["node", "dist/main.js"]
`,
    ],
    [
      'a port that a variable gives to the file server',
      `FROM node:22
ENV PORT=8080
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD ["npx", "serve", "dist"]
`,
    ],
    [
      'a shell of its own',
      `FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && npm run build
SHELL ["/bin/bash", "-c"]
CMD ["node", "dist/main.js"]
`,
    ],
    [
      'a start that needs a development tool',
      `FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD ["npx", "tsc", "--watch"]
`,
    ],
    [
      'a start that is not known',
      `FROM node:22
WORKDIR /app
COPY . .
RUN npm ci && npm run build
CMD ["./start.sh"]
`,
    ],
    [
      'two stages already',
      `FROM node:22 AS a
WORKDIR /app
COPY . .
RUN npm ci && npm run build
FROM a
CMD ["node", "dist/main.js"]
`,
    ],
    [
      'another user who builds',
      `FROM node:22
WORKDIR /app
USER node
COPY . .
RUN npm ci && npm run build
CMD ["node", "dist/main.js"]
`,
    ],
    [
      'nothing to leave behind',
      `FROM node:22
WORKDIR /app
COPY . .
RUN npm ci --omit=dev
CMD ["node", "dist/main.js"]
`,
    ],
  ];
  it.each(refused)('is not offered for %s', (_, text) => {
    expect(splitOf({ ...nodeFiles, Dockerfile: text })).toBeUndefined();
  });
  it('is not offered where Compose starts something else in it', () => {
    const [{ files, before } = { files: {}, before: '' }] = cases;
    const compose = (more: string): string => `services:\n  shop:\n    build: .\n${more}`;
    expect(splitOf({ ...files, Dockerfile: before, 'compose.yaml': compose('') })).toBeDefined();
    const tests = compose('    command: npm run test\n');
    expect(splitOf({ ...files, Dockerfile: before, 'compose.yaml': tests })).toBeUndefined();
  });
  it('is offered on the FROM of the last stage alone', () => {
    const [{ files, before } = { files: {}, before: '' }] = cases;
    const snapshot = memorySnapshot({ ...files, Dockerfile: before });
    const path = joinPath(root, 'Dockerfile');
    const report = lintFile(engine, snapshot, path, {});
    const at = before.indexOf('RUN npm ci');
    expect(refactorsOf(engine, snapshot, report, { start: at, end: at }, {})).toEqual([]);
  });
});
