// Random configs, their policies in every form of Cedar's that operators may write, and random questions about them. A few questions are such as the schema does not know.
import fc from 'fast-check';
import type { Capability, Config, Impact, TargetDefinition } from '../../src/config/index.ts';
import { IMPACTS } from '../../src/config/index.ts';
import type { DecidedTask, DecisionInput, HumanQuestion, Operation } from '../../src/policy/index.ts';
import { agentDefinition, awsTarget, configOf } from './config.ts';
import { askingPolicies, policies } from './random-policies/policies.ts';
import {
  AGENTS,
  CAPABILITIES,
  EFFECTS,
  ENVIRONMENTS,
  GROUPS,
  mostly,
  NAMES,
  one,
  PEOPLE,
  TARGETS,
  WORDS,
} from './random-policies/text.ts';

const capability: fc.Arbitrary<Capability> = fc.record({
  effect: one(EFFECTS),
  impacts: fc.subarray<Impact>([...IMPACTS], { maxLength: 2 }),
  parameters: fc.constant({ prefix: { pattern: '.*' } }),
  statements: one([[], [{ actions: ['s3:GetObject', 's3:GetObject'], resources: [] }]]),
  exportAbove: one([{}, { rows: 10 }]),
});

const target = (id: string): fc.Arbitrary<TargetDefinition> =>
  fc
    .record({
      environment: one(ENVIRONMENTS),
      sensitivity: one(['internal', 'restricted'] as const),
      group: one([...GROUPS, 'none', undefined]),
      capabilities: fc.tuple(...NAMES.map(() => capability)),
    })
    .map(({ environment: where, sensitivity, group: owners, capabilities }) => ({
      ...awsTarget(id, { environment: where, sensitivity }),
      owner: { team: 'Data', email: 'data@example.com', ...(owners === undefined ? {} : { group: owners }) },
      capabilities: Object.fromEntries(capabilities.map((each, i) => [String(NAMES[i]), each])),
    })) as fc.Arbitrary<TargetDefinition>;

const configWith = (texts: fc.Arbitrary<string>): fc.Arbitrary<Config> =>
  fc
    .record({
      agents: fc.tuple(
        ...AGENTS.map((id) =>
          fc
            .record({ environment: one(ENVIRONMENTS), groups: fc.subarray([...GROUPS, 'none']) })
            .map((given) => agentDefinition(id, given)),
        ),
      ),
      targets: fc.tuple(...TARGETS.map(target)),
      policies: texts,
      timeZone: one(['UTC', 'Asia/Kathmandu']),
    })
    .map(({ timeZone, ...parts }) =>
      configOf({ ...parts, groups: [...GROUPS, 'none'], broker: { timeZone } }),
    );

export const config = configWith(policies);
export const askingConfig = configWith(askingPolicies);

const words = fc.subarray(WORDS);
const operation: fc.Arbitrary<Operation> = fc.record(
  {
    capability: one(CAPABILITIES),
    // An undeclared parameter does not fit the schema.
    parameters: mostly<Record<string, string>>(one([{}, { prefix: 'q3' }, { prefix: 'x' }]), [
      { other: 'x' },
    ]),
    http: fc.record({ method: one(['GET', 'POST']), route: one(['GET /tickets', 'POST /']) }),
    sql: fc.record({ statements: words, reads: words, writes: words, functions: words }),
    command: one([{ argv: ['rm', '-rf', '/'] }, { argv: ['ls'] }, { argv: [] }]),
    kubernetes: one([
      { namespace: 'shop', pod: 'web-1' },
      { namespace: 'shop', pod: 'web-1', container: 'app' },
    ]),
    // A fraction does not fit the schema.
    maxRows: mostly(one([1, 10, 11, 100_000]), [1.5, 1e300, -0]),
    export: fc.constant(true as const),
  },
  { requiredKeys: ['capability', 'parameters'] },
);

const task: fc.Arbitrary<DecidedTask> = fc.record(
  {
    agent: one(AGENTS),
    purpose: mostly(one(['ticket 1', 'tidy up', '10.0.0.1', '0.5']), ['half \ud800 a pair']),
    requester: fc.record({ id: one(PEOPLE), proven: fc.boolean() }),
    openedAt: mostly(
      one(['2026-05-04T07:00:00.000Z', '2026-05-04T06:59:00.000Z', '2026-05-05T00:00:00.000Z']),
      ['never'],
    ),
    chainDepth: fc.nat({ max: 2 }),
  },
  { requiredKeys: ['agent', 'purpose', 'openedAt', 'chainDepth'] },
);

export const input: fc.Arbitrary<DecisionInput> = fc.record({
  at: mostly(one(['2026-05-04T07:00:00.000Z', '2026-01-01T23:30:00.000Z', '1969-12-31T12:00:00.000Z']), [
    '+010000-01-01T00:00:00.000Z',
    '-000001-01-01T00:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
  ]),
  address: mostly(one(['127.0.0.1', '10.1.2.3', '::1', '::ffff:10.1.2.3', '2001:db8::1']), [
    'unknown',
    '',
    '::/0',
  ]),
  chain: fc.array(task, { minLength: 1, maxLength: 2 }),
  operations: fc.array(operation, { minLength: 1, maxLength: 2 }),
});

const human = fc.record({
  id: one([...PEOPLE, 'eve "x"']),
  groups: fc.array(mostly(one([...GROUPS, 'none', 'elsewhere']), ['half \ud800']), { maxLength: 3 }),
});
const anyAgent = one([...AGENTS, 'gone']);

export const humanQuestion: fc.Arbitrary<HumanQuestion> = fc.oneof(
  fc.record({
    human,
    action: one(['contain', 'restore', 'audit'] as const),
    resource: fc.oneof(
      anyAgent.map((id) => ({ type: 'Agent' as const, id })),
      anyAgent.map((agent) => ({ type: 'Task' as const, id: 't1', agent })),
      fc.constant({ type: 'Broker' as const }),
    ),
  }),
  fc.record({
    human,
    action: fc.constant('approve' as const),
    resource: fc.record({
      type: fc.constant('Approval' as const),
      id: one(['a1', 'a2']),
      agent: anyAgent,
      target: one([...TARGETS, 'gone']),
    }),
  }),
);
