// The Revoker: makes the deny of a role fit what is recorded. One at a time writes it, whole, and looks again afterwards.
import { planDeny, type RoleDeny } from '../credentials/index.ts';
import type { NotRevoked, Revoker } from '../ports/revoker.ts';
import { askRevocation } from './ask-revocation.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { type Held, mayStillWrite, readRole, releaseRole, takeRole } from './role-lease.ts';
import { type EndedOnRole, type SessionsOnRole, sessionsOn } from './sessions-on-role.ts';
import { tellDenies } from './tell-denied.ts';

export type RevokerDependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'ids' | 'log'> & {
  readonly revoker: Revoker;
};

/**
 * `settled`: the deny fits all that was recorded when it was asked for. `busy`: somebody else is at it, and sees what
 * was asked for. `waiting`: tasks are over whose sessions are not denied.
 */
export type RoleOutcome = 'settled' | 'busy' | 'waiting';

/** Whoever keeps asking meanwhile is seen to by those who come after. */
const MOST_ROUNDS = 5;

const NO_ROOM = 'All that IAM takes as inline policies of a role is used up by tasks that are more urgent.';
const TOO_LATE: NotRevoked = {
  problem: 'unavailable',
  detail: 'Reading what is over took too long; it is tried again.',
};

interface Written {
  readonly stands: boolean;
  readonly denied: readonly EndedOnRole[];
  readonly waiting: readonly EndedOnRole[];
  readonly problem?: NotRevoked;
}

/** IAM may give a document back in a spelling of its own. */
function isSame(stands: string | undefined, wanted: string | undefined): boolean {
  if (stands === undefined || wanted === undefined) return stands === wanted;
  try {
    return JSON.stringify(JSON.parse(stands)) === JSON.stringify(JSON.parse(wanted));
  } catch {
    return false;
  }
}

async function put(
  { revoker, clock }: RevokerDependencies,
  held: Held,
  document: string | undefined,
): Promise<NotRevoked | undefined> {
  const found = await revoker.read(held.role);
  if ('problem' in found) return found;
  if (isSame(found.document, document)) return undefined;
  if (!mayStillWrite(held, clock.now())) return TOO_LATE;
  const written = await revoker.write(held.role, document);
  return written === 'written' ? undefined : written;
}

/** What was denied before stays so where the new document could not be written. */
function unwritten(ended: readonly EndedOnRole[], problem: NotRevoked): Written {
  return {
    stands: true,
    denied: ended.filter(({ since }) => since !== undefined),
    waiting: ended.filter(({ since }) => since === undefined),
    problem,
  };
}

async function write(
  dependencies: RevokerDependencies,
  held: Held,
  { ended, live }: SessionsOnRole,
  now: Date,
): Promise<Written> {
  let room: number | undefined;
  for (;;) {
    const { document, denied } = planDeny(ended, live, now, room);
    const written = {
      stands: document !== undefined,
      denied: ended.filter(({ task }) => denied.has(task)),
      waiting: ended.filter(({ task }) => !denied.has(task)),
    };
    // What ends by itself is nothing to trouble IAM with.
    if (document === undefined && !held.state.stands) return written;
    const problem = await put(dependencies, held, document);
    if (problem === undefined) return written;
    // Once: the role's other policies were not known of before.
    if (room !== undefined || problem.room === undefined) return unwritten(ended, problem);
    room = problem.room;
  }
}

/** A deny that somebody else took away is found missing after this long, at the latest. */
const LOOK_AGAIN_AFTER = 5 * 60_000;

/** What waits is tried every minute; what stands shrinks as soon as something in it ends by itself. */
function lookAgain({ stands, denied, waiting }: Written, now: Date): Pick<RoleDeny, 'again'> {
  if (waiting.length > 0) return { again: now.toISOString() };
  if (!stands) return {};
  const ends = denied.map(({ endsBy }) => endsBy.getTime());
  return { again: new Date(Math.min(now.getTime() + LOOK_AGAIN_AFTER, ...ends)).toISOString() };
}

async function round(dependencies: RevokerDependencies, held: Held): Promise<RoleOutcome> {
  const { clock, log } = dependencies;
  // Taken before anything is read: whatever is issued from now on is issued after it.
  const now = clock.now();
  const written = await write(dependencies, held, await sessionsOn(dependencies, held.hash), now);
  const { stands, denied, waiting, problem } = written;
  await tellDenies(dependencies, denied, 'inForce', held.role);
  await tellDenies(dependencies, waiting, 'waiting', held.role, problem?.detail ?? NO_ROOM);
  if (waiting.length > 0) {
    log.error('revocation waits', { count: waiting.length, reason: problem?.problem ?? 'noRoom' });
  }
  const state = { done: held.asked, stands, ...lookAgain(written, now) };
  // Another took over: which of the two wrote last is for a third to find out.
  if (!(await releaseRole(dependencies, held, state))) await askRevocation(dependencies, [held.role]);
  return waiting.length > 0 ? 'waiting' : 'settled';
}

/** A store that fails leaves it to the next one to begin anew, and to begin at once. */
async function roundOrLetGo(dependencies: RevokerDependencies, held: Held): Promise<RoleOutcome> {
  try {
    return await round(dependencies, held);
  } catch (error) {
    const { lease: _, ...state } = held.state;
    await releaseRole(dependencies, held, { ...state, stands: true }).catch(() => false);
    throw error;
  }
}

/** Until nobody has asked for it meanwhile. */
export async function revokeSessions(dependencies: RevokerDependencies, role: string): Promise<RoleOutcome> {
  let outcome: RoleOutcome = 'settled';
  for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
    const held = await takeRole(dependencies, role);
    if (held === undefined) return outcome;
    if (held === 'busy') return rounds === 0 ? 'busy' : outcome;
    outcome = await roundOrLetGo(dependencies, held);
    const after = await readRole(dependencies, role);
    if (after === undefined || after.asked === held.asked) return outcome;
  }
  return outcome;
}
