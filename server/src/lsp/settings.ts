import type { LintOptions } from '../engine/model.js';
import {
  type Config,
  defaultRebuilds,
  defaultThresholds,
  megabyte,
  type RebuildSettings,
  rebuildSettingsOf,
  type Thresholds,
} from '../project/config.js';
import type { Settings, SeverityName } from './protocol.js';

const profiles = ['default', 'thorough', 'everything'] as const;
const severities = ['off', 'hint', 'information', 'warning', 'error'] as const;

export const defaultSettings: Settings = {
  enable: true,
  profile: null,
  rules: {},
  exclude: [],
  context: { noteAbove: null, warnAbove: null },
  history: { commits: null },
  rebuild: { hintAbove: null },
  git: { path: 'git' },
  docker: { path: 'docker' },
  preference: 'editor',
};

function partOf(given: unknown, name: string): unknown {
  return (given as Record<string, unknown> | null | undefined)?.[name];
}

/** A number from what a client sent; as with the profile, the default cannot be told from nothing said. */
function readNumber(given: unknown, name: string, usual: number): number | null {
  const value = partOf(given, name);
  const usable = typeof value === 'number' && Number.isFinite(value) && value >= 0;
  return usable && value !== usual ? value : null;
}

function readProgram(given: unknown, usual: string): string {
  const path = partOf(given, 'path');
  return typeof path === 'string' && path.trim() !== '' ? path.trim() : usual;
}

/** Settings from whatever a client sent: what is not understood counts as not set. */
export function readSettings(value: unknown): Settings {
  if (typeof value !== 'object' || value === null) return defaultSettings;
  const given = value as Record<string, unknown>;
  const rules: Record<string, SeverityName | 'off'> = {};
  const written = typeof given.rules === 'object' && given.rules !== null ? given.rules : {};
  for (const [rule, severity] of Object.entries(written)) {
    const known = severities.find((s) => s === severity);
    if (known !== undefined) rules[rule] = known;
  }
  return {
    enable: given.enable !== false,
    // Clients send defaults too: `default` cannot be told from nothing said, so the project's own profile then holds.
    profile: profiles.find((p) => p === given.profile && p !== 'default') ?? null,
    rules,
    exclude: Array.isArray(given.exclude) ? given.exclude.filter((p) => typeof p === 'string') : [],
    context: {
      noteAbove: readNumber(given.context, 'noteAbove', defaultThresholds.noteAbove / megabyte),
      warnAbove: readNumber(given.context, 'warnAbove', defaultThresholds.warnAbove / megabyte),
    },
    history: { commits: readNumber(given.history, 'commits', defaultRebuilds.commits) },
    rebuild: { hintAbove: readNumber(given.rebuild, 'hintAbove', defaultRebuilds.hintAbove) },
    git: { path: readProgram(given.git, 'git') },
    docker: { path: readProgram(given.docker, 'docker') },
    preference: given.preference === 'project' ? 'project' : 'editor',
  };
}

/** The settings of each document, asked for once and kept until they change. */
export interface SettingsCache {
  of(uri: string): Promise<Settings>;
  /** The settings if they are known already. */
  known(uri: string): Settings | undefined;
  drop(uri: string): void;
  dropAll(): void;
}

/** `ask` may reject: the defaults hold then, and `failed` hears of it. */
export function settingsCache(
  ask: (uri: string) => Promise<unknown>,
  failed: (error: unknown) => void,
): SettingsCache {
  const asked = new Map<string, Promise<Settings>>();
  const known = new Map<string, Settings>();
  const fetch = async (uri: string): Promise<Settings> => {
    try {
      return readSettings(await ask(uri));
    } catch (error) {
      failed(error);
      return defaultSettings;
    }
  };
  return {
    of(uri) {
      const before = asked.get(uri);
      if (before !== undefined) return before;
      const answer = fetch(uri);
      asked.set(uri, answer);
      void answer.then((settings) => {
        if (asked.get(uri) === answer) known.set(uri, settings);
      });
      return answer;
    },
    known: (uri) => known.get(uri),
    drop(uri) {
      asked.delete(uri);
      known.delete(uri);
    },
    dropAll() {
      asked.clear();
      known.clear();
    },
  };
}

/** Thresholds of the settings in bytes, without those that `project` sets itself. */
function thresholdsIn({ context }: Settings, project: Config | undefined): Partial<Thresholds> {
  const { noteAbove, warnAbove } = context;
  return {
    ...(noteAbove === null || project?.context.noteAbove !== undefined
      ? {}
      : { noteAbove: noteAbove * megabyte }),
    ...(warnAbove === null || project?.context.warnAbove !== undefined
      ? {}
      : { warnAbove: warnAbove * megabyte }),
  };
}

/** What numbers about rebuilds rest on: the settings, or with `preference: project` what the project says before them. */
export function rebuildsIn(settings: Settings, config: Config | undefined): RebuildSettings {
  const { commits } = settings.history;
  const { hintAbove } = settings.rebuild;
  const own: Partial<RebuildSettings> = {
    ...(commits === null ? {} : { commits: Math.floor(commits) }),
    ...(hintAbove === null ? {} : { hintAbove }),
  };
  const project = config?.rebuilds ?? {};
  return settings.preference === 'project'
    ? rebuildSettingsOf({ rebuilds: own }, project)
    : rebuildSettingsOf({ rebuilds: project }, own);
}

/** What of the settings goes to the engine: with `preference: project` only what the project leaves open. */
export function lintOptions(settings: Settings, config: Config | undefined): LintOptions {
  const yields = settings.preference === 'project' && config !== undefined;
  const profile = yields && config.profile !== undefined ? null : settings.profile;
  const rules = yields
    ? Object.fromEntries(Object.entries(settings.rules).filter(([rule]) => !(rule in config.rules)))
    : settings.rules;
  const context = thresholdsIn(settings, yields ? config : undefined);
  return { ...(profile === null ? {} : { profile }), severities: rules, context };
}
