// What people may do to agents, tasks and the broker: the person whom a token proves, and whether policy lets them.
import type { ProvenHuman } from '../identity/index.ts';
import type { OperatorQuestion, Permission } from '../policy/index.ts';
import type { StoredRecord } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import { goingOn } from '../shared/going-on.ts';
import { makeId, tailFrom, tailOf } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { type Caller, callingHuman } from './caller.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import { MISMATCH } from './refusals.ts';
import type { Watching } from './refused-tokens.ts';

export type Operating = Watching & Pick<BrokerDependencies, 'records' | 'told' | 'keySets' | 'rules'>;

export interface Operator {
  readonly human: ProvenHuman;
  readonly rules: Rules;
}

export async function operatorOf(dependencies: Operating, caller: Caller): Promise<Operator | Refusal> {
  const rules = await dependencies.rules();
  const human = await callingHuman(dependencies, rules, caller);
  return human instanceof Refusal ? human : { human, rules };
}

type Action = OperatorQuestion['action'];
type Resource = OperatorQuestion['resource'];

const DOES: Readonly<Record<Action, string>> = {
  contain: 'Containing agents and tasks needs `contain` in policy.',
  restore: 'Restoring agents needs `restore` in policy.',
  audit: 'Reading the audit needs `audit` in policy.',
};

/** Undefined where policy lets them. */
export function notPermitted(
  { human, rules }: Operator,
  action: Action,
  resource: Resource,
): Refusal | undefined {
  const decision = rules.policy.mayHuman({ human, action, resource });
  return decision.outcome === 'allowed'
    ? undefined
    : new Refusal('not_permitted', DOES[action], { decision });
}

/** Why policy lets them, as the event of what they do says it. */
export function permissionOf(
  { human: { id, groups }, rules }: Operator,
  action: Action,
  resource: Resource,
): Permission {
  const input = { human: { id, groups }, action, resource };
  return { decision: rules.policy.mayHuman(input), input };
}

const DAY = 86_400_000;
const POLL_MILLISECONDS = 200;
/** No request is at work for longer. Whoever repeats it waits for so long, and then does what it left undone. */
const UNDER_WAY_MILLISECONDS = 25_000;

interface Remembered {
  readonly requestHash: string;
  readonly begunAt: string;
  /** `failed` lets the next one try: nothing was done, or it can't be told. */
  readonly state: 'begun' | 'done' | 'failed';
}

/** The record of the first request with a key, once that has ended, by whatever way. */
async function ended(
  { records, clock }: Pick<Operating, 'records' | 'clock'>,
  first: StoredRecord,
): Promise<StoredRecord> {
  // It may have been begun by a clock that was ahead.
  const time = goingOn(clock);
  const end = time() + UNDER_WAY_MILLISECONDS;
  let current = first;
  for (;;) {
    const { state, begunAt } = current.value as unknown as Remembered;
    const isLost = clock.now().getTime() >= Date.parse(begunAt) + UNDER_WAY_MILLISECONDS;
    if (state !== 'begun' || isLost || time() >= end) return current;
    await clock.sleep(POLL_MILLISECONDS);
    const [record] = await records.read([current.key]);
    current = record ?? current;
  }
}

const TAKEN = new Refusal('conflict', 'Another request with this Idempotency-Key is under way. Try again.', {
  retryAfterSeconds: 5,
});

/**
 * A person's request under an Idempotency-Key: done once. What was done is not done again, since somebody may have
 * undone it meanwhile; what was begun and not finished is.
 */
export async function onceFor<T>(
  dependencies: Pick<Operating, 'records' | 'clock'>,
  caller: Caller,
  human: ProvenHuman,
  run: (again: boolean) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  const { records, clock } = dependencies;
  const { idempotencyKey, facts, path, bodyHash: requestHash } = caller;
  if (idempotencyKey === undefined) return run(false);
  const now = clock.now();
  const id = makeId('req', now, tailFrom('human', human.id, facts.method, path, idempotencyKey));
  const key = { partition: `once/${tailOf(id)}`, sort: 'request' };
  const options = { expiresAt: new Date(now.getTime() + DAY) };
  const begun: Remembered = { requestHash, begunAt: now.toISOString(), state: 'begun' };
  const claimed = await records.create(key, begun as unknown as Json, options);
  let version = 1;
  if (!claimed.created) {
    if ((claimed.existing.value as unknown as Remembered).requestHash !== requestHash) return MISMATCH;
    const first = await ended(dependencies, claimed.existing);
    if ((first.value as unknown as Remembered).state === 'done') return run(true);
    // Of many that wait, one goes on with it.
    if (!(await records.replace(key, first.version, begun as unknown as Json, options))) return TAKEN;
    version = first.version + 1;
  }
  const end = (state: Remembered['state']) =>
    records.replace(key, version, { ...begun, state } as unknown as Json, options);
  let state: Remembered['state'] = 'failed';
  try {
    const answer = await run(false);
    if (!(answer instanceof Refusal)) state = 'done';
    return answer;
  } finally {
    // Where this is lost too, a repetition waits, and then does once more what changes nothing a second time.
    await end(state).catch(() => undefined);
  }
}
