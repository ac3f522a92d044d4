// Who alone may write the deny of a role at the moment, and what is remembered of it.
import { askedKey, type RoleDeny, roleDenyKey } from '../credentials/index.ts';
import type { CountedValue } from '../ports/records.ts';
import type { VendedRole } from '../ports/revoker.ts';
import { makeId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import type { BrokerDependencies } from './dependencies.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'clock' | 'ids'>;

const LEASE_MILLISECONDS = 90_000;
/** So much clocks differ at most. */
const SKEW_MILLISECONDS = 60_000;
/** So much of the lease must be left where the deny is written, so that nobody writes after another. */
const LEFT_MILLISECONDS = 30_000;
/** Less than asking is: an old state must not meet a counter that has begun anew. */
const KEPT_MILLISECONDS = 6 * 86_400_000;

/** Nobody has looked at that role yet, or not for long: what stands on it is not known. */
const UNKNOWN: RoleDeny = { done: 0, unknown: true };

export interface Held {
  readonly hash: string;
  readonly role: VendedRole;
  /** How often it had been asked for when the lease was taken. */
  readonly asked: number;
  /** As it was before. */
  readonly state: Omit<RoleDeny, 'lease'>;
  readonly version: number;
  readonly until: Date;
}

async function save(
  { records, clock }: Dependencies,
  hash: string,
  version: number,
  state: RoleDeny,
): Promise<boolean> {
  const options = { expiresAt: new Date(clock.now().getTime() + KEPT_MILLISECONDS) };
  const [key, value] = [roleDenyKey(hash), state as unknown as Json];
  return version === 0
    ? (await records.create(key, value, options)).created
    : records.replace(key, version, value, options);
}

/** How often it was asked to look at the role, which role that is, and what is remembered of it. */
export async function readRole({ records }: Pick<Dependencies, 'records'>, hash: string) {
  const [asked, state] = await records.read([askedKey(hash), roleDenyKey(hash)]);
  const counted = asked?.value as unknown as CountedValue | undefined;
  if (counted === undefined) return undefined;
  return {
    asked: counted.count,
    role: counted.last as unknown as VendedRole,
    state: (state?.value as unknown as RoleDeny | undefined) ?? UNKNOWN,
    version: state?.version ?? 0,
  };
}

export type FoundRole = NonNullable<Awaited<ReturnType<typeof readRole>>>;

/** Whether what stands on the role may not be what is recorded. */
export function isDue({ asked, state }: Pick<FoundRole, 'asked' | 'state'>, now: Date): boolean {
  return asked !== state.done || (state.again !== undefined && state.again <= now.toISOString());
}

/** One that reaches further ahead was taken by a clock that was wrong: it must not keep anything from being revoked until then. */
function isHeld(lease: RoleDeny['lease'], now: Date): boolean {
  const left = Date.parse(lease?.until ?? '') - now.getTime();
  return left > 0 && left <= LEASE_MILLISECONDS + SKEW_MILLISECONDS;
}

/** `busy` where another has it; undefined where nobody asked for that role since it was last seen to. */
export async function takeRole(dependencies: Dependencies, hash: string): Promise<Held | 'busy' | undefined> {
  const found = await readRole(dependencies, hash);
  const now = dependencies.clock.now();
  if (found === undefined || !isDue(found, now)) return undefined;
  const { lease, ...rest } = found.state;
  if (isHeld(lease, now)) return 'busy';
  const until = new Date(now.getTime() + LEASE_MILLISECONDS);
  const by = makeId('req', now, dependencies.ids.random(10));
  // Until it is released: whoever dies with it may have written.
  const taken: RoleDeny = { ...rest, unknown: true, lease: { by, until: until.toISOString() } };
  if (!(await save(dependencies, hash, found.version, taken))) return 'busy';
  return { hash, role: found.role, asked: found.asked, state: rest, version: found.version + 1, until };
}

/** Whether it may still be written by whoever holds it. */
export function mayStillWrite({ until }: Held, now: Date): boolean {
  return now.getTime() + LEFT_MILLISECONDS < until.getTime();
}

/** False where another has taken it meanwhile: then it is not certain which of the two wrote last. */
export async function releaseRole(
  dependencies: Dependencies,
  { hash, version }: Held,
  state: Omit<RoleDeny, 'lease'>,
): Promise<boolean> {
  return save(dependencies, hash, version, { ...state });
}
