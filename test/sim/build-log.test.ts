import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MeasuredBuild, MeasuredStep } from '../../server/src/project/measured.js';
import { type BuildLogReading, readBuildLog } from '../../server/src/sim/cost/log.js';
import { parseProvenance } from '../../server/src/sim/cost/provenance.js';

/*
 * Logs of BuildKit 0.33 (buildx 0.29.1) and of engine 20.10, recorded with `docker build --progress=…` from the Dockerfiles
 * beside them; the name of the builder and addresses of servers are replaced.
 */
const folder = path.join(import.meta.dirname, 'facts/logs');

function fact(name: string): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

function buildsOf(reading: BuildLogReading): readonly MeasuredBuild[] {
  if ('problem' in reading) throw new Error(reading.problem);
  return reading.builds;
}

function only(text: string): MeasuredBuild {
  const builds = buildsOf(readBuildLog(text, 'build.log'));
  expect(builds).toHaveLength(1);
  return builds[0] as MeasuredBuild;
}

/** `build 2/4 2.3 RUN make`, by address. */
function shown(steps: readonly MeasuredStep[]): readonly string[] {
  return steps
    .map(({ platform, stage, index, of, cached, seconds, name }) => {
      const time = cached ? 'cached' : seconds === null ? '-' : seconds.toFixed(1);
      return [platform, stage, `${index}/${of}`, time, name].filter((part) => part !== null).join(' ');
    })
    .sort();
}

const multi = [
  'assets 1/2 0.4 COPY package.json .',
  'assets 2/2 1.8 RUN for i in 1 2 3; do echo "asset $i"; sleep 0.5; done; cp package.json assets.json',
  'base 2/2 cached WORKDIR /w',
  'build 1/2 0.4 COPY src ./src',
  'build 2/2 2.3 RUN sleep 2; mkdir out; cat src/a.c > out/bin',
  'stage-3 2/7 0.3 WORKDIR /srv',
  'stage-3 3/7 0.4 COPY README.md .',
  'stage-3 4/7 1.2 RUN sleep 1 && echo ready',
  'stage-3 5/7 0.3 COPY --from=build /w/out /srv/out',
  'stage-3 6/7 0.4 COPY --link --from=assets /w/assets.json /srv/',
  'stage-3 7/7 0.7 RUN sleep 0.3 && ls -R /srv',
];

