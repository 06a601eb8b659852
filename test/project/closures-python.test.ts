import { describe, expect, it } from 'vitest';
import { condaClosure } from '../../server/src/project/closures/conda.js';
import { fits, foldersFitting } from '../../server/src/project/closures/members.js';
import type { Closure, ContextFiles } from '../../server/src/project/closures/model.js';
import { type RequirementsInstall, requirementsClosure } from '../../server/src/project/closures/pip.js';
import { type PipenvInstall, pipenvClosure } from '../../server/src/project/closures/pipenv.js';
import { projectClosure } from '../../server/src/project/closures/pipproject.js';
import { type PoetryInstall, poetryClosure } from '../../server/src/project/closures/poetry.js';
import { type UvSync, uvSyncClosure } from '../../server/src/project/closures/uv.js';
import type { Entry } from '../../server/src/project/snapshot.js';

type Files = Readonly<Record<string, string>>;

/** A context of these files; their folders are there too. */
function context(files: Files, ignored: readonly string[] = []): ContextFiles {
  const entries = (folder: string): readonly Entry[] | undefined => {
    const start = folder === '.' ? '' : `${folder}/`;
    const found = new Map<string, Entry>();
    for (const path of Object.keys(files).filter((one) => one.startsWith(start))) {
      const [name = '', ...rest] = path.slice(start.length).split('/');
      found.set(name, { name, kind: rest.length > 0 ? 'folder' : 'file' });
    }
    return found.size === 0 ? undefined : [...found.values()];
  };
  return {
    exists: (path) => Object.hasOwn(files, path) || entries(path) !== undefined,
    isIgnored: (path) => ignored.includes(path),
    text: (path) => files[path],
    entries,
  };
}

const flit = '[project]\nname="buoy"\n[build-system]\nbuild-backend="flit_core.buildapi"\n';

