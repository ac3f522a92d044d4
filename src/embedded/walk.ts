// The short walk that a newcomer is shown: commands to copy, made from the rules in force.
import type { Rules } from '../broker/index.ts';
import { type AgentDefinition, type Capability, type Config, DEMO_ISSUER } from '../config/index.ts';

export const DEFAULT_DATA = '.bailiwick';

export interface WalkedBroker {
  readonly url: string;
  /** Its data directory, as it was named. */
  readonly data: string;
  /** Whether its credentials are STS's. */
  readonly aws: boolean;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

interface Example {
  readonly agent: string;
  readonly capability: string;
  readonly parameters: Readonly<Record<string, string>>;
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

function exampleFor(config: Config, agent: AgentDefinition): Example | undefined {
  for (const capability of agent.capabilities) {
    const [target = '', name = ''] = capability.split(':');
    const { kind, capabilities = {} } = config.targets[target] ?? {};
    const definition = capabilities[name];
    if (kind !== 'aws' || definition?.effect !== 'read') continue;
    const parameters = sampleParameters(definition);
    if (parameters !== undefined) return { agent: agent.id, capability, parameters };
  }
  return undefined;
}

function findExample(config: Config): Example | undefined {
  return Object.values(config.agents)
    .filter(({ identities }) => identities.some(({ issuer }) => issuer === DEMO_ISSUER))
    .map((agent) => exampleFor(config, agent))
    .find((example) => example !== undefined);
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

/** Lines to print: comments, and commands that work as they stand in a POSIX shell. Empty without a demo agent. */
export function walkLines(rules: Rules, { url, data, aws }: WalkedBroker): readonly string[] {
  const example = findExample(rules.config);
  if (example === undefined) return [];
  const { agent, capability, parameters } = example;
  const flags = data === DEFAULT_DATA ? '' : ` --data ${quoted(data)}`;
  const wanted = JSON.stringify({ purpose: 'See how it works', capabilities: [{ capability, parameters }] });
  const json = "-H 'content-type: application/json'";
  const person = someoneForAudit(rules, agent);
  const outside = JSON.stringify({ capability: `${capability.split(':')[0]}:something-else` });
  return [
    '# A token of the demo issuer proves the agent.',
    `TOKEN=$(npx bailiwick demo token ${agent}${flags})`,
    '# With it the agent opens a task: what for, and exactly what it needs.',
    `OPENED=$(curl -s ${url}/v1/tasks -H "authorization: Bearer $TOKEN" ${json} -d '${wanted}')`,
    'echo "$OPENED"',
    `TASK=$(node -p 'JSON.parse(process.argv[1]).task.id' "$OPENED")`,
    `TASK_TOKEN=$(node -p 'JSON.parse(process.argv[1]).token' "$OPENED")`,
    `# Credentials for just that, and no longer than the task.${aws ? '' : ' These say that they are not real.'}`,
    `curl -s ${url}/v1/tasks/$TASK/credentials -H "authorization: Bearer $TASK_TOKEN" ${json} -d '${JSON.stringify({ capability })}'`,
    '# What the task does not cover is refused.',
    `curl -s ${url}/v1/tasks/$TASK/credentials -H "authorization: Bearer $TASK_TOKEN" ${json} -d '${outside}'`,
    '# Done: nothing happens under the task from now on.',
    `curl -s -X POST ${url}/v1/tasks/$TASK/finish -H "authorization: Bearer $TASK_TOKEN"`,
    ...(person === undefined
      ? []
      : [
          '# All of it can be read back, by people whom policy lets.',
          `curl -s ${url}/v1/tasks/$TASK/events -H "authorization: Bearer $(npx bailiwick demo token ${person}${flags})"`,
        ]),
  ];
}
