import { describe, expect, it } from 'vitest';
import {
  type DotnetRun,
  dotnetClosure,
  dotnetToolsClosure,
} from '../../server/src/project/closures/dotnet.js';
import { type MavenRun, mavenClosure } from '../../server/src/project/closures/maven.js';
import { folderContext } from './closureContext.js';

const mvn: MavenRun = { folder: 'app', pom: undefined, settings: [], wrapper: false, ahead: false };
const project = (body: string): string =>
  `<project><groupId>g</groupId><artifactId>root</artifactId>${body}</project>`;
const module = (name: string, body = ''): string =>
  `<project><parent><groupId>g</groupId><artifactId>root</artifactId></parent><artifactId>${name}</artifactId>${body}</project>`;

describe('maven', () => {
  it('takes the poms of all modules, those of profiles too', () => {
    const files = {
      'app/pom.xml': project(
        '<modules><module>lib</module><module>other/pom-x.xml</module></modules><profiles><profile><modules><module>../extra</module></modules></profile></profiles>',
      ),
      'app/lib/pom.xml': module('lib', '<modules><module>deep</module></modules>'),
      'app/lib/deep/pom.xml': module('deep'),
      'app/other/pom-x.xml': module('other'),
      'extra/pom.xml': module('extra'),
      'app/lib/src/A.java': '',
    };
    expect(mavenClosure(folderContext(files), mvn)).toMatchObject({
      files: [
        'app/pom.xml',
        'app/lib/pom.xml',
        'app/lib/deep/pom.xml',
        'app/other/pom-x.xml',
        'extra/pom.xml',
      ],
      folders: [],
      ecosystem: 'maven-modules',
      open: [],
      doubts: [],
    });
  });
  it('follows parents up, unless they come from a repository only', () => {
    const files = { 'pom.xml': project(''), 'app/pom.xml': module('app') };
    expect(mavenClosure(folderContext(files), mvn)?.files).toEqual(['app/pom.xml', 'pom.xml']);
    const listing = {
      ...files,
      'pom.xml': project('<modules><module>app</module><module>gone</module></modules>'),
    };
    expect(mavenClosure(folderContext(listing), mvn)).toMatchObject({
      files: ['app/pom.xml', 'pom.xml'],
      open: [],
    });
    const alone = module('app').replace('</parent>', '<relativePath/></parent>');
    expect(mavenClosure(folderContext({ ...files, 'app/pom.xml': alone }), mvn)?.files).toEqual([
      'app/pom.xml',
    ]);
    const named = module('app').replace('</parent>', '<relativePath>../build</relativePath></parent>');
    const elsewhere = { ...files, 'app/pom.xml': named, 'build/pom.xml': project('') };
    expect(mavenClosure(folderContext(elsewhere), mvn)?.files).toEqual(['app/pom.xml', 'build/pom.xml']);
  });
  it('takes the nearest .mvn, the wrapper, settings and files that poms name', () => {
    const files = {
      '.mvn/maven.config': '-ntp',
      'app/mvnw': '',
      'app/conf/settings.xml': '',
      'app/libs/x.jar': '',
      'app/repo/a.pom': '',
      'app/pom.xml': project(
        '<dependencies><dependency><systemPath>${project.basedir}/libs/x.jar</systemPath></dependency></dependencies><repositories><repository><url>file://${project.basedir}/repo</url></repository></repositories>',
      ),
    };
    const run = { ...mvn, wrapper: true, settings: ['conf/settings.xml'] };
    expect(mavenClosure(folderContext(files), run)).toMatchObject({
      files: ['app/pom.xml', 'app/libs/x.jar', 'app/mvnw', 'app/conf/settings.xml'],
      folders: ['app/repo', '.mvn'],
      ecosystem: 'maven',
      open: [],
    });
  });
  const open: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    ['a pom that is no XML', { 'app/pom.xml': '' }, /could not be read/],
    [
      'a module that is not there',
      { 'app/pom.xml': project('<modules><module>a</module></modules>') },
      /app\/a\/pom\.xml/,
    ],
    [
      'a module named by a variable',
      { 'app/pom.xml': project('<modules><module>${a}</module></modules>') },
      /module \$\{a\}/,
    ],
    [
      'a plugin that the project builds',
      {
        'app/pom.xml': project(
          '<modules><module>p</module></modules><build><plugins><plugin><groupId>g</groupId><artifactId>p</artifactId></plugin></plugins></build>',
        ),
        'app/p/pom.xml': module('p'),
      },
      /plugin g:p is built/,
    ],
    [
      'an unknown extension of Maven',
      {
        'app/pom.xml': project(''),
        'app/.mvn/extensions.xml':
          '<extensions><extension><groupId>x</groupId><artifactId>gitver</artifactId></extension></extensions>',
      },
      /x:gitver/,
    ],
    [
      'more files in maven.config',
      { 'app/pom.xml': project(''), 'app/.mvn/maven.config': '-s x.xml' },
      /maven\.config/,
    ],
  ];
  for (const [name, files, reason] of open)
    it(`is open with ${name}`, () => {
      expect(mavenClosure(folderContext(files), mvn)?.open.join()).toMatch(reason);
    });
  it('doubts a plugin that extends Maven', () => {
    const pom = project(
      '<build><plugins><plugin><groupId>x</groupId><artifactId>y</artifactId><extensions>true</extensions></plugin></plugins></build>',
    );
    expect(mavenClosure(folderContext({ 'app/pom.xml': pom }), mvn)?.doubts.join()).toMatch(/x:y/);
  });
  it('doubts a download ahead that may want more than the build', () => {
    const ahead = (pom: string): string | undefined =>
      mavenClosure(folderContext({ 'app/pom.xml': pom }), { ...mvn, ahead: true })?.doubts.join();
    const plugin = (group: string): string =>
      project(`<build><plugins><plugin>${group}<artifactId>p</artifactId></plugin></plugins></build>`);
    expect(ahead(plugin(''))).toBe('');
    expect(ahead(plugin('<groupId>x</groupId>'))).toMatch(/x:p/);
    expect(ahead(project('<profiles><profile><id>a</id></profile></profiles>'))).toMatch(/profiles/);
    expect(ahead(module('app'))).toMatch(/g:root/);
    expect(mavenClosure(folderContext({ 'app/pom.xml': module('app') }), mvn)?.doubts).toEqual([]);
  });
  it('is none without a pom, or with an ignored one', () => {
    expect(mavenClosure(folderContext({ 'pom.xml': project('') }), mvn)).toBeUndefined();
    expect(mavenClosure(folderContext({ 'app/pom.xml': project('') }, ['app/pom.xml']), mvn)).toBeUndefined();
  });
});

