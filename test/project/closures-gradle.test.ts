import { describe, expect, it } from 'vitest';
import { gradleClosure } from '../../server/src/project/closures/gradle.js';
import { folderContext } from './closureContext.js';

const run = { folder: '.', wrapper: true };

describe('gradle', () => {
  it('takes the scripts of all projects, catalogs, the wrapper and buildSrc', () => {
    const files = {
      'settings.gradle.kts': `
pluginManagement { includeBuild("build-logic") }
rootProject.name = "shop" // file("x")
include(
  ":app",
  ":libs:core",
)
`,
      'build.gradle.kts':
        'plugins { java }\nrepositories { mavenCentral() }\napply(from = "gradle/more.gradle.kts")\n',
      'gradle.properties': 'x=y',
      'gradle/libs.versions.toml': '',
      'gradle/more.gradle.kts': 'group = "g"',
      'gradle/wrapper/gradle-wrapper.properties': '',
      gradlew: '#!/bin/sh\n',
      'app/build.gradle.kts': 'dependencies { implementation(project(":libs:core")) }',
      'libs/core/build.gradle': "dependencies { implementation 'a:b:1.0' }",
      'libs/core/gradle.lockfile': '',
      'buildSrc/src/main/java/A.java': '',
      'build-logic/settings.gradle.kts': '',
      'app/src/main/java/App.java': '',
    };
    const closure = gradleClosure(folderContext(files), run);
    expect(closure?.open).toEqual([]);
    expect([...(closure?.files ?? [])].sort()).toEqual([
      'app/build.gradle.kts',
      'build.gradle.kts',
      'gradle.properties',
      'gradlew',
      'libs/core/build.gradle',
      'libs/core/gradle.lockfile',
      'settings.gradle.kts',
    ]);
    expect(closure?.folders).toEqual(['gradle', 'buildSrc', 'build-logic']);
  });
  it('is of the kind that was built only without what that version of Gradle did not know', () => {
    const files = { 'settings.gradle': '', 'build.gradle': "apply plugin: 'java'", 'gradle/own.gradle': '' };
    const kind = (more: Record<string, string>, wrapper = false): string | undefined =>
      gradleClosure(folderContext({ ...files, ...more }), { folder: '.', wrapper })?.ecosystem;
    expect(kind({})).toBe('gradle');
    expect(kind({ gradlew: '' }, true)).toBe('gradle-newer');
    expect(kind({ 'gradle/libs.versions.toml': '' })).toBe('gradle-newer');
    expect(kind({ 'gradle.lockfile': '' })).toBe('gradle-newer');
    expect(kind({ 'settings.gradle.kts': '' })).toBe('gradle-newer');
  });
  it('finds the settings above', () => {
    const files = { 'settings.gradle': "include 'app'", 'app/build.gradle': "apply plugin: 'java'" };
    const closure = gradleClosure(folderContext(files), { folder: 'app', wrapper: false });
    expect(closure).toMatchObject({ files: ['settings.gradle', 'app/build.gradle'], open: [] });
  });
  const open: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    ['a script that reads a file', { 'build.gradle': "version = file('VERSION').text" }, /runs code.*file/],
    ['a script that asks git', { 'build.gradle': "def v = 'git describe'.execute()" }, /runs code/],
    [
      'projects that are looked for',
      { 'build.gradle': '', 'settings.gradle': 'x.each { include it }' },
      /include|could not/,
    ],
    [
      'a build that is not there',
      { 'build.gradle': 'a', 'settings.gradle': "includeBuild 'b'" },
      /b, a build/,
    ],
    ['an unknown script', { 'build.gradle': '' }, /could not be read/],
  ];
  for (const [name, files, reason] of open)
    it(`is open with ${name}`, () => {
      expect(gradleClosure(folderContext(files), run)?.open.join()).toMatch(reason);
    });
  it('is none without a script', () => {
    expect(gradleClosure(folderContext({ 'gradle.properties': '' }), run)).toBeUndefined();
  });
});
