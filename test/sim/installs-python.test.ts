import { describe, expect, it } from 'vitest';
import type { Closure } from '../../server/src/project/closures/model.js';
import { modelOf } from '../ecosystems/model.js';
import { testShellParser } from '../harness/shell.js';

const parser = await testShellParser();

/** The closure of a command on a project of these files; the reason why there is none. */
function closure(command: string, files: Readonly<Record<string, string>>, folder = '.'): Closure | string {
  try {
    return modelOf(parser, files, { command, folder }).closure;
  } catch (error) {
    return (error as Error).message;
  }
}

function open(command: string, files: Readonly<Record<string, string>>): readonly string[] | undefined {
  const found = closure(command, files);
  return typeof found === 'string' ? undefined : found.open;
}

const complete = (files: readonly string[]): object => ({ files, open: [] });

describe('pip', () => {
  const files = {
    'r.txt': 'six',
    'c.txt': 'six==1',
    'req/d.txt': '-r ../r.txt',
    'requirements.txt': 'six',
    'a.py': '',
  };
  for (const [command, read] of [
    ['pip install -r r.txt -c c.txt', ['r.txt', 'c.txt']],
    ['pip3.12 install --no-cache-dir -rreq/d.txt', ['req/d.txt', 'r.txt']],
    ['python3 -m pip install --requirement=r.txt --constraint=c.txt', ['r.txt', 'c.txt']],
    ['/opt/venv/bin/pip install -Ur r.txt', undefined],
    ['/opt/venv/bin/pip install -U -r r.txt', ['r.txt']],
    ['/opt/venv/bin/python -m pip install -r r.txt', ['r.txt']],
    ['pip wheel --no-deps -w /wheels -r r.txt', ['r.txt']],
    ['pip download -d /wheels -r r.txt', ['r.txt']],
    ['pip-sync', ['requirements.txt']],
    ['pip-sync r.txt c.txt', ['r.txt', 'c.txt']],
    ['uv pip install --system -r r.txt --override c.txt', ['r.txt', 'c.txt']],
    ['uv pip sync --link-mode=copy r.txt', ['r.txt']],
    ['python -m uv pip install -b c.txt -r r.txt', ['c.txt', 'r.txt']],
  ] as const)
    it(`${command} ${read === undefined ? 'is not read' : 'reads what it names'}`, () => {
      const found = closure(command, files);
      if (read === undefined) expect(typeof found).toBe('string');
      else expect(found).toMatchObject(complete(read));
    });
  it('installs packages by name: no install of the project', () => {
    for (const command of [
      'pip install flask',
      'pip install git+https://example.org/a.git',
      'uv pip install flask',
      'pip install /wheels/*.whl',
      'pip install dist/a.whl',
      'pip uninstall -r r.txt',
    ])
      expect(typeof closure(command, files), command).toBe('string');
  });
  it('is open with what it does not know', () => {
    expect(open('pip install --strange -r r.txt', files)).toEqual([
      'the command uses options whose effect is not known',
    ]);
    expect(open('pip install -r $FILE', files)).toBeUndefined();
    expect(open('PIP_CONSTRAINT=c.txt pip install -r r.txt', files)?.join()).toMatch(/PIP_CONSTRAINT/);
  });
  it('writes into targets and environments', () => {
    expect(closure('pip install -t vendor -r r.txt', files)).toMatchObject({ outputs: ['vendor'] });
    expect(closure('.venv/bin/python -m pip install -r r.txt', files)).toMatchObject({ outputs: ['.venv'] });
  });
  const project = { ...files, 'pyproject.toml': '[project]\nname="a"\ndependencies=["six"]' };
  for (const command of [
    'pip install .',
    'pip install -e .[dev]',
    'python -m pip install --editable=.',
    'pip install /srv/app',
    'uv pip install -e .',
  ])
    it(`${command} installs the project itself`, () => {
      expect(open(command, project)?.join()).toMatch(/the project itself; "(uv )?pip install -r/);
    });
  it('has nothing to advise for a project whose dependencies stand nowhere else', () => {
    const { 'requirements.txt': _, ...alone } = project;
    expect(typeof closure('pip install .', alone)).toBe('string');
    expect(typeof closure('pip install --no-deps .', project)).toBe('string');
  });
});

describe('uv sync', () => {
  const files = {
    'pyproject.toml': '[project]\nname="a"\n[build-system]\nrequires=[]\n',
    'uv.lock': '',
    'a.py': '',
  };
  it('knows its flags and the variables for them', () => {
    for (const command of [
      'uv sync --frozen --no-install-project --no-dev --extra=x --group y',
      'uv sync --locked --no-install-workspace --no-editable --compile-bytecode',
      'UV_NO_INSTALL_PROJECT=1 UV_FROZEN=1 uv sync --no-cache --python=3.12',
      'uv --project . sync --no-install-local --all-packages',
      'uv sync --no-install-package a',
    ])
      expect(closure(command, files), command).toMatchObject(complete(['pyproject.toml', 'uv.lock']));
    expect(open('uv sync', files)?.length).toBe(1);
    expect(open('uv sync --strange --no-install-project', files)?.length).toBe(1);
  });
  it('goes where it is told', () => {
    const below = { 'app/pyproject.toml': files['pyproject.toml'], 'app/uv.lock': '' };
    expect(closure('uv sync --directory app --no-install-project', below)).toMatchObject({
      ...complete(['app/pyproject.toml', 'app/uv.lock']),
      outputs: ['app/.venv'],
    });
  });
});

describe('poetry', () => {
  const files = { 'pyproject.toml': '[tool.poetry]\nname="a"\n', 'poetry.lock': '# Poetry', 'a.py': '' };
  it('installs what is locked', () => {
    for (const command of [
      'poetry install --no-root --only main --no-interaction --no-ansi',
      'poetry install --no-root --without dev,docs -n -vv --sync',
      'poetry sync --no-root --all-extras',
      '/opt/poetry/bin/poetry install --no-root --no-dev',
      'python -m poetry install --no-root',
      'poetry -C . install --no-root',
    ])
      expect(closure(command, files), command).toMatchObject(complete(['pyproject.toml', 'poetry.lock']));
    expect(open('poetry install', files)?.join()).toMatch(/--no-root/);
    for (const command of ['poetry add six', 'poetry install --only-root', 'poetry build'])
      expect(typeof closure(command, files), command).toBe('string');
  });
  it('knows where the environment goes', () => {
    const outputs = (command: string): unknown => (closure(command, files) as Closure).outputs;
    expect(outputs('poetry install --no-root')).toEqual(['.venv']);
    expect(outputs('POETRY_VIRTUALENVS_CREATE=false poetry install --no-root')).toEqual([]);
    expect(outputs('poetry config virtualenvs.create false && poetry install --no-root')).toEqual([]);
    expect(outputs('POETRY_VIRTUALENVS_IN_PROJECT=0 poetry install --no-root')).toEqual([]);
  });
});

describe('pipenv', () => {
  const files = { Pipfile: '[packages]\nsix="*"', 'Pipfile.lock': '{"default":{}}', 'a.py': '' };
  it('installs what is locked', () => {
    for (const command of [
      'pipenv install --system --deploy --ignore-pipfile',
      'pipenv sync --dev',
      'PIPENV_DEPLOY=1 pipenv install',
      'python3 -m pipenv install --deploy --python=3.12',
    ])
      expect(closure(command, files), command).toMatchObject({
        ...complete(['Pipfile', 'Pipfile.lock']),
        doubts: [],
      });
    for (const command of [
      'pipenv install six',
      'pipenv install -e .',
      'pipenv lock',
      'pipenv install -r r.txt',
    ])
      expect(typeof closure(command, files), command).toBe('string');
  });
});

describe('conda', () => {
  const files = {
    'environment.yml': 'dependencies: [a]',
    'e/b.yaml': 'dependencies: [a]',
    'list.txt': '@EXPLICIT',
    'conda-lock.yml': 'x',
  };
  it('reads the files it names', () => {
    for (const [command, read] of [
      ['conda env create', 'environment.yml'],
      ['conda env update -n base --file=e/b.yaml --prune', 'e/b.yaml'],
      ['mamba env create -f e/b.yaml -p /opt/env', 'e/b.yaml'],
      ['micromamba install -y -n base -f e/b.yaml', 'e/b.yaml'],
      ['micromamba create --yes --file list.txt', 'list.txt'],
      ['conda install -q --file list.txt', 'list.txt'],
      ['conda-lock install -n base', 'conda-lock.yml'],
    ] as const)
      expect(closure(command, files), command).toMatchObject(complete([read]));
    for (const command of ['conda install six', 'conda clean -a', 'micromamba create -n a python'])
      expect(typeof closure(command, files), command).toBe('string');
  });
});
