import { expect, it } from 'vitest';
import { fixAll } from '../../server/src/engine/fixall.js';
import type { Engine } from '../../server/src/engine/model.js';
import { allRules } from '../../server/src/rules/index.js';
import { memorySnapshot, root } from '../harness/memfs.js';
import { testShellParser } from '../harness/shell.js';

const engine: Engine = { rules: allRules, shellParser: await testShellParser() };

it('what one fix writes again and another changes is changed in both places', () => {
  const dockerfile = `FROM python:3.11-slim
WORKDIR /app
RUN pip install poetry
RUN poetry config virtualenvs.create false
COPY . .
RUN poetry install
CMD ["python", "-m", "app"]
`;
  const lock = (name: string, groups: string): string =>
    `[[package]]\nname = "${name}"\nversion = "1.0.0"\ngroups = [${groups}]\nfiles = []\n`;
  const snapshot = memorySnapshot(
    {
      Dockerfile: dockerfile,
      '.dockerignore': '.git\nDockerfile\n.dockerignore\n.venv\n',
      'pyproject.toml': `[project]
name = "app"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["flask (==1.0.0)"]

[tool.poetry.group.dev.dependencies]
pytest = "1.0.0"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
`,
      'poetry.lock': `${lock('flask', '"main"')}\n${lock('pytest', '"dev"')}\n[metadata]\nlock-version = "2.1"\npython-versions = ">=3.11"\ncontent-hash = "x"\n`,
      'app/__init__.py': '',
      'app/__main__.py': 'import flask\n',
    },
    '',
    [root],
  );
  const { texts } = fixAll(engine, snapshot, `${root}/Dockerfile`, { fixes: 'unsafe' });
  const installs = (texts.get(`${root}/Dockerfile`) ?? '').match(/poetry install.*/g) ?? [];
  expect(installs).toEqual(['poetry install --only=main --no-root', 'poetry install --only=main']);
});
