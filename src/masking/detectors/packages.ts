// Tokens of package registries.
import { isHexBody } from './kit/bodies.ts';
import { matching, token } from './kit/tokens.ts';

const ASSIGNED = '\\s{0,3}[=:]\\s{0,3}\\\\{0,3}["\']?';

export const detectors = [
  token({
    type: 'NPM_TOKEN',
    title: 'npm: access tokens, and what an .npmrc holds for its registries',
    shapes: [{ prefixes: ['npm_'], length: 36, least: 30 }],
    hooks: [
      matching(
        '_authToken',
        `_authToken${ASSIGNED}(?<value>(?=[A-Za-z+/=~_-]{0,60}\\d)[\\w+/=.~-]{12,256})`,
        {
          exact: false,
          also: '_+/=~-',
        },
      ),
      matching(':_auth', `:_auth${ASSIGNED}(?<value>[A-Za-z0-9+/=]{8,256})`, { exact: false, also: '+/=' }),
      matching(':_password', `:_password${ASSIGNED}(?<value>[A-Za-z0-9+/=]{4,256})`, {
        exact: false,
        also: '+/=',
      }),
    ],
  }),
  token({
    type: 'PYPI_TOKEN',
    title: 'PyPI: API tokens',
    shapes: [{ prefixes: ['pypi-AgE', 'pypi-AgEN'], length: 150, least: 30, also: '_-' }],
  }),
  token({
    type: 'RUBYGEMS_KEY',
    title: 'RubyGems: API keys',
    shapes: [{ prefixes: ['rubygems_'], length: 48, kind: 'hex' }],
    beside: [{ words: ['rubygems'], lengths: [32, 48], kind: 'hex' }],
  }),
  token({
    type: 'CLOJARS_TOKEN',
    title: 'Clojars: deploy tokens',
    shapes: [{ prefixes: ['CLOJARS_'], length: 60, kind: 'hex' }],
  }),
  token({
    type: 'CRATES_TOKEN',
    title: 'crates.io: API tokens',
    shapes: [
      {
        prefixes: ['cio'],
        length: 32,
        least: 32,
        begins: '_-',
        check: (body) => body.length === 32 && /\d/u.test(body) && /[A-Z]/u.test(body),
      },
    ],
  }),
  token({
    type: 'NUGET_KEY',
    title: 'NuGet: API keys',
    shapes: [
      {
        prefixes: ['oy2'],
        length: 43,
        least: 43,
        kind: 'lower',
        begins: '_-',
        check: (body) => /^[a-z0-9]{43}$/u.test(body),
      },
    ],
  }),
  token({
    type: 'DOCKERHUB_TOKEN',
    title: 'Docker Hub: tokens of people and organisations',
    shapes: [{ prefixes: ['dckr_pat_', 'dckr_oat_'], length: 27, also: '_-' }],
  }),
  token({
    type: 'JFROG_KEY',
    title: 'JFrog Artifactory: API keys, identity and reference tokens',
    shapes: [
      { prefixes: ['AKCp'], length: 69, least: 60 },
      { prefixes: ['cmVmdGtu'], length: 56, least: 48 },
    ],
    beside: [{ words: ['artifactory', 'jfrog'], lengths: [73, 64], kind: 'alnum' }],
  }),
  token({
    type: 'PACKAGE_TOKEN',
    title: 'JSR, Deno Deploy, Packagist, Gemfury: tokens',
    shapes: [
      { prefixes: ['jsrp_', 'jsrd_', 'jsru_'], length: 56, least: 36 },
      { prefixes: ['ddp_', 'ddo_', 'ddw_'], length: 36, least: 34, begins: '' },
      {
        prefixes: ['packagist_'],
        length: 60,
        least: 40,
        also: '_',
        check: (body) => /[0-9a-f]{32}/u.test(body),
      },
    ],
  }),
  token({
    type: 'SIDEKIQ_KEY',
    title: 'Sidekiq: credentials of its commercial gems',
    hooks: [
      matching(
        'contribsys',
        'contribsys[A-Za-z_.]{0,12}["\'`]?\\s{0,3}[=:>,]{1,2}\\s{0,3}["\'`]?(?<value>[0-9a-f]{8}:[0-9a-f]{8})(?![0-9a-f])',
        { exact: false },
      ),
      {
        anchors: [{ text: '@gems.contribsys.com' }, { text: '@enterprise.contribsys.com' }],
        find(scan, at) {
          const before = scan.text.slice(Math.max(0, at - 17), at);
          if (/^[0-9a-f]{8}:[0-9a-f]{8}$/iu.test(before) && isHexBody(before.slice(0, 8)))
            scan.add(at - 17, at);
        },
      },
    ],
    check: 'two times eight hexadecimal digits beside the name of their host',
    example: 'BUNDLE_GEMS__CONTRIBSYS__COM=«7c1f0a9e:4b2d8635»',
  }),
];
