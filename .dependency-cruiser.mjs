// Who may import whom. A rule broken fails `npm run check`.

const STAGES = 'identity|agents|tasks|policy|approvals|credentials|connectors|masking|audit|config';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Modules that need each other at run time are one module, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'shared-stands-alone',
      comment: 'shared/ is what every stage needs, so it needs none of them.',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { path: '^(src|lambdas|infra)/', pathNot: '^src/shared/' },
    },
    {
      name: 'ports-know-only-shared',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { path: '^(src|lambdas|infra)/', pathNot: '^src/(ports|shared)/' },
    },
    {
      name: 'stages-know-ports-and-shared',
      comment: 'A stage is logic: broker, api, adapters and doors stand above it.',
      severity: 'error',
      from: { path: `^src/(${STAGES})/` },
      to: { path: '^(src|lambdas|infra)/', pathNot: `^src/(${STAGES}|ports|shared)/` },
    },
    {
      name: 'a-stage-has-one-door',
      comment: "Another stage's internals are its own: import its index.ts.",
      severity: 'error',
      from: { path: `^src/(${STAGES})/` },
      to: { path: `^src/(${STAGES})/`, pathNot: ['/index\\.ts$', '^src/$1/'] },
    },
    {
      name: 'a-stage-has-one-door-for-others-too',
      severity: 'error',
      from: { path: '^(src/(broker|api|adapters|embedded|cli)|lambdas|infra|scripts)/' },
      to: { path: `^src/(${STAGES})/`, pathNot: '/index\\.ts$' },
    },
    {
      name: 'loading-is-for-those-who-have-files',
      comment: "Parsers of the operator's files never reach a function.",
      severity: 'error',
      from: { pathNot: '^(src/(config|embedded|cli)|infra|scripts|test|bench)/' },
      to: { path: '^src/config/loading/' },
    },
    {
      name: 'the-broker-has-one-door',
      severity: 'error',
      from: { pathNot: '^(src/broker|test)/' },
      to: { path: '^src/broker/', pathNot: '/index\\.ts$' },
    },
    {
      name: 'broker-knows-stages-ports-shared',
      severity: 'error',
      from: { path: '^src/broker/' },
      to: { path: '^(src|lambdas|infra)/', pathNot: `^src/(broker|${STAGES}|ports|shared)/` },
    },
    {
      name: 'api-knows-the-broker',
      severity: 'error',
      from: { path: '^src/api/' },
      to: { path: '^(src|lambdas|infra)/', pathNot: `^src/(api|broker|${STAGES}|ports|shared)/` },
    },
    {
      name: 'adapters-know-ports-and-shared',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^(src|lambdas|infra)/', pathNot: '^src/(adapters|ports|shared)/' },
    },
    {
      name: 'one-kind-of-adapter-at-a-time',
      severity: 'error',
      from: { path: '^src/adapters/(aws|embedded|network)/' },
      to: { path: '^src/adapters/(aws|embedded|network)/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'adapters-meet-the-broker-at-the-doors',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters|embedded|cli)/' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'aws-sdk-behind-adapters',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters|embedded|cli)/' },
      to: { path: 'node_modules/@(aws-sdk|smithy)/' },
    },
    {
      name: 'functions-carry-nothing-embedded',
      severity: 'error',
      from: { path: '^lambdas/' },
      to: { path: '^src/(embedded|cli|adapters/embedded)/|^infra/' },
    },
    {
      name: 'src-knows-no-door-above-it',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(lambdas|infra|scripts|test|bench)/' },
    },
    {
      name: 'nothing-needs-tests',
      severity: 'error',
      from: { pathNot: '^(test|bench|scripts)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'what-is-imported-is-there',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
