// Operations that wait for people in a world whose files know some people: asked for, decided, and driven to their end.
import { type Approval, approvalKey } from '../../src/approvals/index.ts';
import { type Awaiting, decideApproval, isAwaiting } from '../../src/broker/index.ts';
import type { Person } from '../../src/config/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { type Call, callKey } from '../../src/tasks/index.ts';
import { type ConfigParts, humanSettings } from './config.ts';
import { type AskedCall, call, openFor, partsWith, TICKETS } from './http-calls.ts';
import { createWorld, DEFAULT_POLICIES, ISSUER_URL, type World } from './world.ts';

export const OWNER = 'olga@example.com';
export const KIM = 'kim@example.com';
export const LEE = 'lee@example.com';
export const BOTH = 'bo@example.com';
/** Nothing that policy lets decide. */
export const GUEST = 'guest@example.com';

export const PEOPLE: readonly Person[] = [
  { id: KIM, name: 'Kim', groups: ['security'], slack: 'U0KIM' },
  { id: LEE, name: 'Lee', groups: ['owners'], slack: 'U0LEE' },
  { id: BOTH, name: 'Bo', groups: ['owners', 'security'], slack: 'U0BO' },
  { id: OWNER, name: 'Olga', groups: ['owners', 'security'], slack: 'U0OLGA' },
  { id: GUEST, name: 'Guest', groups: ['guests'], slack: 'U0GUEST' },
];

export const DECIDERS = `permit (principal in Group::"security", action == Action::"approve", resource);
permit (principal in Group::"owners", action == Action::"approve", resource);`;

export const POLICIES = `${DEFAULT_POLICIES}\n${DECIDERS}`;

/** What agents do needs what is said here, and nothing else. */
export function needing(condition: string): string {
  const operate = 'permit (principal in Group::"operators", action in [Action::"contain"], resource);';
  return `permit (principal is Agent, action, resource) when { ${condition} };\n${DECIDERS}\n${operate}`;
}

export const GROUPS = ['operators', 'security', 'owners', 'guests'];

/** With an agent that one of the people answers for. */
export function approvalParts(others: Partial<ConfigParts> = {}): ConfigParts {
  const parts = partsWith(TICKETS, { policies: POLICIES, groups: GROUPS });
  const agents = (parts.agents ?? []).map((agent) => ({
    ...agent,
    owner: { team: 'Data', email: 'data@example.com', people: [OWNER] },
    capabilities: [...agent.capabilities, 'reports:write', 'reports:purge'],
  }));
  const humans = humanSettings({ issuer: ISSUER_URL, people: PEOPLE });
  return { ...parts, agents, humans, ...others };
}

export async function approvalWorld(others: Partial<ConfigParts> = {}): Promise<World> {
  const world = await createWorld();
  await world.use(approvalParts(others));
  return world;
}

export interface Waits extends Awaiting {
  readonly task: { readonly id: string };
  readonly token: string;
}

export const DROP: AskedCall = { method: 'DELETE' };

export function awaited(answer: unknown): Awaiting {
  if (answer instanceof Refusal) throw new Error(`refused: ${answer.code} ${answer.detail}`);
  if (typeof answer !== 'object' || answer === null || !isAwaiting(answer))
    throw new Error('it does not wait');
  return answer;
}

/** A call that waits for people, its workflow having asked them. */
export async function waiting(world: World, asked: AskedCall = DROP): Promise<Waits> {
  const { task, token } = await openFor(world, 'tickets:drop', 'tickets:read');
  const waits = awaited(await call(world, { task, token }, asked));
  world.clock.advance(2);
  await world.drive(waits.approval.id);
  return { ...waits, task, token };
}

interface Said {
  readonly decision?: 'approve' | 'deny';
  readonly reason?: string;
  readonly channel?: 'api' | 'link' | 'login' | 'slack';
  readonly groups?: readonly string[];
}

const REQUEST = { id: 'req-of-a-person', method: 'POST', route: '/r', sourceAddress: '192.0.2.9' };

/** As any of the ways does that make sure of who it is. */
export function decide(world: World, approval: string, id: string, said: Said = {}) {
  world.clock.advance(1);
  const known = PEOPLE.find((person) => person.id === id);
  const { groups = known?.groups ?? ['security'], channel = 'api', decision = 'approve', reason } = said;
  const approver = { id, groups, channel, ...(known?.name === undefined ? {} : { name: known.name }) };
  return decideApproval(world.dependencies, approver, approval, { decision, reason }, REQUEST);
}

export async function approvalIn(world: World, id: string): Promise<Approval> {
  const [record] = await world.records.read([approvalKey(id)]);
  return record?.value as unknown as Approval;
}

export async function callIn(world: World, { task, call: id }: Pick<Waits, 'task' | 'call'>): Promise<Call> {
  const [record] = await world.records.read([callKey(task.id, id)]);
  return record?.value as unknown as Call;
}

/** What waits sealed. */
export function sealedIn(world: World): readonly string[] {
  return [...world.outside.objects.kept.keys()].filter((key) => key.includes('/sealed/'));
}

/** The types of what was told of a call, in order. */
export function toldOf(world: World, { call: id }: Pick<Waits, 'call'>): readonly string[] {
  return world.told().flatMap(({ call: of, type }) => (of === id ? [String(type)] : []));
}
