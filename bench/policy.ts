// How long policy takes to load and to decide as its rules grow, beside evaluating all of them every time.
import type { Capability, Config, TargetDefinition } from '../src/config/index.ts';
import {
  checkPolicies,
  createPolicyEngine,
  type DecisionInput,
  type PolicyEngine,
} from '../src/policy/index.ts';
import { agentDefinition, awsTarget, configOf } from '../test/support/config.ts';
import { createPlainEngine } from '../test/support/plain-policy.ts';
import { median, type Report, type Row, rounded } from './table.ts';

const SIZES = [10, 1_000, 10_000];
const AGENTS = 1_000;
const TARGETS = 100;
const TEAMS = 50;
const QUESTIONS = 5_000;
const PLAIN_QUESTIONS = 25;

/** Numbers that look random and are the same at every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const CAPABILITIES: Readonly<Record<string, Pick<Capability, 'effect' | 'impacts'>>> = {
  read: { effect: 'read', impacts: [] },
  list: { effect: 'read', impacts: [] },
  dump: { effect: 'read', impacts: ['export'] },
  write: { effect: 'write', impacts: [] },
  grant: { effect: 'admin', impacts: ['grant'] },
};
const NAMES = Object.keys(CAPABILITIES);

/** What there always is, however many rules follow. */
const GENERAL = [
  'permit (principal is Agent, action in Action::"read", resource) when { principal.environment == resource.environment };',
  'permit (principal is Agent, action in Action::"write", resource)\nwhen { resource.environment != "production" || context.approvals.count >= 1 };',
  'permit (principal is Agent, action in Action::"admin", resource) when { context.approvals.count >= 2 };',
  '@id("blast-radius-changes")\nforbid (principal, action in [Action::"read", Action::"write", Action::"admin"], resource)\nwhen { !context.impacts.isEmpty() && context.approvals.count < 1 };',
  '@id("owners-decide")\npermit (principal, action == Action::"approve", resource) when { principal in resource.target.ownerGroup };',
  '@id("night")\nforbid (principal, action in Action::"write", resource) when { context.time.hour < 5 && resource.sensitivity == "restricted" };',
  '@id("proven-people")\nforbid (principal, action in Action::"admin", resource)\nunless { context.task has requester && context.task.requester.proven };',
];

/** Most are about one agent at one target, others about a team and a capability, a few about a target. */
function rule(i: number, random: (below: number) => number): string {
  const target = random(TARGETS);
  const agent = `Agent::"agent-${random(AGENTS)}"`;
  const kind = random(20);
  if (kind < 12) {
    return `@id("agent-rule-${i}")\npermit (principal == ${agent}, action in Action::"write", resource == Target::"target-${target}")\nwhen { context.task.chainDepth < 3 && context.operation.parameters has prefix };`;
  }
  if (kind < 18) {
    const capability = NAMES[random(NAMES.length)] ?? '';
    return `@id("team-rule-${i}")\npermit (principal in Group::"team-${random(TEAMS)}", action == Action::"target-${target}:${capability}", resource)\nwhen { context.approvals.of["owners-${target}"] >= 1 };`;
  }
  return `// An incident once.\n@id("target-rule-${i}")\nforbid (principal == ${agent}, action, resource == Target::"target-${target}")\nwhen { context.time.weekday == "saturday" && !(context.task.purpose like "*incident*") };`;
}

function targetOf(i: number): TargetDefinition {
  const environment = i % 4 === 0 ? 'production' : 'staging';
  const more = { parameters: { prefix: { pattern: '[a-z]+' } }, statements: [] };
  return awsTarget(`target-${i}`, {
    environment,
    owner: { team: `Team ${i}`, email: 'team@example.com', group: `owners-${i}` },
    capabilities: Object.fromEntries(
      Object.entries(CAPABILITIES).map(([name, definition]) => [name, { ...definition, ...more }]),
    ),
  });
}

function configOfSize(policies: number): Config {
  const random = numbers(policies);
  const rules = Array.from({ length: Math.max(0, policies - GENERAL.length) }, (_, i) => rule(i, random));
  return configOf({
    agents: Array.from({ length: AGENTS }, (_, i) =>
      agentDefinition(`agent-${i}`, {
        environment: i % 4 === 0 ? 'production' : 'staging',
        groups: [`team-${i % TEAMS}`, `team-${(i * 7) % TEAMS}`],
      }),
    ),
    targets: Array.from({ length: TARGETS }, (_, i) => targetOf(i)),
    groups: [
      ...Array.from({ length: TEAMS }, (_, i) => `team-${i}`),
      ...Array.from({ length: TARGETS }, (_, i) => `owners-${i}`),
    ].sort(),
    policies: [...GENERAL, ...rules].join('\n\n'),
  });
}

/** Drawn over the whole matrix of agents and capabilities: what is allowed, what asks people, what is denied. */
function questions(count: number): readonly DecisionInput[] {
  const random = numbers(7);
  return Array.from({ length: count }, (_, i) => ({
    at: '2026-05-04T10:00:00.000Z',
    address: '10.1.2.3',
    chain: [
      {
        agent: `agent-${random(AGENTS)}`,
        purpose: `answer ticket ${i}`,
        requester: { id: `person-${random(40)}`, proven: i % 2 === 0 },
        openedAt: '2026-05-04T09:59:00.000Z',
        chainDepth: 0,
      },
    ],
    operations: [
      {
        capability: `target-${random(TARGETS)}:${NAMES[random(NAMES.length)]}`,
        parameters: { prefix: 'q' },
      },
    ],
  }));
}

async function milliseconds(work: () => Promise<unknown> | unknown): Promise<number> {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e6;
}

interface Timed {
  readonly outcome: string;
  readonly microseconds: number;
}

function timed(engine: PolicyEngine, inputs: readonly DecisionInput[]): readonly Timed[] {
  return inputs.map((input) => {
    const began = process.hrtime.bigint();
    const { outcome } = engine.decide(input);
    return { outcome, microseconds: Number(process.hrtime.bigint() - began) / 1e3 };
  });
}

const times = (all: readonly Timed[]) => all.map(({ microseconds }) => microseconds);

function p95(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;
}

async function measure(size: number): Promise<Row> {
  const config = configOfSize(size);
  let engine: PolicyEngine | undefined;
  const load = await milliseconds(async () => {
    engine = await createPolicyEngine(config);
  });
  if (engine === undefined) throw new Error('nothing was loaded');
  const inputs = questions(QUESTIONS);
  const first = timed(engine, inputs);
  const warm = timed(engine, inputs);
  const plain = createPlainEngine(config);
  const few = inputs.slice(0, PLAIN_QUESTIONS);
  timed(plain, few.slice(0, 1));
  const asking = warm.filter(({ outcome }) => outcome === 'needsApproval');
  return {
    policies: size,
    'load, ms': rounded(load),
    'check, ms': rounded(await milliseconds(() => checkPolicies(config))),
    'plain, median µs': rounded(median(times(timed(plain, few)))),
    'indexed at first, median µs': rounded(median(times(first))),
    'warm, median µs': rounded(median(times(warm))),
    'warm, p95 µs': rounded(p95(times(warm))),
    'asks people, share': rounded(asking.length / warm.length),
    'asks people, median µs': rounded(median(times(asking))),
  };
}

/** Decisions are whole: also the search for the approvals that would permit it, where it is not permitted without. */
export async function policy(): Promise<Report> {
  const rows: Row[] = [];
  for (const size of SIZES) rows.push(await measure(size));
  return { name: 'policy', rows };
}