describe('requirements', () => {
  const closure = (files: Files, more: Partial<RequirementsInstall> = {}): Closure | undefined =>
    requirementsClosure(context(files), { folder: '.', named: ['a.txt'], tool: 'pip', ...more });
  it('follows includes relative to the file that names them, once each', () => {
    const files = {
      'req/a.txt': '-r b.txt\nflask',
      'req/b.txt': '-c ../pins.txt\n-r a.txt',
      'pins.txt': 'flask==3',
    };
    expect(closure(files, { named: ['req/a.txt'] })).toMatchObject({
      files: ['req/a.txt', 'req/b.txt', 'pins.txt'],
      folders: [],
      open: [],
      doubts: [],
      outputs: [],
      ecosystem: 'pip',
    });
  });
  it('is open with a missing, empty or unknown one, and where it installs the project', () => {
    for (const [files, reason] of [
      [{ 'a.txt': '-r b.txt' }, /b\.txt.*not in the build context/],
      [{ 'a.txt': '' }, /read/],
      [{ 'a.txt': '-e .' }, /the project itself/],
      [{ 'a.txt': '-e ${HERE}/b' }, /not known/],
      [{ 'a.txt': './b' }, /b is installed, but is not/],
      [{ 'a.txt': './b', 'b/setup.py': '' }, /setup\.py runs/],
      [{ 'a.txt': './b', 'b/c.py': '' }, /how b is built/],
      [
        { 'a.txt': './b', 'b/pyproject.toml': '[build-system]\nrequires=["setuptools_scm>=8"]' },
        /setuptools-scm/,
      ],
      [{ 'a.txt': './b', 'b/pyproject.toml': `${flit}[tool.flit.sdist]\ninclude=["../x"]` }, /outside/],
      [{ 'a.txt': '-f ./none' }, /folder of packages that is not/],
    ] as const)
      expect(closure(files)?.open.join(), JSON.stringify(files)).toMatch(reason);
    expect(closure({})).toBeUndefined();
  });
  it('takes packages of the project whole, relative to where it runs, and says so', () => {
    const files = {
      'r/a.txt': './libs/buoy[x] ; python_version > "3"',
      'libs/buoy/pyproject.toml': flit,
      'libs/buoy/buoy.py': '',
    };
    expect(closure(files, { named: ['r/a.txt'] })).toMatchObject({
      files: ['r/a.txt'],
      folders: ['libs/buoy'],
      open: [],
      doubts: ['libs/buoy is built during the install'],
      ecosystem: 'pip-local',
    });
  });
  it('knows what setuptools writes beside the source, and what hatchling reads above it', () => {
    const built = (backend: string): Closure | undefined =>
      closure({
        'a.txt': 'libs/my-buoy/',
        '.gitignore': '',
        'libs/my-buoy/pyproject.toml': `[build-system]\nbuild-backend="${backend}"`,
      });
    expect(built('setuptools.build_meta')?.outputs).toEqual(
      ['build', 'my_buoy.egg-info', 'src/my_buoy.egg-info'].map((name) => `libs/my-buoy/${name}`),
    );
    expect(built('hatchling.build')?.files).toEqual(['a.txt', '.gitignore']);
    expect(built('pdm.backend')?.open.join()).toMatch(/pdm\.backend/);
  });
  it('looks for folders of packages beside the file, then where pip runs', () => {
    const wheels = { 'r/a.txt': '--find-links wheels', 'wheels/b.whl': '' };
    expect(closure(wheels, { named: ['r/a.txt'] })).toMatchObject({
      folders: ['wheels'],
      candidates: ['r/a.txt', 'r/wheels', 'wheels'],
      open: [],
    });
    expect(closure(wheels, { named: ['r/a.txt'], tool: 'uv' })?.open.length).toBe(1);
    expect(closure({ 'a.txt': 'b', 'wheels/b.whl': '' }, { links: ['wheels'] })?.folders).toEqual(['wheels']);
    expect(closure({ 'a.txt': '-f .' })?.open.join()).toMatch(/whole/);
  });
  it('reads the settings of uv for uv pip, of pip-tools for pip-sync', () => {
    const files = { 'a.txt': 'flask', 'uv.toml': '', 'pyproject.toml': '', '.pip-tools.toml': '' };
    expect(closure(files, { tool: 'uv' })?.files).toEqual(['a.txt', 'pyproject.toml', 'uv.toml']);
    expect(closure(files, { tool: 'pip-sync' })?.files).toEqual([
      'a.txt',
      'pyproject.toml',
      '.pip-tools.toml',
    ]);
  });
  it('takes the dependencies of a pyproject.toml, unless it has to be built for them', () => {
    const of = (text: string): Closure | undefined =>
      closure({ 'pyproject.toml': text }, { named: ['pyproject.toml'], tool: 'uv' });
    expect(of('[project]\nname="a"\ndependencies=["b"]')).toMatchObject({
      files: ['pyproject.toml'],
      open: [],
    });
    expect(of('[project]\nname="a"\ndynamic=["dependencies"]')?.open.length).toBe(1);
    expect(of('[project]\nname="a"\n[tool.uv.sources]\nb={path="b"}')?.open.length).toBe(1);
    expect(of('[tool.poetry]\nname="a"')?.open.length).toBe(1);
  });
  it('reads a pylock.toml', () => {
    const of = (text: string): Closure | undefined =>
      closure({ 'pylock.toml': text }, { named: ['pylock.toml'] });
    expect(of('lock-version="1.0"\n[[packages]]\nname="a"')).toMatchObject({
      files: ['pylock.toml'],
      open: [],
    });
    expect(of('[[packages]]\nname="a"\ndirectory={path="a"}')?.open.length).toBe(1);
    expect(of('lock-version="1.0"')?.open.length).toBe(1);
  });
});

