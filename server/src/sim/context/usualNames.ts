/**
 * Names that come and go: what tools make, what people keep beside a project, and what ignore files list because most
 * projects have it. A line that names one of them is right even while there is nothing of that name.
 */
const usual =
  /^(?:\..*|node_modules|bower_components|jspm_packages|vendor|dist|build|builds|out|output|outputs|target|bin|obj|pkg|lib|libs|release|releases|debug|publish|artifacts?|site|public|www|_site|_build|deps|docs?|documentation|man|examples?|samples?|demos?|tests?|__tests__|__mocks__|__pycache__|specs?|e2e|cypress|playwright.*|features|fixtures|benchmarks?|bench|coverage|htmlcov|reports?|results?|logs?|tmp|temp|cache|caches|data|datas|db|database|databases|dumps?|backups?|bkp|uploads?|downloads?|media|static|staticfiles|storage|volumes?|env|envs?|venv|virtualenv|ENV|secrets?|certs?|keys?|credentials?|scripts?|tools?|hack|contrib|ci|deploy|deployments?|infra|infrastructure|terraform|k8s|kubernetes|helm|charts?|ansible|docker|compose|devops|assets|images?|screenshots?|notebooks?|wheels?|eggs?|parts|sdist|develop-eggs|models?|weights|checkpoints?|wandb|mlruns|readme.*|license.*|licence.*|copying.*|notice.*|changelog.*|changes.*|history.*|contributing.*|code_of_conduct.*|security.*|authors.*|maintainers.*|todo.*|roadmap.*|codeowners|makefile|gnumakefile|justfile|taskfile.*|vagrantfile|jenkinsfile.*|procfile|rakefile|gruntfile.*|gulpfile.*|docker.*|containerfile.*|compose.*|skaffold.*|tiltfile|azure-pipelines.*|appveyor.*|codecov.*|sonar-project.*|renovate.*|netlify.*|vercel.*|fly\.toml|railway.*|heroku.*|app\.json|package-lock\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|npm-debug\.log.*|yarn-.*|lerna-debug.*|thumbs\.db|desktop\.ini|pip-log\.txt|pip-delete-this-directory\.txt|manifest|celerybeat.*|nosetests\.xml|junit.*|local_settings\.py|instance|target-.*|cargo-.*|erl_crash\.dump|crash\.log|jest\.config.*|vitest\.config.*|tslint.*|eslint.*|prettier.*|stylelint.*|commitlint.*|lint-staged.*|karma\.conf.*|protractor.*|tsconfig.*|nodemon.*|phpunit.*|phpcs.*|phpstan.*|psalm.*|tox\.ini|pytest\.ini|setup\.cfg|conftest\.py|mkdocs\.ya?ml|pom\.xml\..*|.*\.(?:log|sqlite3?|db|pid|seed|tmp|bak|swp|swo|orig|iml|ipr|iws|zip|tar|gz|tgz|pem|key|crt|cer|p12|env|local|cache|tsbuildinfo|egg-info|egg|pyc|pyo|pyd|so|o|a|exe|dll|dylib|class|jar|war|test|out|prof|cov|lcov|csv|parquet|md|user|suo))$/i;

/** Whether a path holds a name of which nothing can be concluded while it is not there. */
export function isUsualName(path: string): boolean {
  return path.split('/').some((part) => usual.test(part));
}

/** Names that a `.gitignore` means at every depth, and that are never sources wherever they lie. */
const neverSource =
  /^(?:node_modules|bower_components|jspm_packages|\.git|\.hg|\.svn|\.DS_Store|Thumbs\.db|__pycache__|\*\.py\[(?:cod|co|oc)\]|\*\.pyc|\*\.pyo|\.venv|\.env|\.env\.local|\*\.log|npm-debug\.log\*?|\.idea|\.vscode|\.next|\.nuxt|\.svelte-kit|\.turbo|\.parcel-cache|\.cache|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.tox|\.gradle|\.terraform|\.nyc_output|\*\.tsbuildinfo|\*\.swp|\*\.swo|\.sass-cache|\.eslintcache|\.ipynb_checkpoints|obj)$/;

/** Whether a pattern without `/` is surely meant for every folder, as git reads it. */
export function meansEveryFolder(pattern: string): boolean {
  return neverSource.test(pattern);
}
