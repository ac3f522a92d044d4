// HTTP calls of targets in a world whose files know some: asked as an agent asks, and looked at as the audit does.
import {
  type Awaiting,
  isAwaiting,
  type MadeCall,
  makeCall,
  type WantedHttp,
} from '../../src/broker/index.ts';
import type { HttpTarget } from '../../src/config/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Parameters } from '../../src/tasks/index.ts';
import { agentDefinition, type ConfigParts, httpCapability, httpTarget } from './config.ts';
import { AGENT, createWorld, ISSUER_URL, PARTS, TARGETS, type World } from './world.ts';

const ID = { id: { pattern: '[0-9]{1,6}' } };

/** Reads, a read that is bound to one ticket, a write, and one that policy asks a person about. */
export const TICKETS = httpTarget('tickets', {
  capabilities: {
    read: httpCapability({ exportAbove: { bytes: 10_000 } }),
    one: httpCapability({
      parameters: ID,
      routes: [{ route: 'GET /tickets/{id}/notes', otherFields: false }],
    }),
    write: httpCapability({
      effect: 'write',
      routes: [{ route: 'PUT /tickets/{id}', otherFields: false }],
    }),
    drop: httpCapability({
      effect: 'write',
      impacts: ['destroy'],
      routes: [{ route: 'DELETE /tickets/{id}', otherFields: false }],
    }),
  },
});

const CEILING = ['read', 'one', 'write', 'drop'].map((name) => `tickets:${name}`);

export function partsWith(target: HttpTarget = TICKETS, others: Partial<ConfigParts> = {}): ConfigParts {
  const capabilities = [...CEILING, 'reports:read', 'reports:list'];
  const identities = [{ issuer: ISSUER_URL, claims: { sub: AGENT } }];
  const agents = [agentDefinition(AGENT, { identities, capabilities, environment: 'production' })];
  return { ...PARTS, agents, targets: [...TARGETS, target], ...others };
}

export async function worldWithTickets(target?: HttpTarget, others?: Partial<ConfigParts>): Promise<World> {
  const world = await createWorld();
  await world.use(partsWith(target, others));
  return world;
}

export interface AskedCall extends Partial<WantedHttp> {
  readonly task?: string;
  readonly token?: string | undefined;
  readonly key?: string;
  readonly address?: string;
  readonly proof?: string | undefined;
}

/** A task that holds these capabilities, or the test fails. */
export function openFor(
  world: World,
  ...capabilities: readonly (string | { readonly capability: string; readonly parameters: Parameters })[]
) {
  const wanted = capabilities.map((one) =>
    typeof one === 'string' ? { capability: one, parameters: {} } : one,
  );
  return world.opened({ capabilities: wanted });
}

export function call(
  world: World,
  { task, token }: { readonly task: { readonly id: string }; readonly token: string },
  { key, address, proof, ...given }: AskedCall = {},
): Promise<MadeCall | Awaiting | Refusal> {
  const wanted: WantedHttp = {
    ...{ target: 'tickets', method: 'GET', path: '/tickets/42', query: [], headers: [] },
    ...{ body: undefined, asExport: false },
    ...given,
  };
  const path = `/v1/tasks/${task.id}/http/${wanted.target}${wanted.path}`;
  const { headers: _, body, ...rest } = wanted;
  const hashed = { ...rest, body: body === undefined ? '' : Buffer.from(body).toString('base64') };
  const caller = world.caller(path, hashed, {
    token: given.token ?? token,
    ...(key === undefined ? {} : { key }),
    ...(address === undefined ? {} : { address }),
    ...{ proof },
  });
  const facts = { ...caller.facts, method: wanted.method, route: '/v1/tasks/{task}/http/{target}/{path+}' };
  return makeCall(world.dependencies, { ...caller, facts, masked: new Map() }, task.id, wanted);
}

/** The answer, or the test fails. */
export async function made(...given: Given<typeof call>): Promise<MadeCall> {
  const answer = await call(...given);
  if (answer instanceof Refusal) throw new Error(`refused: ${answer.code} ${answer.detail}`);
  if (isAwaiting(answer)) throw new Error(`waits for approval: ${answer.approval.id}`);
  return answer;
}

type Given<F extends (...given: never[]) => unknown> = F extends (...given: infer G) => unknown ? G : never;
