export const profiles = ['default', 'thorough', 'everything'] as const;
export const severities = ['error', 'warning', 'information', 'hint'] as const;

/** A key of the configuration, for the JSON schema and the documentation. */
export interface ConfigKey {
  readonly name: string;
  readonly type: 'string' | 'number' | 'string[]' | 'map' | 'object' | 'object[]';
  /** The values a string, or each value of a map, may have; undefined: any text. */
  readonly values?: readonly string[];
  /** The least value of a number. */
  readonly minimum?: number;
  /** The keys of a map are rule ids. */
  readonly keyedByRule?: boolean;
  readonly required?: boolean;
  /** The keys of the object, or of each of several. */
  readonly keys?: readonly ConfigKey[];
  readonly description: string;
}

/** Every key of `.plimsoll.yaml`. Its reader (config.ts) and the generated schema follow it. */
export const configDescription: readonly ConfigKey[] = [
  {
    name: 'profile',
    type: 'string',
    values: profiles,
    description:
      'Which rules are on: `default`, `thorough` (more advice) or `everything` (opt-in rules too).',
  },
  {
    name: 'rules',
    type: 'map',
    values: ['off', 'hint', 'information', 'warning', 'error'],
    keyedByRule: true,
    description: 'Severity per rule, or `off`. A rule named here is on whatever the profile.',
  },
  {
    name: 'exclude',
    type: 'string[]',
    description: 'Files that are not linted: patterns as in a .gitignore file at the project root.',
  },
  {
    name: 'context',
    type: 'object',
    description: 'From which size on a build context is worth a word.',
    keys: [
      {
        name: 'noteAbove',
        type: 'number',
        minimum: 0,
        description: 'Megabytes (10⁶ bytes) above which the size is noted. Default: 100.',
      },
      {
        name: 'warnAbove',
        type: 'number',
        minimum: 0,
        description: 'Megabytes (10⁶ bytes) above which there is a warning. Default: 500.',
      },
    ],
  },
  {
    name: 'history',
    type: 'object',
    description: 'How much of the history of git is replayed.',
    keys: [
      {
        name: 'commits',
        type: 'number',
        minimum: 0,
        description: 'Commits that are replayed at most; 0 asks no history. Default: 200.',
      },
    ],
  },
  {
    name: 'rebuild',
    type: 'object',
    description: 'From when on the time of a step is worth a word.',
    keys: [
      {
        name: 'hintAbove',
        type: 'number',
        minimum: 0,
        description: 'Seconds of a step above which the editor shows them beside it. Default: 5.',
      },
    ],
  },
  {
    name: 'builds',
    type: 'object[]',
    description: 'Builds that cannot be found out from compose, bake, workflow or devcontainer files.',
    keys: [
      {
        name: 'dockerfile',
        type: 'string',
        required: true,
        description: 'Path of the Dockerfile, relative to the project root.',
      },
      {
        name: 'context',
        type: 'string',
        description: 'Folder of the build context, relative to the project root. Default: the project root.',
      },
      {
        name: 'ignoreFile',
        type: 'string',
        description:
          'Path of the ignore file, relative to the project root. Default: the one BuildKit would read.',
      },
      { name: 'target', type: 'string', description: 'Stage that is built. Default: the last one.' },
      { name: 'args', type: 'map', description: 'Build arguments by name.' },
    ],
  },
];
