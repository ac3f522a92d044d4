// The short walk that a newcomer is shown: commands to copy, made from the rules in force.
import type { Rules } from '../broker/index.ts';
import {
  type AgentDefinition,
  type Capability,
  type Config,
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
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
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

/** What binds a part of the path to the task is no example for a path that is fixed. */
function isDemoExample(target: TargetDefinition, name: string, demoTarget: string | undefined): boolean {
  if (target.kind !== 'http' || target.connection.baseUrl !== demoTarget) return false;
  const { effect, parameters = {}, routes = [] } = target.capabilities[name] ?? {};
  const covers = routes.some(({ route }) => route === 'GET /tickets/{id}');
  return effect === 'read' && covers && Object.keys(parameters).length === 0;
}

function exampleFor({ targets }: Config, agent: AgentDefinition, demoTarget: string | undefined): Example {
  const known = agent.capabilities.flatMap((capability) => {
    const [id = '', name = ''] = capability.split(':');
    const target = targets[id];
    return target === undefined ? [] : [{ capability, name, target }];
  });
  const [credentials] = known.flatMap(({ capability, name, target }) => {
    const parameters = awsExample(target, name);
    return parameters === undefined ? [] : [{ capability, parameters }];
  });
  const calls = known.find(({ name, target }) => isDemoExample(target, name, demoTarget));
  return {
    agent: agent.id,
    ...(credentials === undefined ? {} : { credentials }),
    ...(calls === undefined ? {} : { calls: { capability: calls.capability } }),
  };
}

function findExample(config: Config, demoTarget: string | undefined): Example | undefined {
  return Object.values(config.agents)
    .filter(({ identities }) => identities.some(({ issuer }) => issuer === DEMO_ISSUER))
    .map((agent) => exampleFor(config, agent, demoTarget))
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
  { agent, credentials, calls }: Example,
  { url }: WalkedBroker,
  flags: string,
): readonly string[] {
  const capabilities = [credentials, calls].filter((one) => one !== undefined);
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

/** Lines to print: comments, and commands that work as they stand in a POSIX shell. Empty without a demo agent. */
export function walkLines(rules: Rules, walked: WalkedBroker): readonly string[] {
  const { url, data, demoTarget } = walked;
  const example = findExample(rules.config, demoTarget);
  if (example === undefined) return [];
  const { agent, credentials, calls } = example;
  const flags = data === DEFAULT_DATA ? '' : ` --data ${quoted(data)}`;
  const person = someoneForAudit(rules, agent);
  return [
    ...openingLines(example, walked, flags),
    ...(credentials === undefined ? [] : credentialsLines(credentials, walked)),
    ...(calls === undefined ? [] : callLines(calls, walked)),
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
