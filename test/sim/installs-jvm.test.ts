import { describe, expect, it } from 'vitest';
import { buildOf, installOf } from '../../server/src/sim/installs.js';
import { isNeutral } from '../../server/src/sim/neutral.js';
import { testShellParser } from '../harness/shell.js';
import { command } from './command.js';
import { prefetchIn } from './prefetch.js';

const parser = await testShellParser();

/** What a line installs where, after which word flags go; `?` where it is not sure what it reads. */
function said(line: string): string | undefined {
  const found = installOf(command(line));
  return found && `${found.what} ${found.folder} ${found.verb.value}${found.unsure ? ' ?' : ''}`;
}

describe('what installs', () => {
  it.each([
    ['mvn -B dependency:go-offline', 'maven-download /app dependency:go-offline'],
    ['./mvnw dependency:resolve dependency:resolve-plugins', 'maven-download /app dependency:resolve'],
    ['sh mvnw -s settings.xml dependency:go-offline', 'maven-download /app dependency:go-offline'],
    ['mvn dependency:go-offline -Drevision=$V', 'maven-download /app dependency:go-offline ?'],
    ['tools/mvnw dependency:go-offline', 'maven-download /app dependency:go-offline ?'],
    ['gradle dependencies --no-daemon', 'gradle-dependencies /app dependencies'],
    ['./gradlew :web:dependencies', 'gradle-dependencies /app :web:dependencies'],
    ['sh gradlew -p sub help', 'gradle-dependencies /app/sub help ?'],
    ['gradle -I x.gradle dependencies', 'gradle-dependencies /app dependencies ?'],
    ['dotnet restore', 'dotnet-restore /app restore'],
    ['dotnet restore src/A.csproj -r linux-$TARGETARCH', 'dotnet-restore /app restore'],
    ['dotnet restore $PROJECT', 'dotnet-restore /app restore ?'],
    ['dotnet restore --packages /packages', 'dotnet-restore /app restore ?'],
    ['dotnet tool restore', 'dotnet-tool-restore /app restore'],
    ['bundle', 'bundle-install /app bundle'],
    ['bundle install --jobs 4 --retry=3', 'bundle-install /app install'],
    ['bundle _2.4.0_ install', 'bundle-install /app install'],
    ['bundle install --standalone', 'bundle-install /app install ?'],
    ['composer install --no-dev -o', 'composer-install /app install'],
    ['php composer.phar install -d web', 'composer-install /app/web install'],
  ])('%s', (line, expected) => {
    expect(said(line)).toBe(expected);
  });
  it.each([
    'mvn package',
    'mvn package dependency:go-offline',
    'mvn --version',
    'gradle build',
    'gradle dependencies build',
    'dotnet build',
    'dotnet tool install -g x',
    'dotnet',
    'bundle exec rake',
    'bundle config set frozen true',
    'bundle --version',
    'composer require a/b',
    'composer dump-autoload',
  ])('not: %s', (line) => {
    expect(said(line)).toBeUndefined();
  });
});

describe('what builds', () => {
  it.each([
    ['mvn clean package -DskipTests', 'maven'],
    ['./mvnw -B verify', 'maven'],
    ['gradle bootJar', 'gradle'],
    ['./gradlew :app:installDist -x test', 'gradle'],
    ['dotnet publish -c Release -o /out', 'dotnet'],
    ['dotnet test', 'dotnet'],
  ])('%s', (line, manager) => {
    expect(buildOf(command(line))?.manager).toBe(manager);
  });
  it.each([
    'mvn dependency:go-offline',
    'mvn versions:set',
    'gradle wrapper',
    'dotnet restore',
    'dotnet app.dll',
  ])('not: %s', (line) => {
    expect(buildOf(command(line))).toBeUndefined();
  });
});

const GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:go-offline';
const pom = { 'pom.xml': '<project><artifactId>a</artifactId></project>', 'src/A.java': '' };

describe('what could run before mvn', () => {
  it.each([
    ['mvn -q clean package -DskipTests', `mvn -B ${GOAL}`],
    ['chmod +x mvnw && ./mvnw package', `sh ./mvnw -B ${GOAL}`],
    [
      'mvn -f pom.xml -Pprod -Dmaven.test.skip=true -T 2 -ntp verify',
      `mvn -B -f pom.xml -Pprod -ntp ${GOAL}`,
    ],
    ['MAVEN_OPTS="-Xmx1g -Xms1g" mvn package', `MAVEN_OPTS='-Xmx1g -Xms1g' mvn -B ${GOAL}`],
  ])('%s', (run, script) => {
    const found = prefetchIn(parser, { ...pom, mvnw: '#!/bin/sh\n' }, run);
    expect(found).toMatchObject({ script, folder: '/src', makes: [], closure: { open: [], doubts: [] } });
    expect(found?.fills).toContain('/root/.m2');
  });
  it.each([
    'mvn -o package',
    'mvn --version',
    '--mount=type=cache,target=/root/.m2 mvn package',
    'cd web && mvn package',
  ])('nothing: %s', (run) => {
    expect(prefetchIn(parser, pom, run)).toBeUndefined();
  });
  it.each([
    ['mvn package -Drevision=$V', /not known/],
    ['mvn -Dmaven.repo.local=.m2 package', /lies in the project/],
    ['cp /x/settings.xml /root/.m2/ && mvn package', /writes settings/],
  ])('open: %s', (run, reason) => {
    expect(prefetchIn(parser, pom, run)?.closure.open.join()).toMatch(reason);
  });
});

describe('what could run before dotnet', () => {
  const files = { 'A.csproj': '<Project Sdk="Microsoft.NET.Sdk" />', 'A.cs': '' };
  it.each([
    ['dotnet publish -c Release -o /out', 'dotnet restore -p:Configuration=Release'],
    [
      'dotnet publish A.csproj -r linux-x64 --self-contained true /p:PublishSingleFile=true',
      'dotnet restore A.csproj -r linux-x64 -p:SelfContained=true -p:PublishSingleFile=true',
    ],
    ['dotnet build', 'dotnet restore'],
  ])('%s', (run, script) => {
    expect(prefetchIn(parser, files, run)).toMatchObject({
      script,
      closure: { files: ['/src/A.csproj'], open: [], outputs: ['/src/obj'], ecosystem: 'dotnet' },
    });
  });
  it('nothing where it was restored before, and not with a variable', () => {
    expect(prefetchIn(parser, files, 'dotnet publish --no-restore')).toBeUndefined();
    expect(prefetchIn(parser, files, 'dotnet publish -r linux-$TARGETARCH')?.closure.open.length).toBe(1);
  });
});

it('nothing is offered before gradle, which can only build', () => {
  expect(prefetchIn(parser, { 'build.gradle': "apply plugin: 'java'" }, 'gradle build')).toBeUndefined();
});

describe('what leaves the project alone', () => {
  it.each([
    'mvn --version',
    'java -version',
    'dotnet --info',
    'composer self-update',
    'composer config -g repos.packagist composer https://x',
    'composer global require x/y',
    'bundle config set --local frozen true',
    'gem install bundler:2.4.0 --no-document',
    'gem update --system',
  ])('%s', (line) => {
    expect(isNeutral(command(line))).toBe(true);
  });
  it.each([
    'mvn help:effective-pom',
    'composer config repos.x path packages',
    'composer validate',
    'bundle check',
    'bundle config',
    'gem install ./x.gem',
    'gem build x.gemspec',
    'gem install -g',
    'dotnet nuget locals all --clear',
  ])('not: %s', (line) => {
    expect(isNeutral(command(line))).toBe(false);
  });
});
