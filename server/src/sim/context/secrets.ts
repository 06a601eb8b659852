import { baseName } from '../../text/paths.js';

/** A file that should be in no image, and what tells so. Values are never kept. */
export interface Secret {
  readonly kind: 'key' | 'credentials' | 'env';
  /** A phrase for people: `a private key`. */
  readonly what: string;
  /** Told by its name alone: nobody could read it. */
  readonly byName: boolean;
}

/** Test data, examples and local stand-ins: keys in them open nothing. */
const harmless =
  /(?:^|[/._-])(?:tests?|__tests__|testing|specs?|fixtures?|testdata|examples?|samples?|demos?|mocks?|fakes?|dummy|docs?|e2e|snakeoil|self[-_]?signed|localhost|local|dev|development|insecure|placeholders?|templates?|vagrant|debug|ci)(?=[/._-]|$)/i;

const privateKey = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|^PuTTY-User-Key-File-/m;
const sshKey = /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/;
const keyName = /\.(?:pem|key|ppk|asc|p8|pk8|openssh)$/i;
const binaryName = /\.(?:p12|pfx|jks|keystore|bks|kdbx)$/i;
const trustStore = /trust|cacerts|^ca[-_.]/i;
const jsonName = /(?:service[-_]?account|credential|gcp|gcloud|google|firebase|key|secret|auth).*\.json$/i;

interface TextRule {
  readonly path: RegExp;
  readonly text: RegExp;
  readonly what: string;
}

