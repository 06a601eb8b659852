import type { StepUser } from './model.js';

/** An image of a registry, told apart. */
export interface ImageName {
  /** Without registry, `library/`, tag and digest: `node`, `mcr.microsoft.com/dotnet/sdk`. */
  readonly name: string;
  readonly tag: string;
}

/** The parts of an image's name. */
export function imageName(written: string): ImageName {
  const plain = written.replace(/@.*$/, '');
  const slash = plain.lastIndexOf('/');
  const colon = plain.indexOf(':', slash + 1);
  const path = colon < 0 ? plain : plain.slice(0, colon);
  return {
    name: path.replace(
      /^(?:(?:index\.|registry-1\.)?docker\.io\/|public\.ecr\.aws\/docker\/|mirror\.gcr\.io\/)?(?:library\/)?/,
      '',
    ),
    tag: colon < 0 ? '' : plain.slice(colon + 1),
  };
}

/** Images on Debian and Ubuntu that come with `docker-clean` (docker-library's own and those FROM them), by their Dockerfiles. */
const DEBIAN =
  /^(?:debian|ubuntu|buildpack-deps|node|python|golang|rust|ruby|php|perl|gcc|haskell|elixir|erlang|julia|swift|eclipse-temurin|maven|gradle|postgres|mysql|mariadb|redis|nginx|httpd|wordpress|tomcat|r-base|pypy|clojure|sbtscala\/scala-sbt|nvidia\/cuda|lukemathwalker\/cargo-chef|oven\/bun|mcr\.microsoft\.com\/dotnet\/(?:nightly\/)?(?:sdk|aspnet|runtime|runtime-deps))$/;
const NOT_DEBIAN =
  /alpine|ubi\d|oracle|amazoncorretto|al2|azurelinux|mariner|cbl|distroless|windows|nanoserver|rocky|centos|fedora|scratch/;

/** Images whose builds run as root in /root, by their Dockerfiles. */
const ROOT =
  /^(?:alpine|busybox|amazonlinux|amazoncorretto|openjdk|composer|composer\/composer|docker|fedora|rockylinux|almalinux|ubuntu\/.*|astral\/uv|ghcr\.io\/astral-sh\/uv|mcr\.microsoft\.com\/(?:playwright|devcontainers|vscode\/devcontainers)(?:\/.*)?|pytorch\/pytorch|tensorflow\/tensorflow|continuumio\/(?:mini|ana)conda3|condaforge\/.*|denoland\/deno|dart|photon|ibmjava|sapmachine|crystallang\/crystal|dunglas\/frankenphp|tiangolo\/.*|hexpm\/(?:elixir|erlang)|cypress\/.*)$/;

/** Whether builds on an image run as root; undefined where it is not known. */
export function runsAsRoot({ name }: ImageName): true | undefined {
  return DEBIAN.test(name) || ROOT.test(name) ? true : undefined;
}

/** Whether apt on an image throws packages away after each install, by /etc/apt/apt.conf.d/docker-clean. */
export function hasDockerClean({ name, tag }: ImageName): boolean {
  return DEBIAN.test(name) && !NOT_DEBIAN.test(tag);
}

type Known = Omit<StepUser, 'root'>;

/** Users that come with images, by their Dockerfiles. */
export function userOfImage({ name, tag }: ImageName, user: string): Known | undefined {
  const made = (uid: number, home: string): Known => ({ name: user, uid, gid: uid, home });
  const is = (id: number, called: string): boolean => user === called || user === String(id);
  if (name === 'node' && is(1000, 'node')) return made(1000, '/home/node');
  if (name === 'gradle' && is(1000, 'gradle')) return made(1000, '/home/gradle');
  if (name === 'oven/bun' && is(1000, 'bun')) return made(1000, '/home/bun');
  if (/^mcr\.microsoft\.com\/dotnet\//.test(name) && is(1654, 'app')) return made(1654, '/home/app');
  // From 23.04 on.
  const release = /^(?:2[3-9]|[3-9]\d)\.|^(?:noble|plucky|questing|resolute)/;
  if (name === 'ubuntu' && release.test(tag) && is(1000, 'ubuntu')) return made(1000, '/home/ubuntu');
  return undefined;
}
