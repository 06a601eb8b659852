function isGo(args: readonly string[]): boolean {
  const [verb, ...rest] = args;
  if (verb === 'version' || verb === 'env' || verb === 'telemetry') return true;
  if (verb === 'clean')
    return rest.length > 0 && rest.every((a) => /^-(cache|modcache|testcache|fuzzcache)$/.test(a));
  // `go install NAME@VERSION` sets the project's own modules aside.
  return verb === 'install' && rest.some((a) => a.includes('@')) && rest.every((a) => /@|^-/.test(a));
}

function isRustup(args: readonly string[]): boolean {
  const [verb] = args.filter((a) => !a.startsWith('+'));
  return (
    verb === 'component' ||
    verb === 'target' ||
    verb === 'toolchain' ||
    verb === 'default' ||
    verb === '--version'
  );
}

/** Poetry, pipenv, conda and their like: settings of the user, caches, versions. */
function isPythonHousekeeping(program: string, args: readonly string[]): boolean {
  if (args.length === 1 && /^(-V|--version)$/.test(args[0] ?? '')) return true;
  const [verb, second] = args.filter((a) => !a.startsWith('-'));
  if (program === 'poetry') return verb === 'config' ? !args.includes('--local') : verb === 'cache';
  if (/^(conda|mamba|micromamba)$/.test(program))
    return /^(clean|config|info|init|activate)$/.test(verb ?? '') || (verb === 'shell' && second === 'init');
  return false;
}

/**
 * Whether a literal command of a language's tools surely reads nothing of a project and writes nothing into it: it asks for a
 * version, or installs a part of the tool itself.
 */
export function isToolHousekeeping(program: string, args: readonly string[]): boolean {
  if (program === 'go') return isGo(args);
  if (program === 'rustup') return isRustup(args);
  if (program === 'cargo' || program === 'rustc')
    return args.length === 1 && /^(-V|-vV|--version)$/.test(args[0] ?? '');
  if (/^(poetry|pipenv|conda|mamba|micromamba)$/.test(program)) return isPythonHousekeeping(program, args);
  if (program === 'mix')
    return /^local\.(hex|rebar)$/.test(args[0] ?? '') && !args.slice(1).some((a) => /^[./]/.test(a));
  return false;
}