/** Files of known tools that hold credentials once they are filled in; a variable in their place is none. */
const textRules: readonly TextRule[] = [
  {
    path: /(?:^|\/)\.npmrc$/,
    text: /^[^#;\n]*(?:_authToken|_password|_auth)\s*=\s*(?!\s*["']?\$)\S/m,
    what: 'a registry token',
  },
  {
    path: /(?:^|\/)\.yarnrc\.yml$/,
    text: /^\s*npmAuth(?:Token|Ident):\s*["']?(?!["'$])\S/m,
    what: 'a registry token',
  },
  { path: /(?:^|\/)[._]netrc$/, text: /\bpassword\s+(?!\$)\S/, what: 'a password' },
  { path: /(?:^|\/)\.pypirc$/, text: /^\s*password\s*[=:]\s*(?!\$)\S/m, what: 'a password' },
  { path: /(?:^|\/)\.git-credentials$/, text: /^https?:\/\/[^\s:@/]+:[^\s@]+@/m, what: 'a password for git' },
  { path: /(?:^|\/)\.pgpass$/, text: /^[^#\s:]*:[^:\n]*:[^:\n]*:[^:\n]*:\S/m, what: 'a database password' },
  {
    path: /(?:^|\/)\.aws\/credentials$/,
    text: /aws_secret_access_key\s*=\s*\S/i,
    what: 'an AWS secret access key',
  },
  {
    path: /(?:^|\/)(?:\.docker\/config\.json|\.dockercfg)$/,
    text: /"(?:auth|identitytoken|registrytoken)"\s*:\s*"[^"]+"/,
    what: 'the credentials of a registry',
  },
  {
    path: /(?:^|\/)(?:\.kube\/config|(?:[^/]*[._-])?kubeconfig(?:\.ya?ml)?|admin\.conf)$/,
    text: /^\s*-?\s*(?:client-key-data|token|password):\s*\S/m,
    what: 'the credentials of a cluster',
  },
  {
    path: /\.tfstate(?:\.backup)?$/,
    text: /"terraform_version"\s*:/,
    what: 'the state of Terraform, secrets included',
  },
  {
    path: /(?:^|\/)(?:\.terraformrc|credentials\.tfrc\.json)$/,
    text: /"?token"?\s*[=:]\s*"[^"]+"/,
    what: 'a token for Terraform',
  },
  {
    path: /(?:^|\/)config\/(?:master|credentials\/[\w-]+)\.key$/,
    text: /^[0-9a-f]{32}\s*$/,
    what: 'the key to the credentials of Rails',
  },
  {
    path: /(?:^|\/)auth\.json$/,
    text: /"(?:github-oauth|gitlab-token|http-basic|bearer)"\s*:\s*\{[^}]*:\s*["{]/,
    what: 'the credentials of Composer',
  },
];

const envName = /^\.env(?:\.[\w.-]+)?$/;
const envExample =
  /(?:^|[._-])(?:examples?|samples?|templates?|tpl|tmpl|dist|defaults?|schema|tests?|testing|ci|spec|e2e|vault|enc|encrypted|sops|age|gpg|j2|md|stub|docs?|ts|base|shared|docker-example)(?:[._-]|$)/i;
const publicPrefix =
  /^(?:VITE|NEXT_PUBLIC|NUXT_PUBLIC|REACT_APP|PUBLIC|EXPO_PUBLIC|GATSBY|STORYBOOK|VUE_APP|NG_APP|SNOWPACK_PUBLIC|RSBUILD_PUBLIC)_/;
const secretName =
  /(?:^|_)(?:SECRET|PASSWORD|PASSWD|PWD|PASS|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|SECRET_?KEY|APP_?KEY|MASTER_?KEY|ENCRYPTION_?KEY|SIGNING_?KEY|CREDENTIALS?)$/;
const addressName = /(?:^|_)(?:URL|URI|DSN|CONNECTION(?:_STRING)?)$/;
const noSecret = /PUBLIC|_(?:FILE|PATH|NAME|ID|MODE|LIMIT|ALIAS|HEADER|TTL|EXPIR\w*)$/;
const stand =
  /^(?:change.?(?:me|this|it)?.*|todo.*|x{3,}.*|\*+|\.+|your[-_ ]?.*|my[-_ ]?.*|<.*>|\$.*|\{\{.*|%.*|.*(?:example|placeholder|dummy|sample|insecure|replace|default|not[-_ ]?(?:a[-_ ]?)?(?:real|secret)).*|secret.*|password.*|passw0rd.*|p@ss.*|postgres(?:ql)?|mysql|mariadb|mongo|redis|rabbitmq|guest|root.*|admin.*|user.*|test.*|dev.*|local.*|foo.*|bar.*|abc.*|123.*|true|false|yes|no|on|off|null|none|nil|undefined)$/i;

/** Whether a value could be a real secret: long enough, and no word that stands for one. */
function looksReal(value: string): boolean {
  return value.length >= 8 && !stand.test(value) && !/^(?:\/|\.\.?\/|https?:\/\/[^@]*$)/.test(value);
}

/** The value of a line of an .env file, quotes undone. */
function plainValue(raw: string): string {
  const quoted = /^\s*(["'])(.*)\1\s*(?:#.*)?$/.exec(raw);
  return (quoted?.[2] ?? raw.replace(/\s#.*$/, '')).trim();
}

/** Names of the variables of an .env file that hold what looks like a real secret. */
function secretNames(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const pair = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=(.*)$/.exec(line);
    const name = pair?.[1];
    if (name === undefined) return [];
    const upper = name.toUpperCase();
    if (publicPrefix.test(upper) || noSecret.test(upper)) return [];
    const value = plainValue(pair?.[2] ?? '');
    const inAddress = /^[\w+.-]+:\/\/[^\s:@/]*:([^\s@]+)@/.exec(value)?.[1];
    if (addressName.test(upper)) return inAddress !== undefined && looksReal(inAddress) ? [name] : [];
    return secretName.test(upper) && looksReal(value) ? [name] : [];
  });
}

function keyOf(path: string, name: string, text: string | undefined): Secret | undefined {
  const what = 'a private key';
  if (sshKey.test(name)) {
    const known = text !== undefined && text !== '' && !text.startsWith('\0');
    return !known || privateKey.test(text) ? { kind: 'key', what, byName: !known } : undefined;
  }
  if (keyName.test(name) && text !== undefined && privateKey.test(text)) {
    return { kind: 'key', what, byName: false };
  }
  if (jsonName.test(path) && text !== undefined && /"private_key"\s*:\s*"-----BEGIN/.test(text)) {
    return { kind: 'key', what: 'the private key of a service account', byName: false };
  }
  return undefined;
}

function envOf(text: string | undefined): Secret | undefined {
  const [first, ...more] = secretNames(text ?? '');
  if (first === undefined) return undefined;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return { kind: 'env', what: `\`${first}\`${others}`, byName: false };
}

/** Whether a file of this name may hold a secret, so that a look into it is worth while. */
export function maybeSecret(path: string): boolean {
  const name = baseName(path);
  return (
    sshKey.test(name) ||
    keyName.test(name) ||
    binaryName.test(name) ||
    (envName.test(name) && !envExample.test(name.slice(4))) ||
    jsonName.test(name) ||
    textRules.some((rule) => rule.path.test(path))
  );
}

/**
 * What a file gives away, by its name and, where it can be read, its text; undefined for examples, test data, public
 * keys, files that hold variables in place of values, and all else.
 */
export function secretOf(path: string, text: string | undefined): Secret | undefined {
  const name = baseName(path);
  if (envName.test(name)) return envExample.test(name.slice(4)) ? undefined : envOf(text);
  const key = keyOf(path, name, text);
  if (key !== undefined) return harmless.test(path) ? undefined : key;
  if (harmless.test(path)) return undefined;
  const rule = textRules.find((r) => r.path.test(path) && text !== undefined && r.text.test(text));
  if (rule !== undefined) return { kind: 'credentials', what: rule.what, byName: false };
  if (!binaryName.test(name) || trustStore.test(name)) return undefined;
  const what = /kdbx$/i.test(name) ? 'a password database' : 'a key store';
  return { kind: 'credentials', what, byName: true };
}