describe('the project itself, by pip', () => {
  const manifest = '[project]\nname="a"\ndependencies=["flask", "x-y"]\n';
  it('is advised on only where its dependencies can be installed without it', () => {
    const of = (files: Files, tool: 'pip' | 'uv' = 'pip'): Closure | undefined =>
      projectClosure(context(files), { folder: '.', tool });
    expect(of({ 'pyproject.toml': manifest })).toBeUndefined();
    expect(of({ 'pyproject.toml': '' })).toBeUndefined();
    expect(of({ 'setup.py': '' })).toBeUndefined();
    expect(of({ 'pyproject.toml': manifest, 'requirements.txt': 'flask' })).toBeUndefined();
    expect(of({ 'pyproject.toml': manifest, 'requirements.txt': 'flask\nX_Y==1' })?.open).toEqual([
      'it installs the project itself; "pip install -r requirements.txt" before it would install what it requires',
    ]);
    expect(of({ 'pyproject.toml': manifest }, 'uv')?.open.join()).toMatch(
      /uv pip install -r pyproject\.toml/,
    );
    const dynamic = '[project]\nname="a"\ndynamic=["dependencies"]\n';
    expect(of({ 'pyproject.toml': dynamic }, 'uv')).toBeUndefined();
    const from = `${dynamic}[tool.setuptools.dynamic]\ndependencies={file="r/a.txt"}`;
    expect(of({ 'pyproject.toml': from, 'r/a.txt': 'b' })?.open.join()).toMatch(/-r r\/a\.txt/);
  });
});

