import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { toCorePath } from '../../../server/src/node/fs.js';
import {
  bareEnvironment,
  commit,
  everything,
  git,
  hasGit,
  newFolder,
  newRepository,
  newService,
  placesOf,
} from './repository.js';

/** Programs that note that they ran. */
interface Traps {
  readonly folder: string;
  /** A command that leaves a mark of this name. */
  set(name: string): string;
  sprung(): readonly string[];
  clear(): void;
}

function newTraps(): Traps {
  const folder = newFolder();
  const marks = path.join(folder, 'marks');
  mkdirSync(marks);
  return {
    folder,
    set(name) {
      const file = path.join(folder, name.replaceAll(/[^\w.-]/g, '_'));
      // Some of them are asked for an answer: none is enough to be found out.
      writeFileSync(file, `#!/bin/sh\necho "$@" > '${marks}/${path.basename(file)}'\nexit 1\n`);
      chmodSync(file, 0o755);
      return file;
    },
    sprung: () => readdirSync(marks).sort(),
    clear() {
      for (const name of readdirSync(marks)) rmSync(path.join(marks, name));
    },
  };
}

/** Names in a configuration whose value is a program. */
const programs = [
  ...['core.fsmonitor', 'core.pager', 'core.editor', 'core.askPass', 'core.sshCommand', 'core.gitProxy'],
  ...['core.alternateRefsCommand', 'sequence.editor', 'diff.external', 'credential.helper', 'ssh.variant'],
  ...['diff.evil.command', 'diff.evil.textconv', 'filter.evil.clean', 'filter.evil.smudge'],
  ...['filter.evil.process', 'merge.evil.driver', 'gpg.program', 'gpg.ssh.program', 'gpg.x509.program'],
  ...['gpg.openpgp.program', 'gpg.ssh.defaultKeyCommand', 'interactive.diffFilter', 'web.browser'],
  ...['uploadpack.packObjectsHook', 'remote.origin.uploadpack', 'remote.origin.receivepack'],
  ...['mergetool.evil.cmd', 'difftool.evil.cmd', 'browser.evil.cmd', 'man.evil.cmd', 'sendemail.smtpServer'],
];
const commandsAsked = ['rev-parse', 'rev-list', 'diff-tree', 'ls-tree', 'ls-files', 'cat-file', 'check-attr'];
const hooks = [
  ...['post-index-change', 'fsmonitor-watchman', 'reference-transaction', 'post-checkout', 'pre-auto-gc'],
  ...['post-merge', 'post-rewrite', 'pre-commit', 'pre-push', 'proc-receive', 'sendemail-validate'],
];

function line(name: string, value: string): string {
  const [section = '', ...rest] = name.split('.');
  const key = rest.pop() ?? '';
  const sub = rest.join('.');
  return `[${section}${sub === '' ? '' : ` "${sub}"`}]\n\t${key} = "${value.replaceAll('"', '\\"')}"\n`;
}

/** A configuration that names a trap wherever it can name a program; `from` tells them apart. */
function hostileConfig(traps: Traps, from: string): string {
  const trap = (name: string): string => traps.set(`${from}-${name}`);
  const values: (readonly [string, string])[] = [
    ...programs.map((name) => [name, trap(name)] as const),
    ...commandsAsked.map((name) => [`alias.${name}`, `!${trap(`alias-${name}`)}`] as const),
    ...commandsAsked.map((name) => [`pager.${name}`, trap(`pager-${name}`)] as const),
    ['core.hooksPath', path.join(traps.folder, 'hooks')],
    ['log.showSignature', 'true'],
    ['format.pretty', '%G? %GS'],
    ['core.untrackedCache', 'true'],
    ['filter.evil.required', 'true'],
    ['diff.evil.cachetextconv', 'true'],
    ['diff.ignoreSubmodules', 'all'],
    ['diff.renames', 'copies'],
    ['diff.relative', 'true'],
    ['diff.noprefix', 'true'],
    ['protocol.allow', 'always'],
    ['protocol.ext.allow', 'always'],
    ['submodule.evil.update', `!${trap('submodule-update')}`],
    ['submodule.recurse', 'true'],
    ['remote.origin.url', `ext::${trap('ext')} %S`],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialclonefilter', 'blob:none'],
    ['gc.auto', '1'],
    ['maintenance.auto', 'true'],
    ['trace2.normalTarget', path.join(traps.folder, 'marks', `${from}-trace2`)],
  ];
  return values.map(([name, value]) => line(name, value)).join('');
}