const restore: DotnetRun = { folder: '.', target: undefined, config: undefined };
const sdk = (body = ''): string => `<Project Sdk="Microsoft.NET.Sdk">${body}</Project>`;
const refers = (...paths: string[]): string =>
  sdk(`<ItemGroup>${paths.map((p) => `<ProjectReference Include="${p}" />`).join('')}</ItemGroup>`);
const solution = (...paths: string[]): string =>
  `Microsoft Visual Studio Solution File, Format Version 12.00\n${paths
    .map((p) => `Project("{9A19103F-16F7-4668-BE54-9A1E7A4F7556}") = "x", "${p}", "{0}"\nEndProject`)
    .join(
      '\n',
    )}\nProject("{2150E333-8FDC-42A3-9474-1A3956D46DE8}") = "folder", "folder", "{1}"\nEndProject\n`;

describe('dotnet restore', () => {
  it('takes the projects of the solution, those they refer to, and what lies around them', () => {
    const files = {
      'x.sln': solution('src\\App\\App.csproj'),
      'src/App/App.csproj': refers('..\\Lib\\Lib.fsproj', '..\\Gone\\Gone.csproj'),
      'src/Lib/Lib.fsproj': sdk(),
      'src/Gone/Gone.csproj': sdk(),
      'src/Directory.Build.props':
        "<Project><Import Project=\"$([MSBuild]::GetPathOfFileAbove('Directory.Build.props', '$(MSBuildThisFileDirectory)../'))\" /></Project>",
      'Directory.Build.props': '<Project />',
      'Directory.Packages.props': '<Project />',
      'nuget.config':
        '<configuration><packageSources><add key="l" value="./feed" /></packageSources></configuration>',
      'feed/a.nupkg': '',
      'global.json': '{}',
      'src/App/packages.lock.json': '{}',
      'src/App/Program.cs': '',
      'src/Other/Other.csproj': sdk(),
    };
    const closure = dotnetClosure(folderContext(files), restore);
    expect([...(closure?.files ?? [])].sort()).toEqual(
      Object.keys(files)
        .filter((path) => !/Program|Other|feed/.test(path))
        .sort(),
    );
    expect(closure).toMatchObject({
      folders: ['feed'],
      open: [],
      outputs: ['src/App/obj', 'src/Lib/obj', 'src/Gone/obj'],
    });
  });
  it('reads the newer kind of solution, and properties that name places', () => {
    const files = {
      'x.slnx': '<Solution><Folder Name="/a/"><Project Path="a/A.csproj" /></Folder></Solution>',
      'a/A.csproj': sdk(
        '<PropertyGroup><Root>$(MSBuildThisFileDirectory)../</Root></PropertyGroup><Import Project="$(Root)eng/x.props" /><Import Project="$(SolutionDir)y.props" Condition="Exists(\'$(SolutionDir)y.props\')" />',
      ),
      'eng/x.props': '<Project />',
    };
    const closure = dotnetClosure(folderContext(files), restore);
    expect(closure?.open).toEqual([]);
    expect(closure?.files).toEqual(['x.slnx', 'a/A.csproj', 'eng/x.props']);
    expect(closure?.candidates).toContain('y.props');
  });
  it('takes the one project of the folder, none where there are two', () => {
    const one = { 'A.csproj': sdk(), 'A.cs': '' };
    expect(dotnetClosure(folderContext(one), restore)?.files).toEqual(['A.csproj']);
    expect(dotnetClosure(folderContext({ ...one, 'B.csproj': sdk() }), restore)).toBeUndefined();
    expect(dotnetClosure(folderContext({ ...one, 'B.sln': solution('A.csproj') }), restore)).toBeUndefined();
    expect(dotnetClosure(folderContext({ ...one, 'A.sln': solution('A.csproj') }), restore)?.files).toEqual([
      'A.sln',
      'A.csproj',
    ]);
    expect(dotnetClosure(folderContext({}), restore)).toBeUndefined();
  });
  const open: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
    ['a project that is not there', { 'a.csproj': refers('b/b.csproj') }, /b\/b\.csproj/],
    ['wildcards', { 'a.csproj': refers('src/**/*.csproj') }, /place is not known/],
    ['an unknown property', { 'a.csproj': sdk('<Import Project="$(X)/y.props" />') }, /place is not known/],
    [
      'code that reads files',
      { 'a.csproj': sdk("<PropertyGroup><V>$([System.IO.File]::ReadAllText('v'))</V></PropertyGroup>") },
      /reads files/,
    ],
    [
      'a target of the restore',
      { 'a.csproj': sdk('<Target Name="x" BeforeTargets="Restore" />') },
      /target that runs during a restore/,
    ],
    [
      'another folder of outputs',
      { 'a.csproj': sdk('<PropertyGroup><ArtifactsPath>x</ArtifactsPath></PropertyGroup>') },
      /writes to/,
    ],
    ['a project that is no XML', { 'a.csproj': '' }, /could not be read/],
  ];
  for (const [name, files, reason] of open)
    it(`is open with ${name}`, () => {
      expect(dotnetClosure(folderContext(files), restore)?.open.join()).toMatch(reason);
    });
  it('leaves out what comes with the SDK', () => {
    const files = { 'a.csproj': sdk('<Import Project="$(MSBuildExtensionsPath)\\x.targets" />') };
    expect(dotnetClosure(folderContext(files), restore)?.open).toEqual([]);
  });
  it('reads the list of tools', () => {
    const files = { '.config/dotnet-tools.json': '{}', 'a.csproj': sdk() };
    expect(dotnetToolsClosure(folderContext(files), '.')?.files).toEqual(['.config/dotnet-tools.json']);
    expect(dotnetToolsClosure(folderContext({}), '.')).toBeUndefined();
  });
});