describe('a log of --progress=plain', () => {
  const text = fact('multi.plain.txt');

  it('tells the steps, however they interleave', () => {
    const build = only(text);
    expect(shown(build.steps)).toEqual(multi);
    expect(build).toMatchObject({
      origin: 'build.log',
      format: 'plain',
      complete: true,
      started: null,
      seconds: null,
      contextBytes: 123,
    });
    expect(build.others.map(({ name }) => name)).toContain('load build context');
  });

  it('tells what was cached, also where the line comes late or twice', () => {
    const { steps } = only(fact('multi-edited.plain.txt'));
    expect(steps.filter(({ cached }) => cached)).toHaveLength(6);
    expect(steps.every(({ cached, seconds }) => cached === (seconds === null))).toBe(true);
  });

  it.each([
    ['CRLF', (line: string) => `${line}\r`],
    ['time stamps of GitHub', (line: string) => `2026-11-20T10:00:00.1234567Z ${line}`],
    ['time stamps of GitLab', (line: string) => `2026-11-20T10:00:00.123456Z 01O ${line}`],
    ['time stamps of Jenkins', (line: string) => `[2026-11-20T10:00:00.123Z] ${line}`],
    ['a service in front', (line: string) => `web-1  | ${line}`],
    ['colours', (line: string) => `\u001b[34m${line}\u001b[0m`],
    ['folds of GitLab', (line: string) => `\u001b[0K${line}`],
    ['what other programs say', (line: string) => `${line}\nSome program: issue #12 is closed`],
    [
      'digests, as engine 20.10 prints them',
      (line: string) => line.replace(/^(#\d+) \[.*$/, `$&\n$1 sha256:${'a'.repeat(64)}`),
    ],
  ])('is read the same with %s', (_, change) => {
    const build = only(text.split('\n').map(change).join('\n'));
    expect(shown(build.steps)).toEqual(multi);
    expect(build.complete).toBe(true);
  });

  it('takes the time of the build from time stamps', () => {
    const lines = text.trimEnd().split('\n');
    const stamped = lines.map((line, i) => `2026-11-20T10:00:${String(i % 60).padStart(2, '0')}Z ${line}`);
    expect(only(stamped.slice(0, 60).join('\n'))).toMatchObject({
      started: '2026-11-20T10:00:00.000Z',
      seconds: 58,
    });
  });

  it('keeps the platforms of a build of several apart', () => {
    expect(shown(only(fact('platform.plain.txt')).steps)).toEqual([
      'linux/amd64 build 2/2 0.6 RUN echo amd64 > /arch',
      'linux/amd64 stage-1 1/3 0.2 COPY --from=build /arch /arch',
      'linux/amd64 stage-1 2/3 0.5 COPY README.md /',
      'linux/amd64 stage-1 3/3 0.3 WORKDIR /w',
      'linux/amd64->arm64 build 2/2 0.6 RUN echo arm64 > /arch',
      'linux/arm64 stage-1 1/3 0.2 COPY --from=build /arch /arch',
      'linux/arm64 stage-1 2/3 0.5 COPY README.md /',
      'linux/arm64 stage-1 3/3 0.3 WORKDIR /w',
    ]);
  });

  it('puts the download and the copy of an ADD together', () => {
    expect(shown(only(fact('add-url.plain.txt')).steps)).toEqual([
      '2/4 0.3 ADD http://example.com/file.txt /file.txt',
      '3/4 1.2 ADD --link http://example.com/file.txt /linked.txt',
      '4/4 0.3 RUN cat /file.txt',
    ]);
  });

  it('of a build of several targets gives one build for each, each step where it is named', () => {
    for (const name of ['bake.plain.txt', 'bake.jsonl']) {
      const builds = buildsOf(readBuildLog(fact(name), 'build.log'));
      const byOrigin = Object.fromEntries(builds.map((build) => [build.origin, build]));
      expect(Object.keys(byOrigin).sort()).toEqual(['build.log (web)', 'build.log (worker)']);
      expect(new Set(builds.map(({ id }) => id)).size).toBe(2);
      const stages = (origin: string): readonly (string | null)[] =>
        [...new Set((byOrigin[origin]?.steps ?? []).map(({ stage }) => stage))].sort();
      expect(stages('build.log (worker)')).toContain('assets');
      expect(stages('build.log (web)')).toEqual(expect.arrayContaining(['build', 'stage-3']));
      const steps = builds.flatMap((build) => build.steps.map((step) => step.name)).sort();
      expect(steps).toEqual(
        only(fact('multi.plain.txt'))
          .steps.map((step) => step.name)
          .sort(),
      );
    }
  });

  it('of engine 20.10 too', () => {
    expect(shown(only(fact('engine20.plain.txt')).steps)).toEqual([
      'bin 1/1 0.0 COPY src /src',
      'build 2/4 0.1 WORKDIR /w',
      'build 3/4 0.1 COPY package.json .',
      'build 4/4 1.1 RUN --mount=type=cache,target=/c sleep 1 && echo "hello world" > out',
      'stage-2 1/2 0.0 COPY --from=bin /src /src',
      'stage-2 2/2 0.2 RUN cat out',
    ]);
    expect(only(fact('engine20.plain.txt')).others).toContainEqual({
      name: 'exporting to image',
      seconds: 0.1,
    });
  });

  it('takes a padded number and ONBUILD for what they are', () => {
    const log =
      '#1 [internal] load build definition\n#1 DONE 0.1s\n#9 [build  2/12] ONBUILD RUN make\n#9 DONE 3.0s';
    expect(only(log).steps).toEqual([
      {
        stage: 'build',
        index: 2,
        of: 12,
        platform: null,
        name: 'RUN make',
        seconds: 3,
        cached: false,
        line: null,
      },
    ]);
  });
});

describe('a log of --progress=rawjson', () => {
  it('says the same as the plain one, to the millisecond, and when', () => {
    const build = only(fact('multi.jsonl'));
    expect(build.steps.map(({ name }) => name).sort()).toEqual(
      only(fact('multi.plain.txt'))
        .steps.map(({ name }) => name)
        .sort(),
    );
    expect(build).toMatchObject({ format: 'rawjson', started: '2026-11-22T12:12:37.781Z', complete: true });
    expect(build.seconds).toBeCloseTo(5.75, 1);
    expect(build.steps.find(({ name }) => name.startsWith('RUN sleep 2'))?.seconds).toBeCloseTo(2.339, 3);
  });

  it('takes a COPY --link whose copy is cached as cached, although it is put in place again', () => {
    const link = only(fact('multi-edited.jsonl')).steps.find(({ name }) => name.includes('--link'));
    expect(link).toMatchObject({ cached: true, seconds: null, index: 6, of: 7 });
  });

  it('is read from docker buildx history too, which has it in one line', () => {
    const text = fact('history.jsonl');
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(shown(only(text).steps)).toHaveLength(11);
  });
});

describe('lines of steps', () => {
  it.each([
    ['docker buildx history inspect attachment', 'history-provenance.json'],
    ['--metadata-file', 'metadata.json'],
  ])('are joined by the provenance of %s', (_, name) => {
    const lines = parseProvenance(fact(name))?.lineOf;
    const builds = buildsOf(readBuildLog(fact('history.jsonl'), 'docker buildx history', lines));
    const dockerfile = fact('multi.Dockerfile').split('\n');
    const steps = builds.flatMap(({ steps: all }) => all);
    const joined = steps.filter(({ line }) => line !== null);
    if (name.startsWith('history')) expect(joined).toHaveLength(steps.length);
    for (const { line, name: text } of joined) expect(dockerfile[line ?? -1]).toBe(text);
  });

  it('are unknown where provenance says none', () => {
    expect(parseProvenance('{"a":1}')).toBeUndefined();
    expect(parseProvenance('ERROR: no matching attachment')).toBeUndefined();
  });
});

describe('bad input is said in one sentence', () => {
  const problem = (text: string): string => {
    const reading = readBuildLog(text, 'x.log');
    return 'problem' in reading ? reading.problem : 'no problem';
  };

  it.each([
    ['', 'x.log is empty.'],
    ['hello\nworld', /^x\.log is no build log: /],
    ['{"a":1}\n{"b":2}', /^x\.log is no build log: /],
    ['Step 1/3 : FROM debian\n ---> 1234', /legacy builder/],
    ['[+] Building 2.1s (8/8) FINISHED\n => [2/4] RUN make  1.0s', /for terminals/],
    ['#1 [internal] load build definition\n#1 DONE 0.1s', /without a step/],
  ])('%j', (text, expected) => {
    expect(problem(text)).toMatch(expected);
  });

  it('a failed build: what ended is used', () => {
    for (const name of ['failed.plain.txt', 'failed.jsonl']) {
      const reading = readBuildLog(fact(name), 'x.log');
      expect(reading).toMatchObject({
        notes: ['A build in x.log failed: the steps that ended before are used.'],
      });
      const [build] = buildsOf(reading);
      expect(build?.complete).toBe(false);
      expect(build?.steps.filter(({ seconds }) => seconds !== null).map(({ name: text }) => text)).toEqual([
        'COPY README.md /',
      ]);
    }
  });

  it('a truncated log: what ended is used', () => {
    const text = fact('multi.plain.txt');
    const reading = readBuildLog(text.slice(0, text.indexOf('#12 1.208')), 'x.log');
    expect(reading).toMatchObject({
      notes: ['x.log ends before the build does: the steps that ended are used.'],
    });
    expect(shown(buildsOf(reading)[0]?.steps ?? [])).toContain('stage-3 4/7 1.2 RUN sleep 1 && echo ready');
    expect(shown(buildsOf(reading)[0]?.steps ?? []).find((step) => step.startsWith('assets 2/2'))).toMatch(
      / - RUN/,
    );
  });

  it('several builds in one log: the last one first', () => {
    for (const names of [
      ['multi.plain.txt', 'multi-edited.plain.txt'],
      ['multi.jsonl', 'multi-edited.jsonl'],
      ['engine20.plain.txt', 'engine20-edited.plain.txt'],
    ]) {
      const reading = readBuildLog(names.map(fact).join('\n'), 'x.log');
      expect(reading).toMatchObject({ notes: ['x.log holds 2 builds: each is used by itself.'] });
      const builds = buildsOf(reading);
      expect(builds.map(({ steps }) => shown(steps))).toEqual(
        [...names].reverse().map((name) => shown(only(fact(name)).steps)),
      );
      expect(new Set(builds.map(({ id }) => id)).size).toBe(2);
    }
  });

  it('the start of a builder is no build of its own', () => {
    const boot = '#1 [internal] booting buildkit\n#1 pulling image moby/buildkit 5.0s done\n#1 DONE 6.0s\n\n';
    expect(readBuildLog(boot + fact('multi.plain.txt'), 'x.log')).toMatchObject({ builds: [{}], notes: [] });
  });

  it('never throws, wherever a log is cut', () => {
    for (const name of [
      'multi.plain.txt',
      'platform.plain.txt',
      'failed.plain.txt',
      'failed.jsonl',
      'history.jsonl',
    ]) {
      const text = fact(name);
      for (let at = 0; at <= text.length; at += 7) {
        for (const cut of [text.slice(0, at), text.slice(at)]) {
          const reading = readBuildLog(cut, 'x.log');
          if ('problem' in reading) expect(reading.problem).toMatch(/^x\.log .*\.$/);
          else
            for (const { steps } of reading.builds)
              for (const { seconds } of steps) expect(seconds ?? 0).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });

  it('reads long and strange lines in no time', () => {
    const strange = [
      '12:34:56:'.repeat(2000),
      `${'[a] '.repeat(4000)}#1 x`,
      `${'a|'.repeat(9000)}#1 x`,
      `#1 ${'\u001b[0m'.repeat(4000)}`,
      '{"vertexes":'.repeat(100),
    ];
    const begin = performance.now();
    for (const line of strange) readBuildLog(`${line}\n`.repeat(20), 'x.log');
    expect(performance.now() - begin).toBeLessThan(2000);
  });

  it('a log whose beginning is lacking gives no wrong names', () => {
    const text = fact('multi.plain.txt');
    for (let at = 0; at < text.length; at += 13) {
      const reading = readBuildLog(text.slice(text.indexOf('\n', at) + 1), 'x.log');
      const steps = 'problem' in reading ? [] : reading.builds.flatMap((build) => build.steps);
      for (const step of shown(steps)) expect(multi).toContain(step);
    }
  });
});