/** Two commits, then a configuration of traps in every place that git reads in a repository. */
function hostileRepository(traps: Traps): { readonly folder: string; readonly first: string } {
  const folder = newRepository();
  const first = commit(folder, {
    a: '1',
    'src/b': '1',
    '.gitattributes': '* diff=evil filter=evil merge=evil\n',
  });
  signed(folder);
  commit(folder, { a: '2', 'src/c': '1' });
  const own = path.join(folder, '.git');
  const hookFolders = [path.join(own, 'hooks'), path.join(traps.folder, 'hooks')];
  for (const [i, at] of hookFolders.entries()) {
    mkdirSync(at, { recursive: true });
    for (const hook of hooks) {
      writeFileSync(path.join(at, hook), readFileSync(traps.set(`hook-${i}-${hook}`)));
      chmodSync(path.join(at, hook), 0o755);
    }
  }
  const included = path.join(traps.folder, 'included');
  writeFileSync(included, hostileConfig(traps, 'include'));
  writeFileSync(`${included}-if`, hostileConfig(traps, 'includeIf'));
  writeFileSync(path.join(own, 'config.worktree'), hostileConfig(traps, 'worktree'));
  mkdirSync(path.join(own, 'info'), { recursive: true });
  writeFileSync(path.join(own, 'info', 'attributes'), '* diff=evil filter=evil merge=evil\n');
  writeFileSync(path.join(folder, '.gitmodules'), '[submodule "evil"]\n\tpath = src\n\turl = ext::false\n');
  appendFileSync(
    path.join(own, 'config'),
    [
      '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tworktreeConfig = true\n\tpartialClone = origin\n',
      hostileConfig(traps, 'config'),
      line('include.path', included),
      line('includeIf.gitdir:/.path', `${included}-if`),
    ].join(''),
  );
  return { folder, first };
}

/** A commit that says it is signed, so that whoever shows signatures has something to check. */
function signed(folder: string): void {
  const tree = git(folder, 'rev-parse', 'HEAD^{tree}');
  const parent = git(folder, 'rev-parse', 'HEAD');
  const text = [
    `tree ${tree}\nparent ${parent}\nauthor a <a@example.com> 1700000000 +0000\n`,
    'committer a <a@example.com> 1700000000 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n',
    ' \n iQ\n -----END PGP SIGNATURE-----\n\nsigned\n',
  ].join('');
  const made = spawnSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    cwd: folder,
    input: text,
    env: bareEnvironment,
    encoding: 'utf8',
  });
  git(folder, 'update-ref', 'HEAD', made.stdout.trim());
}

