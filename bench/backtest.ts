// How fast a backtest goes through a million recorded events, and how much memory it takes for that.
import { backtest, createChangeGroups, type DecidingRules } from '../src/broker/index.ts';
import type { AgentDefinition, AwsCapability, AwsTarget, Config, Effect } from '../src/config/index.ts';
import { createPolicyEngine, type Decision, type DecisionInput } from '../src/policy/index.ts';
import { makeId } from '../src/shared/ids.ts';
import type { JsonObject } from '../src/shared/json.ts';
import { type Report, rounded } from './table.ts';

const EVENTS = 1_000_000;
/** Of the row that asks Cedar anew for each. */
const FEWER_EVENTS = 100_000;
const AGENTS = 200;
const TARGETS = 50;
const SPAN_MILLISECONDS = 30 * 86_400_000;
const BEGAN = Date.UTC(2026, 0, 1);
const MEGABYTE = 1024 * 1024;
const EVENTS_A_SAMPLE = 5000;

const DEFAULT = `
permit (principal is Agent, action in Action::"read", resource);
permit (principal is Agent, action in Action::"write", resource)
when { resource.environment != "production" || context.approvals.count >= 1 };
@id("blast-radius-changes")
forbid (principal, action in [Action::"read", Action::"write", Action::"admin"], resource)
when { !context.impacts.isEmpty() && context.approvals.count < 1 };
@id("environments-stay-apart")
forbid (principal, action in [Action::"read", Action::"write", Action::"admin"], resource)
when { principal.environment != resource.environment };
`;

/** The two changes that the million is tried against: one narrowing, one widening. */
const NARROWER = `
@id("nights-are-quiet")
forbid (principal, action in Action::"write", resource) when { context.time.hour < 6 };
`;
const WIDER = 'permit (principal == Agent::"agent-7", action in Action::"write", resource);';
/** A rule that looks at what is different in each call, so that no answer is one that was given before. */
const PURPOSES = `
@id("no-idle-words")
forbid (principal, action, resource) when { context.task.purpose like "*idle*" };
`;

