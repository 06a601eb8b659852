import { parse } from 'yaml';
import { table, texts } from './toml.js';

/** What Plimsoll needs of an environment.yml. */
export interface CondaEnvironment {
  /** Packages of conda channels, as written. */
  readonly packages: readonly string[];
  /** Lines of the `pip:` section: a requirements file of its own. */
  readonly pip: readonly string[];
  /** Channels that are folders. */
  readonly localChannels: readonly string[];
}

/** An environment.yml; undefined where it is empty or no YAML: its content is unknown then. */
export function parseCondaEnvironment(text: string): CondaEnvironment | undefined {
  let root: unknown;
  try {
    root = parse(text);
  } catch {
    return undefined;
  }
  const { dependencies, channels } = table(root);
  if (!Array.isArray(dependencies)) return undefined;
  return {
    packages: texts(dependencies),
    pip: dependencies.flatMap((one) => texts(table(one).pip)),
    localChannels: texts(channels).filter((channel) => /^(file:|[./~])/.test(channel)),
  };
}
