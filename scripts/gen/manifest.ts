import type { Setting } from '../../server/src/project/settings.js';
import type { RuleInfo } from './rules.js';

const ruleValues = ['off', 'hint', 'information', 'warning', 'error'];

function textKey(name: string): string {
  return `config.${name}`;
}

function placeholder(name: string): string {
  return `%${textKey(name)}%`;
}

function ruleProperties(rules: readonly RuleInfo[]): Record<string, unknown> {
  return Object.fromEntries(
    rules.map((r) => [
      r.id,
      { type: 'string', enum: ruleValues, markdownDescription: placeholder(`rules.${r.id}`) },
    ]),
  );
}

function property(setting: Setting, rules: readonly RuleInfo[]): Record<string, unknown> {
  const common = {
    default: setting.default,
    scope: setting.scope,
    markdownDescription: placeholder(setting.name),
  };
  switch (setting.type) {
    case 'boolean':
      return { type: 'boolean', ...common };
    case 'number': {
      const least = setting.minimum === undefined ? {} : { minimum: setting.minimum };
      return { type: 'number', ...least, ...common };
    }
    case 'string[]':
      return { type: 'array', items: { type: 'string' }, ...common };
    case 'string': {
      const { values } = setting;
      if (values === undefined) return { type: 'string', ...common };
      const texts = values.map((v) => placeholder(`${setting.name}.${v.value}`));
      return { type: 'string', enum: values.map((v) => v.value), markdownEnumDescriptions: texts, ...common };
    }
    case 'rules':
      return {
        type: 'object',
        propertyNames: {
          enum: rules.map((r) => r.id),
          markdownEnumDescriptions: rules.map((r) => placeholder(`rules.${r.id}`)),
        },
        properties: ruleProperties(rules),
        additionalProperties: false,
        ...common,
      };
  }
}

/** package.json with the settings written into `contributes.configuration`; all else is kept. */
export function manifest(text: string, settings: readonly Setting[], rules: readonly RuleInfo[]): string {
  const parsed = JSON.parse(text) as {
    contributes?: Record<string, unknown>;
    capabilities?: { untrustedWorkspaces?: Record<string, unknown> };
  };
  const configuration = {
    title: 'Plimsoll',
    properties: Object.fromEntries(settings.map((s) => [`plimsoll.${s.name}`, property(s, rules)])),
  };
  parsed.contributes = { ...parsed.contributes, configuration };
  // What names a program must not come from a workspace that nobody trusts.
  const restricted = settings
    .filter(({ scope }) => scope === 'machine-overridable')
    .map(({ name }) => `plimsoll.${name}`);
  parsed.capabilities = {
    ...parsed.capabilities,
    untrustedWorkspaces: {
      ...parsed.capabilities?.untrustedWorkspaces,
      restrictedConfigurations: restricted,
    },
  };
  return `${JSON.stringify(parsed, null, 2)}\n`;
}

/** package.nls.json with the texts of the settings; others are kept and come first. */
export function manifestTexts(
  text: string,
  settings: readonly Setting[],
  rules: readonly RuleInfo[],
): string {
  const parsed = JSON.parse(text) as Record<string, string>;
  const kept = Object.entries(parsed).filter(([key]) => !key.startsWith('config.'));
  const own = settings.flatMap((s) => [
    [textKey(s.name), s.description],
    ...(s.values ?? []).map((v) => [textKey(`${s.name}.${v.value}`), v.description]),
    ...(s.type === 'rules' ? rules.map((r) => [textKey(`rules.${r.id}`), r.summary]) : []),
  ]);
  return `${JSON.stringify(Object.fromEntries([...kept, ...own]), null, 2)}\n`;
}
