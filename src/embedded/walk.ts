// The short walk that a newcomer is shown: commands to copy, made from the rules in force.
import type { Rules } from '../broker/index.ts';
import {
  type AgentDefinition,
  type Capability,
  DEMO_ISSUER,
  type TargetDefinition,
} from '../config/index.ts';
import { DEMO_TICKET } from './demo-tickets.ts';

export const DEFAULT_DATA = '.bailiwick';

export interface WalkedBroker {
  readonly url: string;
  /** Its data directory, as it was named. */
  readonly data: string;
  /** Whether its credentials are STS's. */
  readonly aws: boolean;
  /** Where the demo target is, if it runs. */
  readonly demoTarget: string | undefined;
}

function quoted(path: string): string {
  return /^[\w.@/-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

interface Wanted {
  readonly capability: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

interface Example {
  readonly agent: string;
  readonly credentials?: Wanted;
  /** Of the demo target: what is there is known. */
  readonly calls?: Wanted;
  /** What people are asked about first. */
  readonly writes?: Written;
}

interface Written extends Wanted {
  /** Flags that mint the token of one who may approve it. */
  readonly approver: string;
}

/** Values that patterns of all kinds are likely to take. */
const SAMPLES = ['weekly', 'demo', 'main', 'a1', 'ab', 'a', '1', '2026', '2026-01-01'];

function sampleParameters({ parameters }: Capability): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const [name, { pattern }] of Object.entries(parameters)) {
    const value = SAMPLES.find((sample) => new RegExp(`^(?:${pattern})$`, 'u').test(sample));
    if (value === undefined) return undefined;
    found[name] = value;
  }
  return found;
}

function awsExample(
  { kind, capabilities }: TargetDefinition,
  name: string,
): Wanted['parameters'] | undefined {
  const definition = capabilities[name];
  return kind === 'aws' && definition?.effect === 'read' ? sampleParameters(definition) : undefined;
}

interface DemoExample {
  readonly effect: Capability['effect'];
  readonly route: string;
}

const READS: DemoExample = { effect: 'read', route: 'GET /tickets/{id}' };
const WRITES: DemoExample = { effect: 'write', route: 'POST /tickets/{id}/replies' };

/** What binds a part of the path to the task is no example for a path that is fixed. */
function isDemoExample(
  target: TargetDefinition,
  name: string,
  demoTarget: string | undefined,
  example: DemoExample,
): boolean {
  if (target.kind !== 'http' || target.connection.baseUrl !== demoTarget) return false;
  const { effect, parameters = {}, routes = [] } = target.capabilities[name] ?? {};
  const covers = routes.some(({ route }) => route === example.route);
  return effect === example.effect && covers && Object.keys(parameters).length === 0;
}

/** Somebody who is asked, and whom policy lets approve what that agent asks for. */
function someoneForApproval(
  { config, policy }: Rules,
  { id: agent, owner }: AgentDefinition,
  target: string,
): string | undefined {
  const { humans } = config.broker;
  if (humans?.issuer !== DEMO_ISSUER) return undefined;
  const resource = { type: 'Approval', id: 'appr_', agent, target } as const;
  const found = humans.people.find(({ id, groups }) => {
    if (id === owner.email || owner.people.includes(id)) return false;
    return policy.mayHuman({ human: { id, groups }, action: 'approve', resource }).outcome === 'allowed';
  });
  return found === undefined
    ? undefined
    : [
        `--human ${quoted(found.id)}`,
        ...(found.groups.length === 0 ? [] : [`--groups ${found.groups.join(',')}`]),
      ].join(' ');
}

function exampleFor(rules: Rules, agent: AgentDefinition, demoTarget: string | undefined): Example {
  const { targets } = rules.config;
  const known = agent.capabilities.flatMap((capability) => {
    const [id = '', name = ''] = capability.split(':');
    const target = targets[id];
    return target === undefined ? [] : [{ capability, name, target }];
  });
  const [credentials] = known.flatMap(({ capability, name, target }) => {
    const parameters = awsExample(target, name);
    return parameters === undefined ? [] : [{ capability, parameters }];
  });
  const calls = known.find(({ name, target }) => isDemoExample(target, name, demoTarget, READS));
  const writes = known.find(({ name, target }) => isDemoExample(target, name, demoTarget, WRITES));
  const approver = writes && someoneForApproval(rules, agent, writes.target.id);
  return {
    agent: agent.id,
    ...(credentials === undefined ? {} : { credentials }),
    ...(calls === undefined ? {} : { calls: { capability: calls.capability } }),
    ...(writes === undefined || approver === undefined
      ? {}
      : { writes: { capability: writes.capability, approver } }),
  };
}

function findExample(rules: Rules, demoTarget: string | undefined): Example | undefined {
  return Object.values(rules.config.agents)
    .filter(({ identities }) => identities.some(({ issuer }) => issuer === DEMO_ISSUER))
    .map((agent) => exampleFor(rules, agent, demoTarget))
    .find(({ credentials, calls }) => credentials !== undefined || calls !== undefined);
}

/** Who may read the audit, by the policies in force: somebody of a group that they let. */
function someoneForAudit({ config, policy }: Rules, agent: string): string | undefined {
  const { humans } = config.broker;
  if (humans?.issuer !== DEMO_ISSUER) return undefined;
  const id = humans.people.at(-1)?.id ?? 'someone@example.com';
  const resource = { type: 'Agent', id: agent } as const;
  const group = config.groups.find((name) => {
    const human = { id, groups: [name] };
    return policy.mayHuman({ human, action: 'audit', resource }).outcome === 'allowed';
  });
  return group === undefined ? undefined : `--human ${id} --groups ${group}`;
}

const JSON_HEADER = "-H 'content-type: application/json'";
const TASK_TOKEN = '-H "authorization: Bearer $TASK_TOKEN"';

function openingLines(
  { agent, credentials, calls, writes }: Example,
  { url }: WalkedBroker,
  flags: string,
): readonly string[] {
  const capabilities = [credentials, calls, writes].flatMap((one) =>
    one === undefined ? [] : [{ capability: one.capability, parameters: one.parameters }],
  );
  const wanted = JSON.stringify({ purpose: 'See how it works', capabilities });
  return [
    '# A token of the demo issuer proves the agent.',
    `TOKEN=$(npx bailiwick demo token ${agent}${flags})`,
    '# With it the agent opens a task: what for, and exactly what it needs.',
    `OPENED=$(curl -s ${url}/v1/tasks -H "authorization: Bearer $TOKEN" ${JSON_HEADER} -d '${wanted}')`,
    'echo "$OPENED"',
    `TASK=$(node -p 'JSON.parse(process.argv[1]).task.id' "$OPENED")`,
    `TASK_TOKEN=$(node -p 'JSON.parse(process.argv[1]).token' "$OPENED")`,
  ];
}

function credentialsLines({ capability }: Wanted, { url, aws }: WalkedBroker): readonly string[] {
  const ask = `curl -s ${url}/v1/tasks/$TASK/credentials ${TASK_TOKEN} ${JSON_HEADER}`;
  const outside = JSON.stringify({ capability: `${capability.split(':')[0]}:something-else` });
  return [
    `# Credentials for just that, and no longer than the task.${aws ? '' : ' These say that they are not real.'}`,
    `${ask} -d '${JSON.stringify({ capability })}'`,
    '# What the task does not cover is refused.',
    `${ask} -d '${outside}'`,
  ];
}

function callLines({ capability }: Wanted, { url, demoTarget }: WalkedBroker): readonly string[] {
  const call = `${url}/v1/tasks/$TASK/http/${capability.split(':')[0]}`;
  return [
    '# Or no credentials at all: the broker makes the call, puts the key in, and masks what comes back.',
    `curl -s ${call}/tickets/${DEMO_TICKET} ${TASK_TOKEN}`,
    '# What the target was sent, the key among it. That is for you alone, at the target itself.',
    `curl -s ${demoTarget}/seen`,
    '# The agent can not look: no route covers it, and what none covers never gets there.',
    `curl -s ${call}/seen ${TASK_TOKEN}`,
  ];
}

const REPLY = JSON.stringify({ text: 'We pay it back today.' });
const ASKED = (path: string) => `node -p 'JSON.parse(process.argv[1]).${path}' "$ASKED"`;

function writeLines(
  { capability, approver }: Written,
  { url }: WalkedBroker,
  flags: string,
): readonly string[] {
  const path = `${url}/v1/tasks/$TASK/http/${capability.split(':')[0]}/tickets/${DEMO_TICKET}/replies`;
  const as = `BAILIWICK_URL=${url} BAILIWICK_TOKEN=$APPROVER`;
  return [
    '# What a customer will read waits for people: nothing is sent yet. The broker prints who it asks, and their links.',
    `ASKED=$(curl -s ${path} ${TASK_TOKEN} ${JSON_HEADER} -d '${REPLY}')`,
    'echo "$ASKED"',
    '# Now open one of the links, where the broker runs, and click on Approve. Or decide here, as one who was asked.',
    `APPROVER=$(npx bailiwick demo token ${approver}${flags})`,
    `${as} npx bailiwick approvals show "$(${ASKED('approval.id')})"`,
    `${as} npx bailiwick approvals approve "$(${ASKED('approval.id')})" --reason 'He waits for it'`,
    '# Then it is sent, once, and the agent gets what the target answered.',
    `CALL=$(${ASKED('call')})`,
    `curl -s "${url}/v1/calls/$CALL?wait=20" ${TASK_TOKEN}`,
    `curl -s ${url}/v1/calls/$CALL/response ${TASK_TOKEN}`,
    // The target's own answer has no line end.
    'echo',
  ];
}

/** Lines to print: comments, and commands that work as they stand in a POSIX shell. Empty without a demo agent. */
export function walkLines(rules: Rules, walked: WalkedBroker): readonly string[] {
  const { url, data, demoTarget } = walked;
  const example = findExample(rules, demoTarget);
  if (example === undefined) return [];
  const { agent, credentials, calls, writes } = example;
  const flags = data === DEFAULT_DATA ? '' : ` --data ${quoted(data)}`;
  const person = someoneForAudit(rules, agent);
  return [
    ...openingLines(example, walked, flags),
    ...(credentials === undefined ? [] : credentialsLines(credentials, walked)),
    ...(calls === undefined ? [] : callLines(calls, walked)),
    ...(writes === undefined ? [] : writeLines(writes, walked, flags)),
    '# Done: nothing happens under the task from now on.',
    `curl -s -X POST ${url}/v1/tasks/$TASK/finish ${TASK_TOKEN}`,
    ...(person === undefined
      ? []
      : [
          '# All of it can be read back, by people whom policy lets.',
          `curl -s ${url}/v1/tasks/$TASK/events -H "authorization: Bearer $(npx bailiwick demo token ${person}${flags})"`,
        ]),
  ];
}
