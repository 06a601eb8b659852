import { type Family, locked, named, required, type Triple } from './family.js';

/*
 * What steps take when they run, as far as it can be known without running them: one entry for each family of commands,
 * and none of it anywhere else. All of it are priors, which differ by machine, network and project: each is a range from
 * what is quick to what is slow in practice, and a person's own build says more than all of them. The first family that
 * fits a command counts.
 */

const ours = 'our own estimate, no published figure';

/** Shares that a filled cache mount saves: of downloads, and of what compilers made the last time. */
const downloads: Triple = [0.3, 0.5, 0.7];
const artefacts: Triple = [0.8, 0.88, 0.95];

const apt = 'apt|apt-get|aptitude';
const dnf = 'dnf|yum|microdnf|tdnf|zypper';
const python = 'python[\\d.]*|py';
const pip = 'pip[\\d.]*|pipx';
const module = '(^| )-m( |$)';
const global = '(^| )(-g|--global|--location=global)( |$)';

export const families: readonly Family[] = [
  // Packages of the system.
  {
    title: 'apt-get update',
    is: [[apt, '^update$']],
    fixed: [4, 7, 10],
    source: 'package lists of Debian and Ubuntu: 5–10 s in published builds',
  },
  {
    title: 'apt-get install',
    is: [[apt, '^(install|build-dep|satisfy|reinstall) ']],
    fixed: [2, 5, 10],
    each: named('package', [1, 2, 4]),
    otherwise: [15, 40, 120],
    warm: { folders: '^/var/(cache|lib)/apt', saves: downloads },
    source: 'published builds: 3 packages 24 s with the update, gcc 29 s, a large image 103 s',
  },
  {
    title: 'apt-get upgrade',
    is: [[apt, '^(upgrade|dist-upgrade|full-upgrade)$']],
    fixed: [1, 10, 60],
    source: `${ours}: it depends on the age of the base image`,
  },
  {
    title: 'apt-get clean',
    is: [[apt, '^(clean|autoclean|dist-?clean|autoremove|remove|purge|list|show|policy)\\b'], ['apt-mark']],
    fixed: [0.05, 0.3, 3],
    source: ours,
  },
  {
    title: 'apk add',
    is: [['apk', '^add\\b']],
    fixed: [0.5, 1.5, 4],
    each: named('package', [0.1, 0.4, 1.5]),
    otherwise: [2, 6, 30],
    warm: { folders: '^/(var|etc)/(cache/)?apk', saves: downloads },
    source: `${ours}: small packages, hardly any scripts`,
  },
  {
    title: 'apk update',
    is: [['apk', '^(update|upgrade|fetch)\\b']],
    fixed: [0.5, 1.5, 8],
    source: `${ours}: small package lists`,
  },
  {
    title: 'apk del',
    is: [['apk', '^(del|cache|info|version|fix|policy|search)\\b']],
    fixed: [0.05, 0.2, 1],
    source: ours,
  },
  {
    title: 'dnf install',
    is: [[dnf, '^(install|in|groupinstall|localinstall|module install) ']],
    fixed: [5, 12, 40],
    each: named('package', [0.8, 2, 5]),
    otherwise: [15, 45, 180],
    warm: { folders: '^/var/cache/(dnf|yum|libdnf5|zypp)', saves: downloads },
    source: `${ours}: as apt-get install, with larger package lists`,
  },
  {
    title: 'dnf update',
    is: [[dnf, '^(update|upgrade|up|makecache|refresh|ref|check-update)\\b']],
    fixed: [5, 20, 120],
    source: `${ours}: it depends on the age of the base image`,
  },
  {
    title: 'dnf clean',
    is: [[dnf, '^(clean|remove|autoremove|config-manager)\\b']],
    fixed: [0.1, 0.6, 4],
    source: ours,
  },
  { title: 'pacman', is: [['pacman']], fixed: [3, 15, 90], source: ours },
  {
    title: 'add-apt-repository',
    is: [['add-apt-repository|apt-add-repository']],
    fixed: [2, 7, 20],
    source: `${ours}: a key and an update of the package lists`,
  },

  // JavaScript.
  {
    title: 'npm install --global',
    is: [
      ['npm|pnpm|bun', '^(install|i|add) \\S', global],
      ['yarn|yarnpkg', '^global add '],
    ],
    fixed: [0.5, 1.5, 4],
    each: named('package', [0.7, 3, 12]),
    otherwise: [2, 8, 40],
    warm: { folders: '/\\.npm\\b|/\\.?pnpm\\b|/\\.?yarn\\b|/\\.bun\\b', saves: downloads },
    source: `${ours}: a tool and what it depends on`,
  },
  {
    title: 'npm ci',
    is: [['npm', '(^| )(ci|clean-install|install-clean|install|i|ic|add)( |$)']],
    fixed: [1, 3, 6],
    each: locked([0.01, 0.04, 0.15], 'package-lock.json', 'npm-shrinkwrap.json'),
    otherwise: [10, 40, 180],
    warm: { folders: '/\\.npm\\b', saves: downloads },
    source: 'published builds: 15–90 s, large front-ends 3–13 min',
  },
  {
    title: 'yarn install',
    is: [['yarn|yarnpkg', '^((install|workspaces focus|add)( |$)|$)']],
    fixed: [1, 3, 6],
    each: locked([0.01, 0.04, 0.15], 'yarn.lock'),
    otherwise: [10, 40, 180],
    warm: { folders: '/\\.?yarn\\b|/usr/local/share/\\.cache', saves: downloads },
    source: 'taken as npm ci (published builds: 15–90 s, large front-ends 3–13 min)',
  },
  {
    title: 'pnpm install',
    is: [['pnpm', '(^| )(install|i|fetch|add|deploy)( |$)']],
    fixed: [0.8, 2, 5],
    each: locked([0.005, 0.02, 0.1], 'pnpm-lock.yaml'),
    otherwise: [5, 20, 120],
    warm: { folders: '/\\.?pnpm\\b', saves: downloads },
    source: `${ours}: half of npm ci`,
  },
  {
    title: 'bun install',
    is: [['bun', '^(install|i|add)( |$)']],
    fixed: [0.2, 0.6, 2],
    each: locked([0.002, 0.008, 0.05], 'bun.lock'),
    otherwise: [1, 6, 40],
    warm: { folders: '/\\.bun\\b', saves: downloads },
    source: `${ours}: a fifth of npm ci`,
  },
  {
    title: 'npm config',
    is: [
      ['npm|pnpm', '^(cache|config|set|prune|pkg|version|store|setup|dedupe|root|ls|fund)( |$)'],
      ['yarn|yarnpkg', '^(cache|config|set|plugin|autoclean|policies)( |$)'],
      ['corepack'],
      ['bundle|bundler', '^(config|clean|lock)\\b'],
      ['gem', '^(sources|cleanup|update)\\b'],
    ],
    fixed: [0.2, 0.8, 6],
    source: `${ours}: the start of a program, at times a download`,
  },
  {
    title: 'npm run build',
    is: [
      ['npm', '(^| )(run|run-script) \\S*(build|bundle|compile|generate|webpack|dist)'],
      ['pnpm|yarn|yarnpkg|bun|lerna|nx|turbo', '(^|[ :])(build|bundle|compile|generate|webpack|dist)'],
      ['next|ng|nuxt|nuxi|gatsby|react-scripts|astro|vue-cli-service', '\\b(build|generate|export)\\b'],
      ['webpack|webpack-cli|parcel|gulp|grunt|rollup|vite'],
    ],
    fixed: [4, 25, 180],
    warm: { folders: '/(\\.next|\\.cache|\\.nx|\\.turbo)\\b', saves: [0.2, 0.4, 0.7] },
    source: `${ours}; one project says that a warm cache of webpack saves it 30–60 s`,
  },
  {
    title: 'tsc',
    is: [['tsc|vue-tsc|tsup|swc|babel|prisma|esbuild|postcss|tailwindcss|sass']],
    fixed: [0.5, 6, 40],
    source: `${ours}: it depends on the size of the source`,
  },
  {
    title: 'playwright install',
    is: [['playwright|puppeteer|cypress', '^(install|browsers install)\\b']],
    fixed: [10, 40, 180],
    source: `${ours}: whole browsers are downloaded`,
  },

  // Python.
  {
    title: 'uv sync',
    is: [['uv', '^sync( |$)']],
    fixed: [0.3, 1, 3],
    each: locked([0.05, 0.2, 0.8], 'uv.lock'),
    otherwise: [4, 14, 40],
    again: [0.03, 0.1, 0.5],
    warm: { folders: '/uv\\b', saves: downloads },
    source: 'published builds: 17–22 s where pip took 50–70 s',
  },
  {
    title: 'uv pip install',
    is: [
      ['uv', '^(tool install|add)( |$)'],
      ['uv', '^pip (install|sync)( |$)'],
    ],
    fixed: [0.3, 1, 3],
    each: required([0.1, 0.4, 1.4], 2),
    otherwise: [4, 14, 40],
    warm: { folders: '/uv\\b', saves: downloads },
    source: 'published builds: 17–22 s where pip took 50–70 s',
  },
  {
    title: 'uv venv',
    is: [['uv', '^(venv|python|cache|lock|export|self)( |$)']],
    fixed: [0.1, 1, 15],
    source: `${ours}: at times a download of Python`,
  },
  {
    title: 'pip install',
    is: [[pip, '^(install|wheel|download)( |$)']],
    fixed: [1.5, 3, 8],
    each: required([0.4, 1.3, 4], 1),
    otherwise: [15, 40, 90],
    warm: { folders: '/pip\\b', saves: downloads },
    source: 'published builds: 50 s, 50–70 s; with machine learning minutes',
  },
  {
    title: 'python -m pip install',
    is: [[python, '^pip (install|wheel|download)( |$)', module]],
    fixed: [1.5, 3, 8],
    each: required([0.4, 1.3, 4], 2),
    otherwise: [15, 40, 90],
    warm: { folders: '/pip\\b', saves: downloads },
    source: 'published builds: 50 s, 50–70 s; with machine learning minutes',
  },
  {
    title: 'pip config',
    is: [
      [pip, '^(cache|config|list|freeze|check|uninstall|show)( |$)'],
      ['poetry|pdm|pipenv', '^(config|export|cache|check|env|lock|self|--rm)( |$)'],
    ],
    fixed: [0.3, 0.8, 5],
    source: `${ours}: the start of Python`,
  },
  {
    title: 'poetry install',
    is: [['poetry|pdm', '^(install|sync|add|update)( |$)']],
    fixed: [1.5, 4, 10],
    each: locked([0.15, 0.5, 1.5], 'poetry.lock', 'pdm.lock'),
    otherwise: [15, 45, 180],
    again: [0.05, 0.1, 0.4],
    warm: { folders: '/(pypoetry|pdm)\\b', saves: downloads },
    source: 'taken as pip install (published builds: 50–70 s)',
  },
  {
    title: 'pipenv install',
    is: [['pipenv', '^(install|sync)( |$)']],
    fixed: [2, 6, 15],
    each: locked([0.2, 0.7, 2], 'Pipfile.lock'),
    otherwise: [15, 45, 180],
    warm: { folders: '/(pipenv|pip)\\b', saves: downloads },
    source: 'taken as pip install (published builds: 50–70 s)',
  },
  {
    title: 'conda install',
    is: [['conda|mamba|micromamba', '(^| )(install|create|update)\\b']],
    fixed: [20, 90, 600],
    source: `${ours}: whole environments are solved, downloaded and linked`,
  },
  {
    title: 'python -m venv',
    is: [[python, '^venv( |$)', module], ['virtualenv']],
    fixed: [1, 3, 8],
    source: ours,
  },
  {
    title: 'manage.py collectstatic',
    is: [
      [python, '^(\\S*manage\\.py (collectstatic|compilemessages)|compileall)\\b'],
      ['manage\\.py', '^(collectstatic|compilemessages)\\b'],
    ],
    fixed: [0.8, 4, 30],
    source: ours,
  },

  // PHP and Ruby.
  {
    title: 'composer install',
    is: [
      ['composer|composer\\.phar', '^(install|i|update|require|create-project)( |$)'],
      ['php', 'composer(\\.phar)? (install|update|require)( |$)'],
    ],
    fixed: [0.8, 3, 6],
    each: locked([0.05, 0.25, 0.8], 'composer.lock'),
    otherwise: [5, 25, 120],
    again: [0.05, 0.15, 0.6],
    warm: { folders: '/composer\\b|/\\.composer\\b', saves: downloads },
    source: `${ours}: archives are downloaded and unpacked, nothing is compiled`,
  },
  {
    title: 'composer dump-autoload',
    is: [['composer|composer\\.phar', '^(dump-?autoload|clear-?cache|config|run-script|global)\\b']],
    fixed: [0.3, 1.5, 8],
    source: ours,
  },
  {
    title: 'docker-php-ext-install',
    is: [
      ['docker-php-ext-install', '\\S'],
      ['pecl|install-php-extensions', '\\S'],
    ],
    fixed: [1, 3, 10],
    each: named('extension', [3, 12, 60], 0),
    otherwise: [10, 40, 240],
    source: `${ours}: each extension is compiled`,
  },
  {
    title: 'docker-php-ext-enable',
    is: [['docker-php-ext-(enable|configure)|phpenmod|a2enmod|a2dismod|a2ensite|a2dissite|a2enconf']],
    fixed: [0.1, 0.6, 5],
    source: ours,
  },
  {
    title: 'bundle install',
    is: [['bundle|bundler', '^((install|update)( |$)|$)']],
    fixed: [1, 3, 8],
    each: locked([0.1, 0.5, 2], 'Gemfile.lock'),
    otherwise: [10, 50, 300],
    warm: { folders: '/bundle\\b|/gems\\b', saves: downloads },
    source: `${ours}: some gems are compiled`,
  },
  {
    title: 'gem install',
    is: [['gem', '^install ']],
    fixed: [0.5, 1, 3],
    each: named('gem', [0.7, 4, 30]),
    otherwise: [2, 10, 60],
    source: `${ours}: some gems are compiled`,
  },
  {
    title: 'rails assets:precompile',
    is: [['rails|rake', 'assets:'], ['bootsnap']],
    fixed: [2, 20, 180],
    source: ours,
  },

  // Compilers that fetch what they need.
  {
    title: 'go mod download',
    is: [['go', '^(mod (download|tidy|vendor|verify)|get)\\b']],
    fixed: [0.5, 2, 5],
    each: locked([0.05, 0.15, 0.5], 'go.sum'),
    otherwise: [10, 20, 40],
    warm: { folders: '/go/pkg/mod|/go\\b', saves: artefacts },
    source: 'published builds: 10–40 s; 37.1 s, with a filled cache mount 0.3 s',
  },
  {
    title: 'go build',
    is: [['go', '^(build|install|test|vet|generate)\\b']],
    fixed: [2, 10, 30],
    each: locked([0.05, 0.25, 0.8], 'go.sum'),
    otherwise: [20, 50, 120],
    fetched: { by: 'go mod download', left: [0.4, 0.7, 0.95] },
    warm: { folders: '/\\.cache/go-build|/go-build\\b', saves: artefacts },
    source: 'published builds: 20–120 s; 88 s, with a filled cache mount 15 s',
  },
  { title: 'go env', is: [['go', '^(env|version|list|clean|fmt)\\b']], fixed: [0.02, 0.1, 1], source: ours },
  {
    title: 'cargo build',
    is: [
      ['cargo', '(^| )(build|b|rustc|test|check|clippy|bench)( |$)'],
      ['cargo|cargo-chef', '(^| )cook( |$)'],
      ['cargo', '^install( |$)', '--path'],
    ],
    fixed: [1, 3, 10],
    each: locked([0.36, 1.2, 1.8], 'Cargo.lock'),
    otherwise: [60, 300, 900],
    again: [0.1, 0.2, 0.5],
    fetched: { by: 'cargo fetch', left: [0.85, 0.95, 0.99] },
    warm: { folders: '/target$|/target/|/sccache\\b', saves: artefacts },
    source: 'a published release build of about 500 crates: 10 min, with its dependencies built before 2 min',
  },
  {
    title: 'cargo install',
    is: [['cargo', '^install ']],
    fixed: [5, 10, 20],
    each: named('program', [15, 80, 400]),
    otherwise: [20, 100, 600],
    source: `${ours}: a program is compiled with all it depends on`,
  },
  {
    title: 'cargo fetch',
    is: [['cargo', '(^| )(fetch|vendor|binstall)( |$)']],
    fixed: [0.3, 2, 10],
    each: locked([0.01, 0.05, 0.2], 'Cargo.lock'),
    otherwise: [1, 10, 60],
    warm: { folders: '/cargo\\b|/\\.cargo\\b', saves: artefacts },
    source: `${ours}: downloads alone`,
  },
  {
    title: 'cargo chef prepare',
    is: [['cargo|cargo-chef', '(^| )(prepare|init|new|metadata|clean)( |$)']],
    fixed: [0.1, 0.5, 4],
    source: ours,
  },
  {
    title: 'rustup',
    is: [['rustup|rustup-init(\\.sh)?']],
    fixed: [3, 20, 90],
    source: `${ours}: a toolchain is downloaded and unpacked`,
  },
  {
    title: 'mvn',
    is: [['mvn|mvnw|mvnd', '\\S']],
    fixed: [15, 90, 600],
    again: [0.1, 0.2, 0.6],
    warm: { folders: '/\\.m2\\b', saves: downloads },
    source: 'published builds: dependencies 1–10 min, with them there 2 min instead of 12',
  },
  {
    title: 'gradle',
    is: [['gradle|gradlew', '\\S']],
    fixed: [15, 90, 600],
    again: [0.1, 0.2, 0.6],
    warm: { folders: '/\\.gradle\\b', saves: downloads },
    source: 'taken as mvn: no clean published figure',
  },
  {
    title: 'sbt',
    is: [['sbt|mill|lein|clojure', '\\S']],
    fixed: [20, 120, 600],
    warm: { folders: '/\\.(ivy2|sbt|cache/coursier|m2)\\b', saves: downloads },
    source: `${ours}: more than mvn`,
  },
  {
    title: 'dotnet restore',
    is: [['dotnet', '^(restore|tool|workload|new|nuget|dev-certs)\\b']],
    fixed: [2, 15, 60],
    warm: { folders: '/\\.nuget\\b', saves: downloads },
    source: ours,
  },
  {
    title: 'dotnet publish',
    is: [['dotnet', '^(build|publish|pack|test|msbuild)\\b']],
    fixed: [5, 25, 120],
    fetched: { by: 'dotnet restore', left: [0.3, 0.6, 0.9] },
    warm: { folders: '/\\.nuget\\b', saves: downloads },
    source: ours,
  },
  {
    title: 'mix deps.get',
    is: [['mix', '(^|, ?)deps\\.get\\b']],
    fixed: [1, 2, 6],
    each: locked([0.05, 0.2, 0.6], 'mix.lock'),
    otherwise: [3, 10, 40],
    source: ours,
  },
  { title: 'mix local.hex', is: [['mix', '^(local|archive|hex)\\b']], fixed: [0.8, 2, 8], source: ours },
  {
    title: 'mix compile',
    is: [['mix', '^(deps\\.compile|compile|release|assets\\.|phx\\.|do )']],
    fixed: [2, 6, 20],
    each: locked([0.3, 1, 4], 'mix.lock'),
    otherwise: [8, 40, 240],
    again: [0.1, 0.3, 0.8],
    source: ours,
  },
  {
    title: 'swift build',
    is: [['swift', '^(build|package|test)\\b']],
    fixed: [20, 120, 600],
    warm: { folders: '/\\.build\\b', saves: artefacts },
    source: ours,
  },
  {
    title: 'make',
    is: [['make|gmake|ninja|samu'], ['cmake', '', '--build|--install'], ['meson', '^(compile|install)\\b']],
    fixed: [0.5, 30, 600],
    warm: { folders: '/\\.?s?ccache\\b', saves: artefacts },
    source: `${ours}, and a wide one: what is made decides`,
  },
  {
    title: 'configure',
    is: [['configure|autogen\\.sh|autoreconf|cmake|meson|bootstrap\\.sh']],
    fixed: [2, 15, 90],
    source: ours,
  },
  {
    title: 'gcc',
    is: [['gcc|g\\+\\+|cc|c\\+\\+|clang|clang\\+\\+|javac|rustc|ghc|nasm']],
    fixed: [0.1, 2, 30],
    source: ours,
  },

  // Files.
  {
    title: 'chown -R',
    is: [['chown|chmod|chgrp|setfacl', '', '(^| )(-\\w*R\\w*|--recursive)( |$)']],
    fixed: [0.05, 0.1, 0.3],
    each: { noun: 'MB', count: { of: 'megabytes' }, seconds: [0.002, 0.006, 0.03] },
    otherwise: [0.1, 2, 30],
    source: `${ours}: every file it touches is written again`,
  },
  {
    title: 'cp -r',
    is: [['cp|rsync', '', '(^| )(-\\w*[arR]\\w*|--recursive|--archive)( |$)']],
    fixed: [0.02, 0.3, 15],
    source: `${ours}: it depends on the files`,
  },
  {
    title: 'curl',
    is: [['curl|wget|aria2c|gcloud|aws']],
    fixed: [0.2, 2, 20],
    source: `${ours}: one download of a few MB, at 1 Gbit/s 125 MB/s`,
  },
  {
    title: 'git clone',
    is: [['git', '^(clone|fetch|pull|submodule|lfs)\\b']],
    fixed: [1, 5, 60],
    source: `${ours}: it depends on the repository`,
  },
  {
    title: 'git config',
    is: [
      [
        'git',
        '^(config|init|checkout|reset|log|rev-parse|describe|status|add|apply|am|branch|tag|switch|show|gc|commit)\\b',
      ],
      ['php', '^$'],
      ['dotnet', '^(help|sdk|)$'],
    ],
    fixed: [0.02, 0.2, 3],
    source: ours,
  },
  {
    title: 'sh of a download',
    is: [['sh|bash|ash|dash', '^(-|-s|/dev/stdin)?$']],
    fixed: [2, 10, 60],
    source: `${ours}: an installer that is downloaded`,
  },
  {
    title: 'tar',
    is: [['tar|unzip|gunzip|gzip|bunzip2|bzip2|xz|unxz|7z|7za|zip|zstd|unzstd|bsdtar|dpkg|rpm']],
    fixed: [0.1, 1, 15],
    source: `${ours}: it depends on the archive`,
  },
  {
    title: 'update-ca-certificates',
    is: [
      [
        'update-ca-certificates|update-ca-trust|locale-gen|localedef|dpkg-reconfigure|fc-cache|gpg|gpg2|apt-key',
      ],
    ],
    fixed: [0.1, 1, 15],
    source: ours,
  },
  {
    title: 'openssl',
    is: [['openssl|ssh-keygen|ssh-keyscan']],
    fixed: [0.05, 0.4, 15],
    source: ours,
  },
  {
    title: 'sleep',
    is: [['sleep', '^\\d+(\\.\\d+)?$']],
    fixed: [0, 0, 0],
    each: { noun: 'second', count: { of: 'seconds' }, seconds: [1, 1, 1] },
    source: 'as long as it says',
  },
];

