import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../server/src/cli/args.js';
import { buildOptions, commandOf, platformArgs } from '../../server/src/cli/buildoptions.js';
import { type Io, resolved } from '../../server/src/cli/io.js';
import { toCorePath } from '../../server/src/node/fs.js';

const io: Io = {
  cwd: '/home/me/app',
  out: () => {},
  complain: () => {},
  input: async () => '',
  colour: false,
  status: undefined,
  env: { TOKEN: 's3cret', EMPTY: '' },
  dist: '/dist',
};

function options(...argv: string[]): ReturnType<typeof buildOptions> {
  const args = parseArguments(['context', ...argv]);
  if (typeof args === 'string') throw new Error(args);
  return buildOptions(io, args);
}

describe('--platform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64', 'amd64', ''],
    ['linux/x86_64', 'linux/amd64', 'amd64', ''],
    ['Linux/ARM64', 'linux/arm64', 'arm64', ''],
    ['linux/arm64/v8', 'linux/arm64', 'arm64', ''],
    ['linux/aarch64', 'linux/arm64', 'arm64', ''],
    ['linux/arm', 'linux/arm/v7', 'arm', 'v7'],
    ['linux/arm/v6', 'linux/arm/v6', 'arm', 'v6'],
    ['linux/arm/6', 'linux/arm/v6', 'arm', 'v6'],
    ['linux/amd64/v2', 'linux/amd64/v2', 'amd64', 'v2'],
    ['windows/amd64', 'windows/amd64', 'amd64', ''],
  ])('%s is normalized as BuildKit does it', (given, platform, arch, variant) => {
    expect(platformArgs(given)).toEqual({
      TARGETPLATFORM: platform,
      TARGETOS: platform.split('/')[0],
      TARGETARCH: arch,
      TARGETVARIANT: variant,
    });
  });

  it.each(['', 'linux', 'linux/', 'linux/arm/v7/x', 'linux/amd64,linux/arm64', '$OS/$ARCH'])(
    'refuses "%s"',
    (given) => {
      expect(() => platformArgs(given)).toThrow('--platform is one OS/ARCH such as linux/arm64');
    },
  );
});

describe('build options', () => {
  it('take a bare build argument from the environment, as docker does', () => {
    const { args } = options(
      '--build-arg',
      'A=1',
      '--build-arg',
      'B=x=y',
      '--build-arg',
      'TOKEN',
      '--build-arg',
      'EMPTY',
      '--build-arg',
      'NOWHERE',
      '--build-arg',
      'C=',
    );
    expect(args).toEqual({ A: '1', B: 'x=y', TOKEN: 's3cret', EMPTY: '', C: '' });
    expect(() => options('--build-arg', '=x')).toThrow('--build-arg wants NAME=VALUE, not "=x"');
  });

  it('know an address from a folder', () => {
    expect(options('--context', '../shop/')).toMatchObject({ context: '/home/me/shop', remote: false });
    expect(options('--context', 'https://example.org/x.git')).toMatchObject({
      context: 'https://example.org/x.git',
      remote: true,
    });
    expect(() => options('--context', '')).toThrow('--context wants a value');
    expect(() => options('--target=')).toThrow('--target wants a value');
  });

  it('say in words of docker what they ask for', () => {
    const asked = options('--context', '..', '--target', 'run', '--build-arg', "NAME=it's me");
    const shown = (path: string): string => path.replace('/home/me/app/', '').replace('/home/me', '..');
    expect(commandOf(asked, shown, '/home/me/app/Dockerfile')).toBe(
      "docker build -f Dockerfile --target run --build-arg 'NAME=it'\\''s me' ..",
    );
  });
});

describe('paths', () => {
  it('may be written as Windows does', () => {
    const windows = { ...io, cwd: 'c:/work' };
    const core = (native: string): string => toCorePath(native, 'win32');
    expect(resolved(windows, core, 'docker\\Dockerfile')).toBe('c:/work/docker/Dockerfile');
    expect(resolved(windows, core, '.\\a\\..\\Dockerfile')).toBe('c:/work/Dockerfile');
    expect(resolved(windows, core, 'D:\\x\\Dockerfile')).toBe('d:/x/Dockerfile');
    expect(resolved(windows, core, 'C:/x')).toBe('c:/x');
  });
});