describe('uv sync', () => {
  const sync: UvSync = {
    folder: '.',
    without: 'nothing',
    withoutPackages: [],
    members: undefined,
    noSources: false,
    frozen: false,
    locked: true,
    environmentInside: true,
  };
  const closure = (files: Files, more: Partial<UvSync> = {}): Closure | undefined =>
    uvSyncClosure(context(files), { ...sync, ...more });
  const virtual = '[project]\nname="a"\n';
  const built = `${virtual}[build-system]\nrequires=[]\n`;
  it('is complete for a project that is not installed', () => {
    const files = { 'pyproject.toml': virtual, 'uv.lock': '', '.python-version': '', 'a.py': '' };
    expect(closure(files)).toMatchObject({
      files: ['pyproject.toml', 'uv.lock', '.python-version'],
      folders: [],
      open: [],
      doubts: [],
      outputs: ['.venv'],
      ecosystem: 'uv',
    });
  });
  it('is open where it installs the project, complete without it', () => {
    const files = { 'pyproject.toml': built, 'uv.lock': '' };
    expect(closure(files)?.open.join()).toMatch(/installs the project itself; "--no-install-project"/);
    for (const without of ['project', 'workspace', 'local'] as const)
      expect(closure(files, { without })?.open, without).toEqual([]);
    expect(closure(files, { withoutPackages: ['a'] })?.open).toEqual([]);
  });
  it('is open with dynamic metadata unless nothing asks for it', () => {
    const files = { 'pyproject.toml': `${virtual}dynamic=["version"]`, 'uv.lock': '' };
    expect(closure(files)?.open.length).toBe(1);
    expect(closure(files, { frozen: true })?.open).toEqual([]);
  });
  it('doubts a lock file that may change', () => {
    const files = { 'pyproject.toml': virtual, 'uv.lock': '' };
    expect(closure(files, { locked: false })?.doubts.length).toBe(1);
    expect(closure({ 'pyproject.toml': virtual })?.doubts.length).toBe(1);
  });
  it('takes packages on the disk that are wanted', () => {
    const wants = 'dependencies=["buoy"]\n[tool.uv.sources]\nbuoy={path="libs/buoy"}\n';
    const files = { 'pyproject.toml': virtual + wants, 'uv.lock': '', 'libs/buoy/pyproject.toml': flit };
    expect(closure(files)).toMatchObject({ folders: ['libs/buoy'], open: [] });
    expect(closure(files, { without: 'workspace' })?.folders).toEqual(['libs/buoy']);
    expect(closure(files, { without: 'local' })).toMatchObject({
      files: ['pyproject.toml', 'uv.lock', 'libs/buoy/pyproject.toml'],
      folders: [],
    });
    expect(closure(files, { without: 'local', frozen: true })?.files).toEqual(['pyproject.toml', 'uv.lock']);
    expect(closure(files, { noSources: true })?.folders).toEqual([]);
    const unused = files['pyproject.toml'].replace('dependencies=["buoy"]\n', '');
    expect(closure({ ...files, 'pyproject.toml': unused })?.folders).toEqual([]);
  });

  it('does not follow packages on the disk to further ones', () => {
    const wants = 'dependencies=["buoy"]\n[tool.uv.sources]\nbuoy={path="libs/buoy"}\n';
    const buoy =
      '[project]\nname="buoy"\ndependencies=["chain"]\n[tool.uv.sources]\nchain={path="../chain"}\n';
    const files = { 'pyproject.toml': virtual + wants, 'uv.lock': '', 'libs/buoy/pyproject.toml': buoy };
    expect(closure(files, { frozen: true })?.open.join()).toMatch(/in turn/);
    expect(closure(files)?.open.join()).toMatch(/in turn/);
    expect(closure(files, { frozen: true, without: 'local' })?.open).toEqual([]);
    const by = { 'a.txt': './libs/buoy', 'libs/buoy/pyproject.toml': buoy };
    const pip = (tool: 'pip' | 'uv'): readonly string[] | undefined =>
      requirementsClosure(context(by), { folder: '.', named: ['a.txt'], tool })?.open;
    expect(pip('pip')).toEqual([]);
    expect(pip('uv')?.join()).toMatch(/in turn/);
  });
  it('reads the metadata of all packages on the disk to check the lock file', () => {
    const files = {
      'pyproject.toml': `${virtual}[tool.uv.workspace]\nmembers=["p/*"]\n`,
      'uv.lock': '',
      'p/b/pyproject.toml':
        '[project]\nname="b"\ndependencies=["buoy"]\n[tool.uv.sources]\nbuoy={path="../../buoy"}\n',
      'buoy/pyproject.toml': flit,
    };
    expect(closure(files)).toMatchObject({ folders: [], open: [] });
    expect(closure(files)?.files).toContain('buoy/pyproject.toml');
    expect(closure(files, { frozen: true })?.files).not.toContain('buoy/pyproject.toml');
  });

  const root = `${virtual}dependencies=["tide"]\n[tool.uv.workspace]\nmembers=["packages/*"]\nexclude=["packages/old"]\n[tool.uv.sources]\ntide={workspace=true}\n`;
  const member = (name: string, more = ''): string =>
    `[project]\nname="${name}"\n${more}\n[build-system]\nbuild-backend="hatchling.build"\n`;
  const workspace = {
    'pyproject.toml': root,
    'uv.lock': '',
    'packages/tide/pyproject.toml': member('tide'),
    'packages/tide/src/tide.py': '',
    'packages/chart/pyproject.toml': member('chart'),
    'packages/old/pyproject.toml': member('old'),
    'packages/notes/a.md': '',
  };
  const manifests = [
    'pyproject.toml',
    'packages/tide/pyproject.toml',
    'packages/chart/pyproject.toml',
    'uv.lock',
  ];
  it('reads the manifest of each member of a workspace', () => {
    expect(closure(workspace, { without: 'workspace' })).toMatchObject({
      files: manifests,
      folders: [],
      open: [],
      doubts: [],
      ecosystem: 'uv-workspace',
    });
  });
  it('builds the members that are wanted', () => {
    expect(closure(workspace, { without: 'project' })).toMatchObject({
      folders: ['packages/tide'],
      open: [],
    });
    expect(closure(workspace, { members: { named: ['chart'] } })?.folders).toEqual(['packages/chart']);
    expect(closure(workspace, { members: 'all' })?.folders).toEqual(['packages/tide', 'packages/chart']);
  });
  it('finds the workspace of a member', () => {
    const inside = closure(workspace, { folder: 'packages/chart', without: 'project' });
    expect([...(inside?.files ?? [])].sort()).toEqual([...manifests].sort());
    expect(inside).toMatchObject({ folders: [], open: [], outputs: ['.venv'] });
    expect(closure(workspace, { folder: 'packages/chart' })?.open.join()).toMatch(/the project itself/);
    const alone = closure(workspace, { folder: 'packages/old', without: 'project' });
    expect(alone?.outputs).toEqual(['packages/old/.venv']);
  });
});