/** Programs that are over at once: they cost no more than the container of their RUN. */
export const lightPrograms: ReadonlySet<string> = new Set(
  `. : [ [[ addgroup adduser alias alternatives apt-config arch awk b2sum base64 basename bc break cat cd
  chage chattr chgrp chmod chown chpasswd chsh cksum cmp comm command continue cp csplit cut date
  debconf-set-selections declare delgroup deluser df diff dirname dpkg-architecture dpkg-divert
  dpkg-query du echo egrep envsubst exit expand export expr false fgrep file find fold free gawk getcap
  getconf getent getfattr gid gpasswd gpgconf grep groupadd groupdel groupmod groups hash head hexdump
  hostid hostname id install invoke-rc.d join jq kill ldconfig ldd let link ln local ls lsb_release mawk
  md5sum mkdir mkfifo mknod mktemp mount mv nl nproc od passwd paste patch pathchk pgrep pkill popd
  printenv printf ps pushd pwd rc-update read readlink readonly realpath return rm rmdir sed seq service
  set setcap setfattr sha1sum sha224sum sha256sum sha384sum sha512sum shasum shift shopt shuf sort source
  split stat strip sync sysctl systemctl tac tail tee test touch tr trap true truncate tty type ulimit
  umask umount uname uniq unlink unset update-alternatives update-rc.d useradd userdel usermod users
  uuidgen wait wc which who whoami xxd yes yq`.split(/\s+/),
);

