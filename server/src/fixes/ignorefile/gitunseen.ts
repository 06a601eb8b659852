import { argumentsOf, programOf, type StepCommand } from '../../sim/commands.js';
import { isNeutral } from '../../sim/neutral.js';
import { scriptTexts } from './scripts.js';
import type { Survey } from './survey.js';

/** Programs whose way to a repository is looked into elsewhere (gitprojects.ts, scripts.ts), or that have none. */
const known =
  /^(npm|npx|yarn|yarnpkg|pnpm|pnpx|bun|bunx|next|vite|webpack|ng|turbo|nx|tsc|nest|prisma|pm2|pm2-runtime|nodemon|pip[0-9.]*|uv|poetry|pdm|pipenv|gunicorn|uvicorn|celery|flask|django-admin|hypercorn|daphne|go|cargo|mvnw?|gradlew?|java|javac|dotnet|bundle|bundler|gem|rake|rails|puma|sidekiq|mix|composer|composer\.phar|php|php-fpm|apache2-foreground|apache2|httpd|nginx|caddy|make|gmake|cmake|hugo|mkdocs|git|curl|wget|tar|gzip|gunzip|unzip|cp|mv|rm|mkdir|rmdir|touch|chmod|chown|chgrp|ln|ls|cat|install|sed|grep|awk|test|\[|sort|head|tail|cut|tr|tee|strip|sha256sum|gpg|export|source|\.|exit|return|true|false|pwd|dirname|basename|env|tini|dumb-init|su-exec|gosu|corepack|nvm|rustup|locale-gen|groupadd|useradd|sleep)$/;
/** What they run is followed where it is a file or a module. */
const interpreters = /^(node|python[0-9.]*|ruby|pwsh|bash|sh)$/;
/** Programs that run a file of their own choice (`wscript`, `SConstruct`, what `Makefile.PL` loads). */
const ownFile = /^(waf|scons|perl|ninja|jake|cake)$/;
const file = /^[\w./@-]+$/;
/** A word that may stand for hidden files. */
const wildName = /(^|\/)(\.[*?[]|\.[a-z]{0,3}[*?[])/;

/**
 * Whether it is known what a command reads of a repository: its program is one that is looked into, its script is a file
 * of the context that was read.
 */
export function isUnderstood(command: StepCommand, survey: Survey): boolean {
  if (isNeutral(command)) return true;
  const words = command.words.map(({ value }) => value);
  // `.git` may be meant by `.gi*` or `.[a-z]*`.
  if (words.some((word) => wildName.test(word))) return false;
  const program = programOf(command);
  if (ownFile.test(program)) return false;
  const [first = ''] = argumentsOf(command);
  // A file that is there has been read; one that is not comes from a step.
  if (interpreters.test(program))
    return first === '' || file.test(first) || first === '-m' || /^--version$/.test(first);
  return known.test(program) || scriptTexts(command, survey).length > 0;
}
