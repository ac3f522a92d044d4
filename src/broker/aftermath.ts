// What becomes of everything under a task that is over: the credentials that are out, and the tasks below. However much
// there is of it, looking takes no longer than a request may.
import { roleHash, type TaskDeny, taskDenyKey } from '../credentials/index.ts';
import type { StoredRecord } from '../ports/records.ts';
import type { VendedRole } from '../ports/revoker.ts';
import {
  CALLS_PREFIX,
  type Call,
  CHILDREN_PREFIX,
  type Task,
  type TaskRecord,
  taskKey,
} from '../tasks/index.ts';
import type { BrokerDependencies } from './dependencies.ts';

/**
 * `none`: there never were any that worked. `pending`: some still work, or may, until the task's deadline at the
 * latest. `inForce`: there were, and none works any more.
 */
export type Revocation = 'none' | 'pending' | 'inForce';

export interface Aftermath {
  readonly revocation: Revocation;
  /** The tasks below it that were not over before, each after the one above it. */
  readonly below: readonly string[];
  /** Left out where those are all. There are more than were looked at; they are over just the same. */
  readonly belowIncomplete?: true;
}

/** What became of them, and the roles whose sessions are to be denied to them; unless those may be any. */
export interface FoundAftermath {
  readonly aftermath: Aftermath;
  readonly roles: readonly VendedRole[] | 'any';
}

type Dependencies = Pick<BrokerDependencies, 'records' | 'clock'>;
type Looked = Pick<Task, 'id' | 'expiresAt' | 'ended'>;

const MOST_TASKS = 500;
const MOST_MILLISECONDS = 5000;
const AT_ONCE = 20;
const PAGE = 500;
const MOST_PAGES = 10;

/** Records of a task's partition, page by page; the last may say that there would be more. */
async function* pages({ records }: Dependencies, task: string, prefix: string) {
  let cursor: string | undefined;
  for (let page = 1; ; page += 1) {
    const listed = await records.list(taskKey(task).partition, prefix, {
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    cursor = listed.cursor;
    const cut = cursor !== undefined && page === MOST_PAGES;
    yield { items: listed.items, cut };
    if (cursor === undefined || cut) return;
  }
}

/** A task's sessions that may work, and how it stands with their denial. */
interface OwnSessions {
  /** Whether there are more calls than were looked at. */
  readonly incomplete: boolean;
  readonly revocation: Revocation;
  readonly roles: readonly VendedRole[];
}

/** Calls whose sessions may work by now, or come to; and whether there ever were real ones. */
async function workingCalls(dependencies: Dependencies, task: Looked) {
  const now = dependencies.clock.now().toISOString();
  const working: Call[] = [];
  let were = false;
  let incomplete = false;
  for await (const { items, cut } of pages(dependencies, task.id, CALLS_PREFIX)) {
    for (const { value } of items) {
      const call = value as unknown as Call;
      if (call.task !== task.id) continue;
      const { status, session } = call;
      were ||= session?.real === true;
      // One that is under way may yet bring a session. No session outlasts its task.
      const underWay = (status === 'requested' || status === 'executing') && now < task.expiresAt;
      if (underWay || (session?.real === true && now < session.expiresAt)) working.push(call);
    }
    incomplete ||= cut && now < task.expiresAt;
  }
  return { working, were, incomplete };
}

/** Whether the Revoker has told that the task's sessions are denied on all of these roles. */
async function allDenied(
  { records }: Dependencies,
  task: string,
  roles: readonly string[],
): Promise<boolean> {
  const found = await records.read(roles.map((role) => taskDenyKey(task, role)));
  return found.every((record) => (record?.value as unknown as TaskDeny | undefined)?.state === 'inForce');
}

async function ownSessions(dependencies: Dependencies, task: Looked): Promise<OwnSessions> {
  const { working, were, incomplete } = await workingCalls(dependencies, task);
  const roles = new Map(working.flatMap(({ role }) => (role === undefined ? [] : [[roleHash(role), role]])));
  const found = { roles: [...roles.values()], incomplete };
  if (working.length === 0 && !incomplete) return { ...found, revocation: were ? 'inForce' : 'none' };
  const known = !incomplete && working.every(({ role }) => role !== undefined);
  const denied = known && (await allDenied(dependencies, task.id, [...roles.keys()]));
  return { ...found, revocation: denied ? 'inForce' : 'pending' };
}

/** A child that was claimed and never opened is none, nor is one that is no longer kept. */
function childIn(record: StoredRecord | undefined, parent: string): Task | undefined {
  const child = record?.value as unknown as TaskRecord | undefined;
  // Its own record says its id: where its opening was begun twice with one Idempotency-Key, what the task above
  // remembers may be that of another time.
  return child !== undefined && child.status !== 'refused' && child.ancestors.at(-1)?.task === parent
    ? child
    : undefined;
}

async function childrenOf(dependencies: Dependencies, task: Looked) {
  const children: Task[] = [];
  for await (const { items, cut } of pages(dependencies, task.id, CHILDREN_PREFIX)) {
    const keys = items.map(({ value }) => taskKey((value as { readonly task: string }).task));
    for (let from = 0; from < keys.length; from += 100) {
      const records = await dependencies.records.read(keys.slice(from, from + 100));
      children.push(...records.flatMap((record) => childIn(record, task.id) ?? []));
      if (children.length > MOST_TASKS) return { children, cut: true };
    }
    if (cut) return { children, cut };
  }
  return { children, cut: false };
}

const RANK = { none: 0, inForce: 1, pending: 2 } as const;

function worse(a: Revocation, b: Revocation): Revocation {
  return RANK[a] >= RANK[b] ? a : b;
}

function wasOpen({ ended, expiresAt }: Task, at: string): boolean {
  return at < expiresAt && (ended === undefined || at <= ended.at);
}

/** Level by level. What could not be looked at in time counts as `pending`. */
export async function aftermathOf(dependencies: Dependencies, task: Looked): Promise<FoundAftermath> {
  const { clock } = dependencies;
  const at = task.ended?.at ?? task.expiresAt;
  const until = clock.now().getTime() + MOST_MILLISECONDS;
  const below: string[] = [];
  const waiting: Looked[] = [task];
  /** What was over before took all below it with it then. */
  const before = new Set<string>();
  const roles = new Map<string, VendedRole>();
  let revocation: Revocation = 'none';
  let incomplete = false;
  let anyRole = false;
  for (let looked = 0; waiting.length > 0; looked += AT_ONCE) {
    incomplete ||= looked >= MOST_TASKS || clock.now().getTime() >= until;
    if (incomplete) break;
    const some = waiting.splice(0, AT_ONCE);
    const each = some.map(async (one) => ({
      id: one.id,
      own: await ownSessions(dependencies, one),
      ...(await childrenOf(dependencies, one)),
    }));
    for (const { id: above, own, children, cut } of await Promise.all(each)) {
      revocation = worse(revocation, own.revocation);
      anyRole ||= own.incomplete;
      for (const role of own.roles) roles.set(role.roleArn, role);
      incomplete ||= cut;
      for (const child of children) {
        if (!before.has(above) && wasOpen(child, at)) below.push(child.id);
        else before.add(child.id);
      }
      waiting.push(...children);
    }
  }
  const aftermath: Aftermath = incomplete
    ? { revocation: 'pending', below, belowIncomplete: true }
    : { revocation, below };
  return { aftermath, roles: incomplete || anyRole ? 'any' : [...roles.values()] };
}
