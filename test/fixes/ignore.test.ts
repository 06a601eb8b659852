import { describe, expect, it } from 'vitest';
import {
  type AddLineOptions,
  addLine,
  addLines,
  removeLine,
  replaceLine,
} from '../../server/src/fixes/ignore.js';
import type { IgnorePattern } from '../../server/src/syntax/dockerignore/model.js';
import { parseIgnore } from '../../server/src/syntax/dockerignore/parse.js';
import { applyEdits } from '../../server/src/text/edit.js';

function added(text: string, pattern: string, options?: AddLineOptions): string | undefined {
  const edit = addLine(text, pattern, options);
  return edit === undefined ? undefined : applyEdits(text, [edit]);
}

function patternAt(text: string, index: number): IgnorePattern {
  const found = parseIgnore(text).patterns[index];
  if (found === undefined) throw new Error(`no pattern ${index}`);
  return found;
}

describe('addLine', () => {
  it('adds at the end and keeps line endings and a missing last one', () => {
    expect(added('', '.git')).toBe('.git\n');
    expect(added('a\n', '.git')).toBe('a\n.git\n');
    expect(added('a', '.git')).toBe('a\n.git');
    expect(added('a\r\nb\r\n', '.git')).toBe('a\r\nb\r\n.git\r\n');
    expect(added('\uFEFFa\n\n\n', '.git')).toBe('\uFEFFa\n.git\n\n\n');
    expect(added('\uFEFF', '.git')).toBe('\uFEFF.git\n');
    expect(added('# only a comment\n', '.git')).toBe('# only a comment\n.git\n');
  });
  it('goes in front of an exception that it would undo', () => {
    expect(added('*.md\n!README.md\n', '**/*.md')).toBe('*.md\n**/*.md\n!README.md\n');
    expect(added('# env\n.env\n.env.*\n!.env.example', '**/.env*')).toBe(
      '# env\n.env\n.env.*\n**/.env*\n!.env.example',
    );
    expect(added('docs/*\n!docs/README.md\nlog\n', 'docs')).toBe('docs/*\ndocs\n!docs/README.md\nlog\n');
  });
  it('stays behind an exception that would undo it', () => {
    expect(added('*\n!src\n', '**/*.log')).toBe('*\n!src\n**/*.log\n');
    expect(added('*\n!**/*.go\n', 'vendor')).toBe('*\n!**/*.go\nvendor\n');
    expect(added('*\n!src\n!package.json\n', 'src/generated')).toBe(
      '*\n!src\n!package.json\nsrc/generated\n',
    );
  });
  it('goes between an exception that would undo it and one that it would undo', () => {
    expect(added('*\n!src\n*.log\nsrc/*.log\n!src/keep.log\n', '**/*.log')).toBe(
      '*\n!src\n*.log\nsrc/*.log\n**/*.log\n!src/keep.log\n',
    );
  });
  it('has no place where an exception says the opposite', () => {
    expect(added('*\n!src\n', 'src')).toBeUndefined();
    expect(added('docs\n!docs/**\n', 'docs/**')).toBeUndefined();
  });
  it('has to hide the paths it is for', () => {
    expect(added('a\n!a/b\n', 'a/b/c', { paths: ['a/b/c'] })).toBe('a\n!a/b\na/b/c\n');
    expect(added('*.md\n!docs/x.md\n', 'docs', { paths: ['docs'] })).toBe('*.md\n!docs/x.md\ndocs\n');
    expect(added('.env\n', 'local/*', { paths: ['local/sub/x'] })).toBe('.env\nlocal/*\n');
    expect(added('.env\n', 'local/*', { paths: ['else/x'] })).toBeUndefined();
  });
  it('lets in what an exception is for', () => {
    expect(added('dist\n*.md\n', '!dist/app.js', { paths: ['dist/app.js'] })).toBe(
      'dist\n*.md\n!dist/app.js\n',
    );
    expect(added('dist/**\n', '!dist', { paths: ['dist/app.js'] })).toBeUndefined();
  });
  it('joins its group, or starts one', () => {
    expect(added('# logs\n*.log\n\n# git\n.git\n', '*.tmp', { group: 'Logs' })).toBe(
      '# logs\n*.log\n*.tmp\n\n# git\n.git\n',
    );
    expect(added('a\n', '.git', { group: 'Version control' })).toBe('a\n\n# Version control\n.git\n');
    expect(added('', '.git', { group: 'Version control' })).toBe('# Version control\n.git\n');
    expect(added('# logs\n*.log\n\n!x.log\n!**/keep\n', '**/keep', { group: 'logs' })).toBe(
      '# logs\n*.log\n\n!x.log\n!**/keep\n**/keep\n',
    );
  });
  it('does not stand under a heading that speaks of something else', () => {
    const ours = '.git\n\n# Read by Docker itself\n.dockerignore\nDockerfile\n';
    expect(added(ours, 'big')).toBe(`${ours}\nbig\n`);
    expect(added(ours, '.env', { group: 'Secrets' })).toBe(`${ours}\n# Secrets\n.env\n`);
    expect(added('# Anything\na\n', 'big')).toBe('# Anything\na\nbig\n');
  });

  it('says nothing twice, and nothing that is no pattern', () => {
    expect(added('./node_modules/\n', 'node_modules')).toBeUndefined();
    expect(added('', '# x')).toBeUndefined();
    expect(added('', '')).toBeUndefined();
    expect(added('', 'a\nb')).toBeUndefined();
    expect(added('', '[')).toBeUndefined();
  });
});

describe('addLines', () => {
  const all = (text: string, patterns: readonly string[]): string | undefined => {
    const edit = addLines(text, patterns);
    return edit === undefined ? undefined : applyEdits(text, [edit]);
  };
  it('adds each in its place, with one edit', () => {
    expect(all('a\r\n', ['b', 'a', 'c'])).toBe('a\r\nb\r\nc\r\n');
    expect(all('*.md\n!README.md\n', ['**/*.md', '.git'])).toBe('*.md\n**/*.md\n!README.md\n.git\n');
    expect(all('', ['a', 'b'])).toBe('a\nb\n');
  });
  it('adds all or none', () => {
    expect(all('*\n!src\n', ['.git', 'src'])).toBeUndefined();
    expect(all('a\n', ['a'])).toBeUndefined();
  });
});

describe('removeLine', () => {
  const removed = (text: string, index: number): string =>
    applyEdits(text, [removeLine(parseIgnore(text), patternAt(text, index))]);
  it('takes the line and its ending', () => {
    expect(removed('a\nb\nc\n', 1)).toBe('a\nc\n');
    expect(removed('a\r\nb\r\n', 1)).toBe('a\r\n');
    expect(removed('a\nb', 1)).toBe('a');
    expect(removed('\uFEFFa\nb\n', 0)).toBe('\uFEFFb\n');
    expect(removed('\uFEFFa', 0)).toBe('\uFEFF');
    expect(removed('# why\n  a  \nb\n', 0)).toBe('# why\nb\n');
  });
});

describe('replaceLine', () => {
  it('keeps what stands around the pattern', () => {
    const text = 'a\r\n  b \r\nc';
    const edit = replaceLine(parseIgnore(text), patternAt(text, 1), ['**/b', '!x/b']);
    expect(applyEdits(text, [edit])).toBe('a\r\n  **/b\r\n!x/b \r\nc');
  });
});
