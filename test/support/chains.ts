// Tasks under tasks: agents that may hand work on to each other, and chains of what they hand on.
import type { WantedDelegation } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Delegation, RequestedCapability, Task } from '../../src/tasks/index.ts';
import { HOUR, SECOND } from './clock.ts';
import { agentDefinition, awsCapability, awsTarget, type ConfigParts } from './config.ts';
import { createWorld, ISSUER_URL, PARTS, type World } from './world.ts';

/** One more than a chain may have. */
export const AGENTS = ['lead', 'scout', 'writer', 'checker', 'mailer', 'filer', 'clerk'] as const;
/** In no chain unless a test puts it there; it may do little, and not for long. */
export const OUTSIDER = 'outsider';

const PATH = { path: { pattern: '[a-z0-9][a-z0-9/-]{0,60}' } };

export const STORE = awsTarget('store', {
  capabilities: {
    read: awsCapability({
      parameters: PATH,
      statements: [
        { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme-store/${path}/*'] },
        {
          actions: ['s3:ListBucket'],
          resources: ['arn:aws:s3:::acme-store'],
          conditions: { StringLike: { 's3:prefix': '${path}/*' } },
        },
      ],
    }),
    list: awsCapability({
      statements: [{ actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::acme-store'] }],
    }),
    tagged: awsCapability({
      parameters: PATH,
      statements: [
        {
          actions: ['s3:GetObject'],
          resources: ['arn:aws:s3:::acme-store/*'],
          conditions: { StringEquals: { 's3:ExistingObjectTag/team': '${path}' } },
        },
      ],
    }),
    write: awsCapability({
      effect: 'write',
      parameters: PATH,
      statements: [{ actions: ['s3:PutObject'], resources: ['arn:aws:s3:::acme-store/${path}/*'] }],
    }),
  },
});

/** Its connector is still to come. */
const DESK = {
  id: 'desk',
  kind: 'ssh',
  environment: 'production',
  sensitivity: 'internal',
  owner: { team: 'Desk', email: 'desk@example.com' },
  capabilities: { read: { effect: 'read', impacts: [], parameters: PATH } },
} as const;

export const EVERYTHING = ['store:read', 'store:list', 'store:tagged', 'store:write', 'desk:read'];

export const CHAIN_PARTS: ConfigParts = {
  ...PARTS,
  agents: [
    ...AGENTS.map((id) => chainAgent(id, { capabilities: EVERYTHING, maxTaskSeconds: 8 * 3600 })),
    chainAgent(OUTSIDER, { capabilities: ['store:list', 'ledger:read'], maxTaskSeconds: 600 }),
  ],
  targets: [STORE, DESK, awsTarget('ledger')],
};

export function chainAgent(id: string, given: Parameters<typeof agentDefinition>[1]) {
  const identities = [{ issuer: ISSUER_URL, claims: { sub: id } }];
  return agentDefinition(id, { identities, ...given });
}

/** Whatever a config is like: one agent is another than it was. */
export function withAgent(id: string, given: object): ConfigParts {
  const agents = (CHAIN_PARTS.agents ?? []).map((agent) =>
    agent.id === id ? { ...agent, ...given } : agent,
  );
  return { ...CHAIN_PARTS, agents };
}

export interface Held {
  readonly task: Task;
  readonly token: string;
}

export const WHOLE: readonly RequestedCapability[] = [
  { capability: 'store:read', parameters: { path: 'a' } },
  { capability: 'store:list', parameters: {} },
];

export async function chainWorld(parts: Partial<ConfigParts> = {}): Promise<World> {
  const world = await createWorld();
  await world.use({ ...CHAIN_PARTS, ...parts });
  return world;
}

export const LIST: readonly RequestedCapability[] = [{ capability: 'store:list', parameters: {} }];

/** A delegation, or the test fails. */
export async function offered(
  world: World,
  { task, token }: Held,
  agent: string,
  wanted: Partial<WantedDelegation> = {},
): Promise<Delegation> {
  const answer = await world.delegate(task.id, token, { agent, capabilities: LIST, ...wanted });
  if (answer instanceof Refusal) throw new Error(`refused: ${answer.code} ${answer.detail}`);
  return answer;
}

/** What the agent is answered that would open its task with it. */
export function accept(
  world: World,
  { id, agent, capabilities }: Delegation,
  more: Parameters<World['open']>[0] = {},
) {
  return world.open({ token: world.agentToken(agent), capabilities, delegation: id, ...more });
}

/** The task of another agent under this one, or the test fails. */
export async function handedOn(
  world: World,
  above: Held,
  agent: string,
  wanted: Partial<WantedDelegation> = {},
): Promise<Held> {
  const opened = await accept(world, await offered(world, above, agent, wanted));
  if (opened instanceof Refusal) throw new Error(`refused: ${opened.code} ${opened.detail}`);
  return opened;
}

/** A task of each of these agents, each under the one before; all hold the same. */
export async function chainOf(
  world: World,
  agents: readonly string[],
  capabilities = WHOLE,
): Promise<readonly Held[]> {
  const [first = '', ...others] = agents;
  const root = await world.opened({
    token: world.agentToken(first),
    capabilities,
    requester: 'kim',
    ttlSeconds: (4 * HOUR) / SECOND,
  });
  const chain: Held[] = [root];
  for (const agent of others) {
    chain.push(await handedOn(world, chain.at(-1) ?? root, agent, { capabilities }));
  }
  return chain;
}
