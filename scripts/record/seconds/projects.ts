import type { State } from '../cache/pair.js';

/** A project whose steps need the processor for some seconds, and files whose edits build some of them again. */
export interface SlowProject {
  readonly name: string;
  readonly state: State;
  /** Each is edited by itself: a line comes at its end. */
  readonly edited: readonly string[];
}

/** A command that keeps one processor busy, for about `seconds`, and whose output depends on `file`. */
function busy(seconds: number, file: string): string {
  const rounds = Math.round(seconds * 60_000_000);
  return `awk 'BEGIN { for (i = 0; i < ${rounds}; i++) s += i * i; print s }' > sum && cat ${file} sum > ${file}.out`;
}

const image = 'debian:12-slim';

const line: SlowProject = {
  name: 'one stage, three slow steps',
  state: {
    dockerfile: [
      `FROM ${image}`,
      'WORKDIR /@S@',
      'COPY packages.txt .',
      `RUN ${busy(3.5, 'packages.txt')}`,
      'COPY lib.txt .',
      `RUN ${busy(4, 'lib.txt')}`,
      'COPY app.txt .',
      `RUN ${busy(3.5, 'app.txt')}`,
      '',
    ].join('\n'),
    tree: { 'packages.txt': '@S@ p\n', 'lib.txt': '@S@ l\n', 'app.txt': '@S@ a\n' },
  },
  edited: ['lib.txt', 'app.txt'],
};

/**
 * No more than two slow steps at a time: the time of more depends on how many processors there are. What the two stages
 * make holds all that they were made of, so that what takes it runs again too.
 */
const stages: SlowProject = {
  name: 'two stages side by side, and one that needs them',
  state: {
    dockerfile: [
      `FROM ${image} AS left`,
      'WORKDIR /@S@',
      'COPY common.txt left.txt ./',
      `RUN cat common.txt >> left.txt && ${busy(5, 'left.txt')}`,
      `FROM ${image} AS right`,
      'WORKDIR /@S@',
      'COPY common.txt right.txt ./',
      `RUN cat common.txt >> right.txt && ${busy(3.5, 'right.txt')}`,
      `FROM ${image}`,
      'WORKDIR /@S@',
      'COPY --from=left /@S@/left.txt.out ./',
      'COPY --from=right /@S@/right.txt.out ./',
      'COPY main.txt .',
      `RUN cat left.txt.out right.txt.out main.txt > all.txt && ${busy(3.5, 'all.txt')}`,
      '',
    ].join('\n'),
    tree: {
      'common.txt': '@S@ c\n',
      'left.txt': '@S@ l\n',
      'right.txt': '@S@ r\n',
      'main.txt': '@S@ m\n',
    },
  },
  edited: ['left.txt', 'right.txt', 'common.txt', 'main.txt'],
};

const compiled: SlowProject = {
  name: 'a Go server compiled without a cache',
  state: {
    dockerfile: [
      'FROM golang:1.26 AS build',
      'ENV PATH=/usr/local/go/bin:$PATH CGO_ENABLED=0',
      'WORKDIR /@S@',
      'COPY go.mod ./',
      'COPY main.go ./',
      'RUN go build -trimpath -buildvcs=false -o server .',
      `FROM ${image}`,
      'COPY --from=build /@S@/server /@S@/server',
      '',
    ].join('\n'),
    tree: {
      'go.mod': 'module example.test/server\n\ngo 1.24\n// @S@\n',
      'main.go': [
        'package main',
        '',
        'import (',
        '\t"fmt"',
        '\t"net/http"',
        ')',
        '',
        'func main() {',
        '\thttp.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "hello") })',
        '\t_ = http.ListenAndServe(":8080", nil)',
        '}',
        '',
      ].join('\n'),
    },
  },
  edited: ['main.go'],
};

export const slowProjects: readonly SlowProject[] = [line, stages, compiled];
