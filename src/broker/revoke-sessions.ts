// The Revoker: makes the deny of a role fit what is recorded. One at a time writes it, whole, and looks again afterwards.
import { planDeny, type RoleDeny } from '../credentials/index.ts';
import type { NotRevoked, Revoker } from '../ports/revoker.ts';
import { sha256 } from '../shared/hash.ts';
import { askAgain } from './ask-revocation.ts';
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
/** Between two rounds, so that those who ask meanwhile are seen to together. */
const PAUSE_MILLISECONDS = 500;

const NO_ROOM = 'All that IAM takes as inline policies of a role is used up by tasks that are more urgent.';
const TOO_LATE: NotRevoked = {
  problem: 'unavailable',
  detail: 'Reading what is over took too long; it is tried again.',
};

interface Written {
  readonly denied: readonly EndedOnRole[];
  readonly waiting: readonly EndedOnRole[];
  /** As far as is known now. */
  readonly known: Pick<RoleDeny, 'document' | 'unknown'>;
  readonly problem?: NotRevoked;
}

/** IAM may give a document back in a spelling of its own. */
function hashOf(document: string): string {
  try {
    return sha256(JSON.stringify(JSON.parse(document)));
  } catch {
    return sha256(document);
  }
}

function known(document: string | undefined): Written['known'] {
  return document === undefined ? {} : { document: hashOf(document) };
}

/** What could not be done, and whether what stands is still what was written last. */
interface Failed {
  readonly problem: NotRevoked;
  readonly asWritten: boolean;
}

async function put(
  { revoker, clock }: RevokerDependencies,
  held: Held,
  document: string | undefined,
): Promise<Failed | undefined> {
  const found = await revoker.read(held.role);
  // Without an answer, what was true is taken to be true still. Where the answer is no, nothing is.
  if ('problem' in found) return { problem: found, asWritten: found.problem === 'unavailable' };
  const stands = known(found.document).document;
  if (stands === known(document).document) return undefined;
  const asWritten = stands !== undefined && stands === held.state.document;
  if (!mayStillWrite(held, clock.now())) return { problem: TOO_LATE, asWritten };
  const written = await revoker.write(held.role, document);
  return written === 'written' ? undefined : { problem: written, asWritten };
}

/** Of those that were denied before, all are, or none is any more. */
function unwritten(held: Held, ended: readonly EndedOnRole[], { problem, asWritten }: Failed): Written {
  const { document, unknown } = held.state;
  const stillDenied = ({ since }: EndedOnRole) => asWritten && since !== undefined;
  return {
    denied: ended.filter(stillDenied),
    waiting: ended.filter((task) => !stillDenied(task)),
    known: {
      ...(document === undefined ? {} : { document }),
      ...(unknown === undefined ? {} : { unknown }),
    },
    problem,
  };
}

async function write(
  dependencies: RevokerDependencies,
  held: Held,
  { ended, live }: SessionsOnRole,
  now: Date,
): Promise<Written> {
  const { state } = held;
  let room: number | undefined;
  for (;;) {
    const { document, denied } = planDeny(ended, live, now, room);
    const written = {
      denied: ended.filter(({ task }) => denied.has(task)),
      waiting: ended.filter(({ task }) => !denied.has(task)),
      known: known(document),
    };
    // What ends by itself is nothing to trouble IAM with.
    if (document === undefined && state.document === undefined && state.unknown === undefined) return written;
    const failed = await put(dependencies, held, document);
    if (failed === undefined) return written;
    // Once: the role's other policies were not known of before.
    if (room !== undefined || failed.problem.room === undefined) return unwritten(held, ended, failed);
    room = failed.problem.room;
  }
}

/** A deny that somebody else took away is found missing after this long, at the latest. */
const LOOK_AGAIN_AFTER = 5 * 60_000;

/** What waits is tried every minute; what stands shrinks as soon as something in it ends by itself. */
function lookAgain({ known: stands, denied, waiting, problem }: Written, now: Date): Pick<RoleDeny, 'again'> {
  if (waiting.length > 0 || (problem !== undefined && stands.document !== undefined)) {
    return { again: now.toISOString() };
  }
  if (stands.document === undefined) return {};
  const ends = denied.reduce((least, { endsBy }) => Math.min(least, endsBy.getTime()), Number.MAX_VALUE);
  return { again: new Date(Math.min(now.getTime() + LOOK_AGAIN_AFTER, ends)).toISOString() };
}

async function round(dependencies: RevokerDependencies, held: Held): Promise<RoleOutcome> {
  const { clock, log } = dependencies;
  // Taken before anything is read: whatever is issued from now on is issued after it.
  const now = clock.now();
  const written = await write(dependencies, held, await sessionsOn(dependencies, held.hash), now);
  const { denied, waiting, problem } = written;
  await tellDenies(dependencies, denied, 'inForce', held.role);
  await tellDenies(dependencies, waiting, 'waiting', held.role, problem?.detail ?? NO_ROOM);
  const waits = waiting.length > 0 || (problem !== undefined && held.state.document !== undefined);
  if (waits) log.error('revocation waits', { count: waiting.length, reason: problem?.problem ?? 'noRoom' });
  const state = { done: held.asked, ...written.known, ...lookAgain(written, now) };
  // Another took over: which of the two wrote last is for a third to find out.
  if (!(await releaseRole(dependencies, held, state))) await askAgain(dependencies, held.role);
  return waits ? 'waiting' : 'settled';
}

/** A store that fails leaves it to the next one to begin anew, and to begin at once. */
async function roundOrLetGo(dependencies: RevokerDependencies, held: Held): Promise<RoleOutcome> {
  try {
    return await round(dependencies, held);
  } catch (error) {
    await releaseRole(dependencies, held, { ...held.state, unknown: true }).catch(() => false);
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
    await dependencies.clock.sleep(PAUSE_MILLISECONDS);
  }
  return outcome;
}