describe('globs of workspaces', () => {
  it('fit whole names', () => {
    expect(fits('packages/*', 'packages/a')).toBe(true);
    expect(fits('packages/*', 'packages/a/b')).toBe(false);
    expect(fits('./packages/**/x', 'packages/a/b/x')).toBe(true);
    expect(fits('a[bc]?', 'acd')).toBe(true);
    expect(fits('a.b', 'axb')).toBe(false);
  });
  it('find folders', () => {
    const files = context({ 'a/x/f': '', 'a/y/z/f': '', 'b/f': '', 'a/file': '' });
    expect(foldersFitting(files, '.', 'a/*')).toEqual(['a/x', 'a/y']);
    expect(foldersFitting(files, '.', 'a/**')).toEqual(['a', 'a/x', 'a/y', 'a/y/z']);
    expect(foldersFitting(files, '.', 'b')).toEqual(['b']);
    expect(foldersFitting(files, '.', '../b')).toEqual([]);
  });
});

describe('poetry', () => {
  const install: PoetryInstall = {
    folder: '.',
    withoutRoot: true,
    withoutFolders: false,
    create: undefined,
    inProject: undefined,
  };
  const closure = (files: Files, more: Partial<PoetryInstall> = {}): Closure | undefined =>
    poetryClosure(context(files), { ...install, ...more });
  const manifest = '[tool.poetry]\nname="a"\n';
  const lock = '# Poetry\n';
  it('takes manifest, lock file and settings', () => {
    const files = {
      'pyproject.toml': manifest,
      'poetry.lock': lock,
      'poetry.toml': '',
      'a.py': '',
      'README.md': '',
    };
    expect(closure(files)).toMatchObject({
      files: ['pyproject.toml', 'poetry.lock', 'poetry.toml'],
      folders: [],
      open: [],
      doubts: [],
      outputs: ['.venv'],
      ecosystem: 'poetry',
    });
    expect(closure({ 'poetry.lock': lock })).toBeUndefined();
    expect(closure({ 'pyproject.toml': manifest })?.doubts.length).toBe(1);
    expect(closure({ 'pyproject.toml': '', 'poetry.lock': lock })?.open.length).toBe(1);
  });
  it('is open where the project itself is installed', () => {
    const files = { 'pyproject.toml': manifest, 'poetry.lock': lock };
    expect(closure(files, { withoutRoot: false })?.open.join()).toMatch(/--no-root/);
    const only = { ...files, 'pyproject.toml': `${manifest}package-mode=false` };
    expect(closure(only, { withoutRoot: false })?.open).toEqual([]);
  });
  it('knows whether the environment lies in the project', () => {
    const files = { 'pyproject.toml': manifest, 'poetry.lock': lock };
    const created = { ...files, 'poetry.toml': '[virtualenvs]\ncreate=false' };
    expect(closure(created)?.outputs).toEqual([]);
    expect(closure(created, { create: true })?.outputs).toEqual(['.venv']);
    expect(closure(files, { inProject: false })?.outputs).toEqual([]);
  });
  it('takes packages of the project, of the lock file too', () => {
    const files = {
      'pyproject.toml': `${manifest}[tool.poetry.group.dev.dependencies]\nbuoy={path="libs/buoy",develop=true}`,
      'poetry.lock':
        '[[package]]\nname = "quay"\n\n[package.source]\ntype = "directory"\nurl = "libs/quay"\n',
      'libs/buoy/pyproject.toml': flit,
      'libs/quay/pyproject.toml': flit,
    };
    expect(closure(files)).toMatchObject({
      folders: ['libs/buoy', 'libs/quay'],
      open: [],
      ecosystem: 'poetry-local',
    });
    expect(closure(files, { withoutFolders: true })).toMatchObject({
      files: ['pyproject.toml', 'poetry.lock', 'libs/buoy/pyproject.toml', 'libs/quay/pyproject.toml'],
      folders: [],
    });
  });
});

