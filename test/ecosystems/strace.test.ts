import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readingOf, treeOf } from '../../scripts/trace/reading.js';
import { type Access, readStrace } from '../../scripts/trace/strace.js';

const short = ({ path: at, kind, found }: Access): string => `${kind} ${at}${found ? '' : ' missing'}`;

function read(...lines: readonly string[]): readonly string[] {
  return readStrace(lines.join('\n'), '/p').map(short);
}

it('makes paths absolute by the descriptor, else by the folder of the process', () => {
  expect(
    read(
      '10 openat(AT_FDCWD</p>, "a", O_RDONLY|O_CLOEXEC) = 3</p/a>',
      '10 newfstatat(4</p/sub>, "b", {st_mode=S_IFREG|0644, st_size=34, ...}, 0) = 0',
      '10 access("c", F_OK) = -1 ENOENT (No such file or directory)',
      '10 chdir("sub") = 0',
      '10 stat("d", 0x7ffd) = -1 ENOENT (No such file or directory)',
    ),
  ).toEqual(['look /p/a', 'look /p/sub/b', 'look /p/c missing', 'look /p/sub', 'look /p/sub/d missing']);
});

it('follows children, whose first call may come before the call that made them returns', () => {
  expect(
    read(
      '10 chdir("/q") = 0',
      '10 vfork( <unfinished ...>',
      '11 chdir("r") = 0',
      '11 stat("a", {st_mode=S_IFREG}) = 0',
      '10 <... vfork resumed>) = 11',
      '10 stat("b", {st_mode=S_IFREG}) = 0',
      '10 clone(child_stack=0x7, flags=CLONE_VM|CLONE_FS|CLONE_THREAD) = 12',
      '12 chdir("/s") = 0',
      '10 stat("c", {st_mode=S_IFREG}) = 0',
    ),
  ).toEqual(['look /q', 'look /q/r', 'look /q/r/a', 'look /q/b', 'look /s', 'look /s/c']);
});

it('puts interrupted calls together, each with those of its own thread', () => {
  expect(
    read(
      '10 openat(AT_FDCWD</p>, "a", O_RDONLY <unfinished ...>',
      '11 openat(AT_FDCWD</p>, "b", O_RDONLY <unfinished ...>',
      '10 <... openat resumed>) = -1 ENOENT (No such file or directory)',
      '11 <... openat resumed>) = 3</p/b>',
    ),
  ).toEqual(['look /p/a missing', 'look /p/b']);
});

it('tells listing and making from looking, and reads quoted names', () => {
  expect(
    read(
      '10 getdents64(3</p/sub>, 0x55 /* 4 entries */, 32768) = 112',
      '10 openat(AT_FDCWD</p>, "n", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</p/n>',
      '10 rename("n", "m") = 0',
      '10 symlink("../x", "l") = 0',
      '10 mkdir("o", 0777) = 0',
      '10 unlink("m") = 0',
      '10 open("a, \\"b\\" (\\303\\251)", O_RDONLY) = 3</p/x>',
      '10 readlink("y", "z", 4096) = 1',
      '10 execve("./run.sh", ["./run.sh", "x"], 0x7 /* 9 vars */) = 0',
      '10 stat("file/x", 0x7) = -1 ENOTDIR (Not a directory)',
      '10 --- SIGCHLD {si_signo=SIGCHLD} ---',
      '10 +++ exited with 0 +++',
    ),
  ).toEqual([
    'list /p/sub',
    'make /p/n',
    'make /p/m',
    'make /p/l',
    'make /p/o',
    'look /p/a, "b" (é)',
    'look /p/x',
    'look /p/y',
    'look /p/run.sh',
  ]);
});

// Traces are made on Linux; links need a privilege on Windows.
it.skipIf(process.platform === 'win32')(
  'leaves out what the command made and folders it passed through, and follows links it made',
  () => {
    const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'plimsoll-reading-')));
    try {
      for (const name of ['src', 'packages/a']) mkdirSync(path.join(folder, name), { recursive: true });
      for (const name of ['a.json', 'src/x.js', 'packages/a/a.json', 'unused'])
        writeFileSync(path.join(folder, name), '');
      const before = treeOf(folder);
      mkdirSync(path.join(folder, 'out'));
      symlinkSync('../packages/a', path.join(folder, 'out/a'));
      const look = (name: string, found: boolean): Access => ({
        path: path.join(folder, name),
        kind: 'look',
        found,
      });
      const accesses: readonly Access[] = [
        look('a.json', true),
        look('b.json', false),
        look('src', true),
        look('out', false),
        look('out/x', false),
        look('out/a/a.json', true),
        look('out/a/b.json', false),
        { path: path.join(folder, 'gone'), kind: 'make', found: true },
        look('gone', false),
        { path: folder, kind: 'list', found: true },
        { path: path.dirname(folder), kind: 'list', found: true },
      ];
      expect(readingOf(folder, before, accesses)).toEqual({
        read: ['a.json', 'packages/a/a.json'],
        listed: ['.'],
        missing: ['b.json', 'packages/a/b.json'],
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