/** Variables of a caller that could name programs or another repository. */
function hostileEnvironment(traps: Traps, folder: string): NodeJS.ProcessEnv {
  const named = ['GIT_EXTERNAL_DIFF', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_PAGER', 'GIT_ASKPASS', 'GIT_EDITOR'];
  const fake = path.join(traps.folder, 'exec');
  mkdirSync(fake, { recursive: true });
  for (const name of commandsAsked) {
    writeFileSync(path.join(fake, `git-${name}`), readFileSync(traps.set(`exec-${name}`)));
    chmodSync(path.join(fake, `git-${name}`), 0o755);
  }
  writeFileSync(path.join(folder, 'git'), readFileSync(traps.set('git-in-the-context')));
  chmodSync(path.join(folder, 'git'), 0o755);
  return {
    ...process.env,
    ...Object.fromEntries(named.map((name) => [name, traps.set(`env-${name}`)])),
    ...{ SSH_ASKPASS: traps.set('env-SSH_ASKPASS'), PAGER: traps.set('env-PAGER') },
    ...{ GIT_DIR: '/nowhere', GIT_WORK_TREE: '/nowhere', GIT_INDEX_FILE: '/nowhere' },
    ...{ GIT_EXEC_PATH: fake, GIT_TRACE: path.join(traps.folder, 'marks', 'env-trace') },
    ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.fsmonitor' },
    ...{
      GIT_CONFIG_VALUE_0: traps.set('env-config'),
      GIT_CONFIG_GLOBAL: path.join(traps.folder, 'included'),
    },
    PATH: `.:${process.env.PATH ?? ''}`,
  };
}

/** Empties a loose object's place: git would like to fetch it. */
function removeObject(folder: string, id: string): void {
  rmSync(path.join(folder, '.git', 'objects', id.slice(0, 2), id.slice(2)));
}

describe.skipIf(!hasGit || process.platform === 'win32')(
  'a repository whose configuration is hostile',
  () => {
    let traps = newTraps();
    beforeEach(() => {
      traps = newTraps();
    });

    it('has traps that do spring where git is used as people use it', () => {
      const { folder } = hostileRepository(traps);
      const env = { ...bareEnvironment, TERM: 'xterm' };
      utimesSync(path.join(folder, 'a'), 1, 1);
      for (const args of [
        ['status'],
        ['log', '-1', '-p', 'HEAD~1'],
        ['diff'],
        ['fetch'],
        ['show', 'HEAD:a'],
      ]) {
        spawnSync('git', args, { cwd: folder, env });
      }
      const sprung = traps.sprung().join(' ');
      for (const name of ['fsmonitor', 'filter', 'gpg', 'ext']) expect(sprung).toContain(name);
    });

    it('is read, and runs nothing', async () => {
      const { folder, first } = hostileRepository(traps);
      const service = newService(hostileEnvironment(traps, folder));
      utimesSync(path.join(folder, 'a'), 1, 1);
      const answer = await service.run(everything(folder, { modes: true, since: first }), undefined);
      expect(answer.gap).toBeNull();
      expect(placesOf(answer)).toEqual([['a', 'src/c'], []]);
      const all = await service.run(everything(folder), undefined);
      expect(all.commits).toHaveLength(3);
      for (const revision of ['HEAD', first, 'HEAD~1', 'HEAD^{/signed}']) {
        const texts = ['a', 'src/b'].map((name) => toCorePath(path.join(folder, name)));
        const found = await service.compare({ root: toCorePath(folder), revision, texts }, undefined);
        expect(found.gap).toBeNull();
      }
      expect(traps.sprung()).toEqual([]);
    });

    it('runs nothing where objects are missing either', async () => {
      const { folder, first } = hostileRepository(traps);
      const service = newService(hostileEnvironment(traps, folder));
      removeObject(folder, git(folder, 'rev-parse', `${first}:src`));
      removeObject(folder, git(folder, 'rev-parse', 'HEAD:src'));
      traps.clear();
      const answer = await service.run(everything(folder), undefined);
      expect(answer.gap).toEqual({
        kind: 'failed',
        message: 'Objects of the history are not in this clone, and they are not fetched.',
      });
      const query = {
        root: toCorePath(folder),
        revision: first,
        texts: [toCorePath(path.join(folder, 'src/b'))],
      };
      expect((await service.compare(query, undefined)).gap?.kind).toBe('failed');
      expect(traps.sprung()).toEqual([]);
    });

    it('is not read at all where it belongs to somebody else', async () => {
      const folder = newRepository();
      commit(folder, { a: '1' });
      // Git's own test switch; of our environment it would be dropped.
      const wrapper = path.join(newFolder(), 'git');
      writeFileSync(wrapper, `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"\n`);
      chmodSync(wrapper, 0o755);
      const answer = await newService().run(everything(folder), wrapper);
      expect(answer.gap).toEqual({
        kind: 'failed',
        message: 'Git does not read this repository because it belongs to another user (safe.directory).',
      });
    });
  },
);
