import { defaultRebuilds, defaultThresholds, megabyte } from './config.js';
import { profiles } from './configkeys.js';

/** A setting of the editor: the manifest, its texts and docs/guide/settings.md are generated from this. */
export interface Setting {
  /** Without the `plimsoll.` in front. */
  readonly name: string;
  readonly type: 'boolean' | 'string' | 'number' | 'string[]' | 'rules';
  readonly default: boolean | string | number | readonly string[] | Readonly<Record<string, never>>;
  /** The least value of a number. */
  readonly minimum?: number;
  readonly values?: readonly { readonly value: string; readonly description: string }[];
  /** Markdown, one or two sentences. */
  readonly description: string;
  /** `resource`: may differ per folder; `window`: one for the window; `machine-overridable`: of the machine, where a trusted workspace does not say otherwise. */
  readonly scope: 'resource' | 'window' | 'machine-overridable';
}

const profileTexts: Readonly<Record<(typeof profiles)[number], string>> = {
  default: 'What provably costs something, and little else.',
  thorough: 'More advice, where it depends on the project whether it pays.',
  everything: 'Opt-in rules too.',
};

/** Every setting of the extension, in the order the settings editor shows them. */
export const settings: readonly Setting[] = [
  {
    name: 'enable',
    type: 'boolean',
    default: true,
    scope: 'resource',
    description: 'Whether Plimsoll looks at the files of this folder.',
  },
  {
    name: 'profile',
    type: 'string',
    default: 'default',
    values: profiles.map((value) => ({ value, description: profileTexts[value] })),
    scope: 'resource',
    description: 'Which rules are on.',
  },
  {
    name: 'rules',
    type: 'rules',
    default: {},
    scope: 'resource',
    description: 'Severity per rule, or `off`. A rule named here is on whatever the profile.',
  },
  {
    name: 'exclude',
    type: 'string[]',
    default: [],
    scope: 'resource',
    description: 'Files that are not looked at: patterns as in a .gitignore file at the folder.',
  },
  {
    name: 'context.noteAbove',
    type: 'number',
    minimum: 0,
    default: defaultThresholds.noteAbove / megabyte,
    scope: 'resource',
    description: 'Megabytes (10⁶ bytes) of a build context above which Plimsoll takes note of its size.',
  },
  {
    name: 'context.warnAbove',
    type: 'number',
    minimum: 0,
    default: defaultThresholds.warnAbove / megabyte,
    scope: 'resource',
    description: 'Megabytes (10⁶ bytes) of a build context above which Plimsoll warns of its size.',
  },
  {
    name: 'history.commits',
    type: 'number',
    minimum: 0,
    default: defaultRebuilds.commits,
    scope: 'resource',
    description:
      'Commits that are replayed at most to tell how often a step is built again; 0 asks no history. Git is asked in trusted workspaces only.',
  },
  {
    name: 'rebuild.hintAbove',
    type: 'number',
    minimum: 0,
    default: defaultRebuilds.hintAbove,
    scope: 'resource',
    description: 'Seconds of a step above which they are shown beside it, with how often it is built again.',
  },
  {
    name: 'git.path',
    type: 'string',
    default: 'git',
    scope: 'machine-overridable',
    description: 'The git program that reads the history: an absolute path, or a name that `PATH` finds.',
  },
  {
    name: 'docker.path',
    type: 'string',
    default: 'docker',
    scope: 'machine-overridable',
    description:
      "The docker program that *Measure Build* and the import of the builder's history run, an absolute path, or a name that `PATH` finds. Nothing else runs it.",
  },
  {
    name: 'preference',
    type: 'string',
    default: 'editor',
    values: [
      { value: 'editor', description: 'These settings count more than `.plimsoll.yaml`.' },
      { value: 'project', description: '`.plimsoll.yaml` counts more than these settings.' },
    ],
    scope: 'resource',
    description: 'Which counts where these settings and `.plimsoll.yaml` differ.',
  },
  {
    name: 'trace.server',
    type: 'string',
    default: 'off',
    values: [
      { value: 'off', description: 'Nothing.' },
      { value: 'messages', description: 'The names of the messages.' },
      { value: 'verbose', description: 'The messages with their content, file texts included.' },
    ],
    scope: 'window',
    description: 'What of the traffic between editor and language server goes to the log.',
  },
];
