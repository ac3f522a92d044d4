// Tokens of services that build, check and deliver software.
import { beginsWithUuid, isHexBody } from './kit/bodies.ts';
import { matching, token } from './kit/tokens.ts';

export const detectors = [
  token({
    type: 'CIRCLECI_TOKEN',
    title: 'CircleCI: tokens of people and projects',
    shapes: [{ prefixes: ['CCIPAT_', 'CCIPRJ_'], length: 62, least: 30, also: '_' }],
    beside: [{ words: ['circleci', 'circle ci', 'circle'], lengths: [40], kind: 'hex' }],
  }),
  token({
    type: 'BUILDKITE_TOKEN',
    title: 'Buildkite: API, agent and job tokens',
    shapes: [{ prefixes: ['bkua_', 'bkct_', 'bkaj_', 'bkpt_'], length: 40, kind: 'hex' }],
  }),
  token({
    type: 'SONARQUBE_TOKEN',
    title: 'SonarQube: tokens of users, projects and for analysis',
    shapes: [{ prefixes: ['squ_', 'sqp_', 'sqa_'], length: 40, kind: 'hex', least: 36 }],
    beside: [{ words: ['sonar', 'sonarqube', 'sonarcloud'], lengths: [40], kind: 'hex' }],
  }),
  token({
    type: 'SOURCEGRAPH_TOKEN',
    title: 'Sourcegraph: access tokens and licence keys',
    shapes: [
      { prefixes: ['sgp_', 'sgd_', 'sgs_'], length: 40, kind: 'hex', also: '_-', least: 36 },
      { prefixes: ['slk_'], length: 64, kind: 'hex', least: 60 },
    ],
    beside: [{ words: ['sourcegraph'], lengths: [40], kind: 'hex' }],
  }),
  token({
    type: 'SNYK_TOKEN',
    title: 'Snyk: tokens',
    shapes: [{ prefixes: ['snyk_uat.', 'snyk_sat.'], length: 60, least: 24, also: '_-.' }],
    beside: [{ words: ['snyk'], lengths: [36], kind: 'uuid' }],
  }),
  token({
    type: 'CODECOV_TOKEN',
    title: 'Codecov: upload and access tokens',
    beside: [
      { words: ['codecov'], lengths: [32], kind: 'alnum' },
      { words: ['codecov'], lengths: [36], kind: 'uuid' },
    ],
  }),
  token({
    type: 'TRAVIS_TOKEN',
    title: 'Travis CI: access tokens',
    beside: [{ words: ['travis', 'travisci'], lengths: [[20, 22]], kind: 'alnum', also: '_-' }],
  }),
  token({
    type: 'DRONE_TOKEN',
    title: 'Drone CI: access tokens',
    beside: [{ words: ['drone', 'droneci', 'drone ci'], lengths: [32], kind: 'alnum' }],
  }),
  token({
    type: 'JENKINS_TOKEN',
    title: 'Jenkins: API tokens',
    beside: [{ words: ['jenkins'], lengths: [[32, 34]], kind: 'hex' }],
  }),
  token({
    type: 'OCTOPUS_KEY',
    title: 'Octopus Deploy: API keys',
    shapes: [
      {
        prefixes: ['API-'],
        length: 26,
        least: 25,
        kind: 'upper',
        begins: '-_',
        check: (body) => /^[A-Z0-9]{25,32}$/u.test(body) && /\d/u.test(body),
      },
    ],
  }),
  token({
    type: 'HARNESS_TOKEN',
    title: 'Harness: tokens of people and service accounts',
    hooks: [
      matching('pat.', 'pat\\.[\\w-]{22}\\.[0-9a-f]{24}\\.[A-Za-z0-9]{20}', { begins: true }),
      matching('sat.', 'sat\\.[\\w-]{22}\\.[0-9a-f]{24}\\.[A-Za-z0-9]{20}', { begins: true }),
    ],
    check: 'its prefix and the lengths of its three parts',
    example: `«${'pa'}t.q7Rk2Wn9Zt4Xb6Vd1Pm8Hs.7c1f0a9e4b2d86357c1f0a9e.q7Rk2Wn9Zt4Xb6Vd1Pm8»`,
  }),
  token({
    type: 'PREFECT_TOKEN',
    title: 'Prefect: API keys',
    shapes: [{ prefixes: ['pnu_', 'pnb_'], length: 36, least: 30 }],
  }),
  token({
    type: 'PULUMI_TOKEN',
    title: 'Pulumi: access tokens',
    shapes: [{ prefixes: ['pul-'], length: 40, least: 36, kind: 'hex', begins: '-', check: isHexBody }],
  }),
  token({
    type: 'INFRACOST_TOKEN',
    title: 'Infracost: API tokens',
    shapes: [{ prefixes: ['ico-'], length: 32, least: 30, begins: '-_' }],
  }),
  token({
    type: 'POSTMAN_KEY',
    title: 'Postman: API keys and collection keys',
    shapes: [
      { prefixes: ['PMAK-'], length: 59, least: 24, kind: 'hex', also: '-' },
      { prefixes: ['PMAT-'], length: 26, least: 24, kind: 'upper' },
    ],
  }),
  token({
    type: 'README_KEY',
    title: 'ReadMe: API keys',
    shapes: [{ prefixes: ['rdme_'], length: 70, kind: 'lower' }],
  }),
  token({
    type: 'LAUNCHDARKLY_KEY',
    title: 'LaunchDarkly: SDK, mobile and API keys',
    shapes: [
      {
        prefixes: ['sdk-', 'mob-', 'api-'],
        length: 36,
        least: 36,
        kind: 'hex',
        also: '-',
        begins: '-_',
        check: beginsWithUuid,
      },
    ],
    beside: [{ words: ['launchdarkly', 'launch darkly'], lengths: [40], kind: 'alnum', also: '_-' }],
    example: `«${'sd'}k-7c1f0a9e-4b2d-4635-9c1f-0a9e4b2d8635»`,
  }),
  token({
    type: 'SCALINGO_TOKEN',
    title: 'Scalingo: API tokens',
    shapes: [{ prefixes: ['tk-us-'], length: 48, least: 40, also: '_-' }],
  }),
  token({
    type: 'SETTLEMINT_TOKEN',
    title: 'SettleMint: access tokens',
    shapes: [{ prefixes: ['sm_aat_', 'sm_pat_', 'sm_sat_'], length: 16 }],
  }),
];