describe('pipenv', () => {
  const install: PipenvInstall = { folder: '.', locked: true, system: false };
  const closure = (files: Files, more: Partial<PipenvInstall> = {}): Closure | undefined =>
    pipenvClosure(context(files), { ...install, ...more });
  const lock = '{"_meta":{"sources":[]},"default":{"six":{"version":"==1"}}}';
  const files = { Pipfile: '[packages]\nsix="*"', 'Pipfile.lock': lock };
  it('takes manifest and lock file', () => {
    expect(closure({ ...files, 'a.py': '' })).toMatchObject({
      files: ['Pipfile', 'Pipfile.lock'],
      open: [],
      doubts: [],
      outputs: ['.venv'],
    });
    expect(closure(files, { system: true })?.outputs).toEqual([]);
    expect(closure({})).toBeUndefined();
  });
  it('doubts variables from .env, and a lock file that may change', () => {
    expect(closure({ ...files, '.env': 'PIP_INDEX_URL=x' })).toMatchObject({
      files: ['Pipfile', 'Pipfile.lock', '.env'],
    });
    expect(closure({ ...files, '.env': 'PIP_INDEX_URL=x' })?.doubts.length).toBe(1);
    expect(closure(files, { locked: false })?.doubts.length).toBe(1);
    expect(closure({ Pipfile: files.Pipfile })?.doubts.length).toBe(1);
  });
  it('is open where it installs the project, and with an index on the disk', () => {
    expect(closure({ ...files, Pipfile: '[packages]\na={path=".",editable=true}' })?.open.join()).toMatch(
      /itself/,
    );
    expect(closure({ ...files, Pipfile: '[[source]]\nurl="file:///wheels"\n' })?.open.length).toBe(1);
    expect(closure({ ...files, Pipfile: '' })?.open.length).toBe(1);
  });
});

describe('conda', () => {
  it('takes the files named, and what their pip section names', () => {
    const files = {
      'env/environment.yml':
        'channels: [conda-forge]\ndependencies:\n  - python=3.12\n  - pip:\n      - -r more.txt\n      - flask\n',
      'env/more.txt': 'six',
    };
    expect(condaClosure(context(files), ['env/environment.yml'])).toMatchObject({
      files: ['env/environment.yml', 'env/more.txt'],
      candidates: ['env/environment.yml', 'env/more.txt'],
      open: [],
      ecosystem: 'conda',
    });
    expect(condaClosure(context({}), ['environment.yml'])).toBeUndefined();
  });
  it('is open where it installs the project, with a local channel, and unread', () => {
    for (const [text, reason] of [
      ['dependencies:\n  - pip:\n      - -e .\n', /itself/],
      ['channels: ["./local"]\ndependencies: [a]\n', /local/],
      ['', /read/],
    ] as const)
      expect(condaClosure(context({ 'a.yml': text }), ['a.yml'])?.open.join(), text).toMatch(reason);
  });
  it('takes explicit lists and lock files as they are', () => {
    const files = { 'explicit.txt': '@EXPLICIT', 'conda-lock.yml': 'package: []' };
    expect(condaClosure(context(files), ['explicit.txt', 'conda-lock.yml'])).toMatchObject({
      files: ['explicit.txt', 'conda-lock.yml'],
      open: [],
    });
  });
});