function capability(effect: Effect): AwsCapability {
  const statements = [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme/${prefix}/*'] }];
  return { effect, impacts: [], parameters: { prefix: { pattern: '[a-z0-9-]{1,40}' } }, statements };
}

const owner = { team: 'Data', email: 'data@example.com' };

function agent(number: number): AgentDefinition {
  const capabilities = Array.from({ length: 5 }, (_, i) => `target-${(number + i) % TARGETS}`);
  return {
    id: `agent-${number}`,
    digest: 'a'.repeat(64),
    owner: { ...owner, people: [] },
    purpose: 'Build the weekly reports',
    environment: 'production',
    identities: [],
    capabilities: capabilities.flatMap((target) => [`${target}:read`, `${target}:write`]),
    groups: [],
    maxTaskSeconds: 3600,
  };
}

function target(number: number): AwsTarget {
  return {
    id: `target-${number}`,
    kind: 'aws',
    environment: 'production',
    sensitivity: 'internal',
    owner,
    connection: { roleArn: `arn:aws:iam::111122223333:role/target-${number}` },
    capabilities: { read: capability('read'), write: capability('write') },
  };
}

async function rulesWith(policies: string): Promise<DecidingRules> {
  const config: Config = {
    digest: 'd'.repeat(64),
    broker: {
      timeZone: 'Europe/Amsterdam',
      environments: ['production'],
      issuers: [],
      approvals: { expireAfterSeconds: 3600, escalateAfterSeconds: 900, escalateTo: [] },
    },
    agents: Object.fromEntries(Array.from({ length: AGENTS }, (_, i) => [`agent-${i}`, agent(i)])),
    targets: Object.fromEntries(Array.from({ length: TARGETS }, (_, i) => [`target-${i}`, target(i)])),
    policies: [{ file: 'policies/default.cedar', text: policies }],
    groups: [],
  };
  return { config, policy: await createPolicyEngine(config) };
}

function inputAt(number: number): DecisionInput {
  const at = new Date(BEGAN + Math.floor((number / EVENTS) * SPAN_MILLISECONDS));
  const who = number % AGENTS;
  const name = number % 4 === 0 ? 'write' : 'read';
  return {
    at: at.toISOString(),
    address: `192.0.2.${number % 250}`,
    chain: [
      {
        agent: `agent-${who}`,
        purpose: `Answer ticket ${number} of customer ${number % 9973}`,
        requester: { id: `person-${number % 997}@example.com`, proven: number % 2 === 0 },
        openedAt: new Date(at.getTime() - 1000 * (number % 3600)).toISOString(),
        chainDepth: 0,
      },
    ],
    operations: [
      {
        capability: `target-${(who + (number % 5)) % TARGETS}:${name}`,
        parameters: { prefix: `ticket-${number}` },
      },
    ],
  };
}

/** As it is read: text, with everything that such an event says beside what decides. */
function eventText(number: number, decide: (input: DecisionInput) => object): string {
  const input = inputAt(number);
  const at = new Date(input.at);
  // All of its ids end alike, which nothing minds.
  const id = makeId('evt', at, Buffer.from(String(number).padStart(10, '0'))).slice('evt'.length);
  const [own] = input.chain;
  return JSON.stringify({
    ...{ id: `evt${id}`, at: input.at, type: 'credentials.issued' },
    ...{ task: `task${id}`, ancestors: [], agent: own?.agent, owner, requester: own?.requester },
    ...{ purpose: own?.purpose, call: `call${id}`, kind: 'credentials' },
    configDigest: 'd'.repeat(64),
    request: { id: `req${id}`, method: 'POST', route: '/v1/tasks/{task}/credentials' },
    ...{ target: 'target', operation: input.operations, decision: decide(input), input },
    session: { accessKeyId: 'ASIAEXAMPLE', expiresAt: input.at, real: true, policy: 'x'.repeat(600) },
    milliseconds: 40,
  });
}

interface Sampled {
  peak: number;
}

async function* stream(was: DecidingRules, length: number, sampled: Sampled): AsyncGenerator<JsonObject> {
  const known = new Map<string, Decision>();
  const recorded = (input: DecisionInput) => {
    const key = `${input.chain[0]?.agent} ${input.operations[0]?.capability}`;
    const decision = known.get(key) ?? was.policy.decide(input);
    known.set(key, decision);
    return decision;
  };
  for (let number = 0; number < length; number += 1) {
    if (number % EVENTS_A_SAMPLE === 0) {
      sampled.peak = Math.max(sampled.peak, process.memoryUsage().rss);
      // As between pages.
      await new Promise((resolve) => setImmediate(resolve));
    }
    yield JSON.parse(eventText(number, recorded));
  }
}

async function row(name: string, was: DecidingRules, candidate: DecidingRules, length = EVENTS) {
  const before = process.memoryUsage().rss;
  const sampled: Sampled = { peak: before };
  const began = performance.now();
  const { counters, changes } = backtest(candidate, stream(was, length, sampled));
  const groups = createChangeGroups();
  for await (const change of changes) groups.add(change);
  const seconds = (performance.now() - began) / 1000;
  return {
    candidate: name,
    events: counters.events,
    changed: counters.changed,
    groups: groups.list().length,
    seconds: rounded(seconds),
    'events a second': rounded(counters.events / seconds),
    'memory grown by, MB': rounded((sampled.peak - before) / MEGABYTE),
    'peak memory, MB': rounded(sampled.peak / MEGABYTE),
  };
}

export async function backtesting(): Promise<Report> {
  const was = await rulesWith(DEFAULT);
  return {
    name: 'backtest',
    rows: [
      await row('unchanged', was, await rulesWith(DEFAULT)),
      await row('two changes', was, await rulesWith(`${DEFAULT}${NARROWER}${WIDER}`)),
      await row('a rule on purposes', was, await rulesWith(`${DEFAULT}${PURPOSES}`), FEWER_EVENTS),
    ],
  };
}