/** What every RUN takes: its container, and keeping its layer. */
export const container: { readonly seconds: Triple; readonly source: string } = {
  seconds: [0.04, 0.07, 0.3],
  source: 'our own builds: 0.04–0.1 s for the container of a RUN, more on a busy machine',
};

/** What instructions other than RUN take, over the bytes they copy. */
export const copying: {
  readonly fixed: Triple;
  /** Seconds for each MB, and for each file. */
  readonly megabyte: Triple;
  readonly file: Triple;
  /** Where the bytes are not known: out of a stage or an image, by an address. */
  readonly otherwise: Triple;
  readonly address: Triple;
  readonly source: string;
} = {
  fixed: [0.01, 0.03, 0.3],
  megabyte: [0.001, 0.004, 0.02],
  file: [0.00002, 0.00006, 0.0002],
  otherwise: [0.01, 0.1, 3],
  address: [0.2, 2, 30],
  source: 'our own builds: 0.01–0.03 s and the bytes, more on a busy machine',
};

/** The transfer of the build context. */
export const transfer: {
  /** Seconds for each file that is walked in every build; each file and each MB that is sent for the first time. */
  readonly walked: Triple;
  readonly file: Triple;
  readonly megabyte: Triple;
  readonly source: string;
} = {
  walked: [0.00001, 0.000025, 0.00008],
  file: [0.00004, 0.00013, 0.0003],
  megabyte: [0.002, 0.01, 0.0134],
  source: 'our own builds: 25 µs for each file walked, 130 µs for each sent; 75–125 MB/s to a remote builder',
};
