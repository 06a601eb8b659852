import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCondaEnvironment } from '../../server/src/syntax/manifests/conda.js';
import { parsePipfile, parsePipfileLock } from '../../server/src/syntax/manifests/pipfile.js';
import {
  localsOfPoetryLock,
  parsePoetry,
  parsePoetrySettings,
} from '../../server/src/syntax/manifests/poetry.js';
import { parsePythonBuild } from '../../server/src/syntax/manifests/pybuild.js';
import { parsePyproject, parseRequirements } from '../../server/src/syntax/manifests/python.js';

describe('places on the disk in requirements', () => {
  const path = (line: string): string | undefined => parseRequirements(line).locals[0]?.path;
  it('are plain paths', () => {
    expect(path('-e ./libs/a[x]')).toBe('./libs/a');
    expect(path('a @ file:///srv/a-1.whl ; python_version > "3"')).toBe('/srv/a-1.whl');
    expect(path('--editable=file:./a#egg=a')).toBe('./a');
    expect(path('-fwheels')).toBe('wheels');
  });
  it('or unknown', () => {
    for (const line of ['-e ~/a', '-e ${A}/a', 'a @ git+file:///srv/a', '-e a%20b/'])
      expect(parseRequirements(line).locals, line).toEqual([{ kind: 'package', path: undefined }]);
  });
});

describe('how a package is built', () => {
  const open = (text: string): readonly string[] | undefined => parsePythonBuild(text)?.open;
  it('is known for backends that read the folder only', () => {
    for (const backend of [
      'hatchling.build',
      'setuptools.build_meta',
      'flit_core.buildapi',
      'poetry.core.masonry.api',
      'uv_build',
    ])
      expect(open(`[build-system]\nbuild-backend="${backend}"`), backend).toEqual([]);
    expect(parsePythonBuild('[project]\nname="a"')?.backend).toBe('setuptools.build_meta');
    expect(parsePythonBuild('')).toBeUndefined();
  });
  it('is open with hooks, versions from the repository and paths that lead out', () => {
    for (const text of [
      '[build-system]\nbuild-backend="maturin"',
      '[build-system]\nbuild-backend="a"\nbackend-path=["."]',
      '[build-system]\nrequires=["hatch-vcs"]',
      '[tool.hatch.build.targets.wheel.hooks.custom]',
      '[tool.hatch.version]\nsource="vcs"',
      '[tool.poetry.build]\nscript="b.py"',
      '[project]\nreadme="../README.md"',
      '[tool.hatch.build.targets.wheel.force-include]\n"../a"="a"',
    ])
      expect(open(text)?.length, text).toBeGreaterThan(0);
    // Where dependencies lie is no matter of the build.
    expect(open('[tool.poetry.dependencies]\na={path="../a"}')).toEqual([]);
  });
});

describe('workspaces and sources of uv', () => {
  it('are listed', () => {
    const text =
      '[tool.uv]\nfind-links=["./wheels"]\n[tool.uv.workspace]\nmembers=["p/*"]\nexclude=["p/x"]\n' +
      '[tool.uv.sources]\nA_b={workspace=true}\nc=[{path="c",package=false},{git="https://example.org/c"}]\n' +
      '[[tool.uv.index]]\nurl="./index"\n[[tool.uv.index]]\nurl="https://example.org"\n';
    expect(parsePyproject(text)?.uv).toMatchObject({
      workspace: true,
      members: ['p/*'],
      exclude: ['p/x'],
      sources: [
        { name: 'a-b', path: undefined, virtual: false },
        { name: 'c', path: 'c', virtual: true },
      ],
      localIndexes: ['./index', './wheels'],
    });
  });
});

describe('Poetry', () => {
  it('has groups, places on the disk and plugins', () => {
    const text =
      '[tool.poetry]\npackage-mode=false\n[tool.poetry.dependencies]\npython="^3.12"\nFlask="*"\na=[{path="libs/a"},{version="1"}]\n' +
      '[tool.poetry.dev-dependencies]\npytest="*"\n[tool.poetry.group.docs]\noptional=true\n' +
      '[tool.poetry.group.docs.dependencies]\nmkdocs="*"\n[tool.poetry.requires-plugins]\nx="*"\n' +
      '[project]\ndependencies=["six>=1", "b @ file:///srv/b"]\n[dependency-groups]\nlint=["ruff"]\n';
    expect(parsePoetry(text)).toEqual({
      packageMode: false,
      groups: {
        main: ['six', 'b', 'flask', 'a'],
        dev: ['pytest'],
        docs: ['mkdocs'],
        lint: ['ruff'],
      },
      optionalGroups: ['docs'],
      paths: ['libs/a', '/srv/b'],
      plugins: ['x'],
    });
    expect(parsePoetry('')).toBeUndefined();
  });
  it('locks what lies on the disk', () => {
    const text =
      '[[package]]\nname = "a"\n\n[package.source]\ntype = "directory"\nurl = "libs/a"\n\n[[package]]\nname = "b"\n\n' +
      '[package.source]\ntype = "legacy"\nurl = "https://example.org"\n\n[package.source]\r\ntype = "file"\r\nurl = "b.whl"\r\n';
    expect(localsOfPoetryLock(text)).toEqual(['libs/a', 'b.whl']);
  });
  it('says where the environment goes', () => {
    expect(parsePoetrySettings('[virtualenvs]\nin-project=true\ncreate="x"')).toEqual({
      inProject: true,
      create: undefined,
    });
    expect(parsePoetrySettings('')).toEqual({ inProject: undefined, create: undefined });
  });
});

describe('pipenv', () => {
  it('has categories, places and indexes on the disk', () => {
    const text =
      '[[source]]\nurl="file:///wheels"\n[packages]\nSix="*"\na={path=".",editable=true}\nb={file="https://example.org/b.whl"}\n' +
      '[dev-packages]\npytest="*"\n[scripts]\nx="y"\n[pipenv]\nallow_prereleases=true\n';
    expect(parsePipfile(text)).toEqual({
      categories: { packages: ['six', 'a', 'b'], 'dev-packages': ['pytest'] },
      paths: ['.'],
      localIndexes: ['file:///wheels'],
    });
    expect(parsePipfile('')).toBeUndefined();
  });
  it('locks them too', () => {
    const text =
      '{"_meta":{"sources":[{"url":"https://example.org"}]},"default":{"a":{"path":"./a"}},"develop":{}}';
    expect(parsePipfileLock(text)).toEqual({
      categories: { default: ['a'], develop: [] },
      paths: ['./a'],
      localIndexes: [],
    });
    expect(parsePipfileLock('{')).toBeUndefined();
  });
});

describe('environment.yml', () => {
  it('has packages of channels and a list for pip', () => {
    const text =
      'channels: [conda-forge, ./local]\ndependencies:\n  - python=3.12\n  - pip:\n      - flask\n      - -r r.txt\n';
    expect(parseCondaEnvironment(text)).toEqual({
      packages: ['python=3.12'],
      pip: ['flask', '-r r.txt'],
      localChannels: ['./local'],
    });
    expect(parseCondaEnvironment('')).toBeUndefined();
    expect(parseCondaEnvironment('a: [')).toBeUndefined();
  });
});

it('Python manifests never throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parse of [
        parseCondaEnvironment,
        parsePipfile,
        parsePipfileLock,
        parsePoetry,
        localsOfPoetryLock,
        parsePoetrySettings,
        parsePythonBuild,
      ])
        parse(text);
    }),
  );
});
