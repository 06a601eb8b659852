import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensureBuilt, repo } from './built.js';

const read = (name: string): string => readFileSync(path.join(repo, name), 'utf8');
const manifest = JSON.parse(read('package.json'));
const texts: Record<string, string> = JSON.parse(read('package.nls.json'));

/** Every string in a JSON value. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

describe('commands', () => {
  const declared: string[] = manifest.contributes.commands.map(({ command }: { command: string }) => command);

  test('each is registered, and none besides', () => {
    const registered = [...read('client/src/commands/index.ts').matchAll(/^ {2}'(plimsoll\.\w+)':/gm)];
    expect(registered.map(([, id]) => id).sort()).toEqual(declared.toSorted());
  });

  test('each has a file of its own', () => {
    const files = readdirSync(path.join(repo, 'client/src/commands')).map((name) =>
      name.replace(/\.ts$/, ''),
    );
    for (const id of declared) expect(files).toContain(id.slice('plimsoll.'.length));
  });

  test('ids that the client names are declared', () => {
    const sources = readdirSync(path.join(repo, 'client/src')).filter((name) => name.endsWith('.ts'));
    const named = sources.flatMap((name) => [
      ...read(`client/src/${name}`).matchAll(/command: '(plimsoll\.\w+)'/g),
    ]);
    expect(named.length).toBeGreaterThan(0);
    for (const [, id] of named) expect(declared).toContain(id);
  });

  test('titles are verb phrases in title case under the category Plimsoll', () => {
    for (const { category, title } of manifest.contributes.commands) {
      expect(category).toBe('Plimsoll');
      expect(texts[title.slice(1, -1)]).toMatch(/^[A-Z]\w+( (\(?[A-Z]\w+\)?|in|the|\.\w+))+[…?]?$/);
    }
  });
});

describe('menus', () => {
  const { menus, submenus, commands } = manifest.contributes;
  const entries: { command?: string; submenu?: string; when?: string }[] = Object.values(menus).flat() as [];

  test('name commands and submenus that are declared', () => {
    const ids = commands.map(({ command }: { command: string }) => command);
    const folders = submenus.map(({ id }: { id: string }) => id);
    expect(entries.length).toBeGreaterThan(0);
    for (const { command, submenu } of entries)
      expect(submenu === undefined ? ids : folders).toContain(command ?? submenu);
  });

  test('offer what needs a disk only where there is one', () => {
    for (const { when } of [...menus.commandPalette, ...menus['explorer/context']])
      expect(when).toContain('!virtualWorkspace');
  });

  test('know a Dockerfile, a compose file and an ignore file by name', () => {
    const [first] = menus['explorer/context'];
    const source = /resourceFilename =~ \/(.*)\/i/.exec(first.when)?.[1] ?? '';
    const names = new RegExp(source, 'i');
    for (const name of [
      'Dockerfile',
      'api.Dockerfile',
      'Containerfile',
      '.dockerignore',
      'Dockerfile.dockerignore',
    ])
      expect(names.test(name), name).toBe(true);
    for (const name of ['compose.yaml', 'docker-compose.prod.yml']) expect(names.test(name), name).toBe(true);
    for (const name of ['a.yaml', '.gitignore', 'README.md']) expect(names.test(name), name).toBe(false);
  });
});

describe('texts', () => {
  const used = new Set(strings(manifest).flatMap((one) => /^%([\w.-]+)%$/.exec(one)?.[1] ?? []));

  test('every %key% of the manifest has a text', () => {
    for (const key of used) expect(Object.keys(texts)).toContain(key);
  });

  test('every text is used', () => {
    expect(Object.keys(texts).filter((key) => !used.has(key))).toEqual([]);
  });
});

describe('what the manifest points at', () => {
  const { contributes } = manifest;

  test('is there', () => {
    const paths = [
      manifest.icon,
      ...contributes.grammars.map(({ path: file }: { path: string }) => file),
      ...[...contributes.yamlValidation, ...contributes.jsonValidation].map(
        ({ url }: { url: string }) => url,
      ),
    ];
    for (const file of paths) expect(existsSync(path.join(repo, file)), file).toBe(true);
  });

  test('the icon is a PNG of 256 by 256', () => {
    const icon = readFileSync(path.join(repo, manifest.icon));
    expect(icon.toString('latin1', 1, 4)).toBe('PNG');
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([256, 256]);
  });

  test('the grammar is a plain object with patterns that are regular expressions', () => {
    const grammar = JSON.parse(read('syntaxes/suppression.tmLanguage.json'));
    const { match } = grammar.patterns[0];
    const pattern = new RegExp(match, 'm');
    expect(pattern.test('# plimsoll: ignore[source-before-deps] known')).toBe(true);
    expect(pattern.test('    image: postgres:17 # plimsoll: ignore-file[missing-shm-size]')).toBe(true);
    expect(pattern.test('# hadolint ignore=DL3008')).toBe(false);
  });

  test('pictures of the README are there and at most 150 kB', () => {
    for (const [, file] of read('README.md').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
      expect(existsSync(path.join(repo, file ?? '')), file).toBe(true);
      expect(readFileSync(path.join(repo, file ?? '')).length).toBeLessThanOrEqual(150_000);
    }
  });
});

test('the language client asks for no newer VS Code than we do: client/hostVersion.cjs answers for it', () => {
  const main = readFileSync(path.join(repo, 'node_modules/vscode-languageclient/lib/node/main.js'), 'utf8');
  const [, wanted = ''] = /REQUIRED_VSCODE_VERSION = '\^(\d+\.\d+)\.0'/.exec(main) ?? [];
  const number = (version: string): number => {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    return 1000 * major + minor;
  };
  expect(number(wanted)).toBeGreaterThan(1000);
  expect(number(manifest.engines.vscode.replace('^', ''))).toBeGreaterThanOrEqual(number(wanted));
});

test('@types/vscode is of the oldest version that is supported', () => {
  expect(manifest.devDependencies['@types/vscode'].replace(/^~/, '^')).toBe(manifest.engines.vscode);
});

test('starts lazily: by language, and for reports that were open at a reload', () => {
  const others = manifest.activationEvents.filter((one: string) => !/^onLanguage:/.test(one));
  const types = [...read('client/src/reportView.ts').matchAll(/ViewType = '([\w.]+)'/g)];
  expect(types).toHaveLength(2);
  expect(others.sort()).toEqual(types.map(([, type]) => `onWebviewPanel:${type}`).sort());
});

test('the problem matcher reads every finding of the CLI', () => {
  ensureBuilt();
  const lint = (format: string): string =>
    execFileSync(
      process.execPath,
      [
        'dist/cli.js',
        'lint',
        'examples',
        '--profile',
        'everything',
        '--format',
        format,
        '--fail-on',
        'never',
      ],
      { cwd: repo, encoding: 'utf8' },
    );
  const [{ pattern }] = manifest.contributes.problemMatchers;
  const read = lint('text')
    .split('\n')
    .flatMap((line) => {
      const match = new RegExp(pattern.regexp).exec(line);
      const group = (name: string): string | undefined => match?.[pattern[name]];
      if (match === null) return [];
      return [
        [group('file'), group('line'), group('column'), group('severity'), group('code'), group('message')],
      ];
    });
  const { files } = JSON.parse(lint('json'));
  const expected = files.flatMap(({ path: file, findings }: { path: string; findings: JsonFinding[] }) =>
    findings.map(({ range: { start }, severity, rule, message }) => [
      ...[file, String(start.line + 1), String(start.character + 1), severity, rule, message],
    ]),
  );
  expect(expected.length).toBeGreaterThan(3);
  expect(read).toEqual(expected);
}, 60_000);

interface JsonFinding {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}
