// What people may do to agents, tasks and the broker: the person whom a token proves, and whether policy lets them.
import type { ProvenHuman } from '../identity/index.ts';
import type { HumanQuestion } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import { makeId, tailFrom } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { type Caller, callingHuman } from './caller.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import { MISMATCH } from './refusals.ts';
import type { Watching } from './refused-tokens.ts';

export type Operating = Watching & Pick<BrokerDependencies, 'records' | 'keySets' | 'rules'>;

export interface Operator {
  readonly human: ProvenHuman;
  readonly rules: Rules;
}

export async function operatorOf(dependencies: Operating, caller: Caller): Promise<Operator | Refusal> {
  const rules = await dependencies.rules();
  const human = await callingHuman(dependencies, rules, caller);
  return human instanceof Refusal ? human : { human, rules };
}

type Action = HumanQuestion['action'];
type Resource = HumanQuestion['resource'];

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

const DAY = 86_400_000;

interface Remembered {
  readonly requestHash: string;
  readonly done: boolean;
}

/**
 * A person's request under an Idempotency-Key: done once. What was done is not done again, since somebody may have
 * undone it meanwhile; what was begun and not finished is.
 */
export async function onceFor<T>(
  { records, clock }: Pick<Operating, 'records' | 'clock'>,
  caller: Caller,
  human: ProvenHuman,
  run: (again: boolean) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  const { idempotencyKey, facts, path, bodyHash: requestHash } = caller;
  if (idempotencyKey === undefined) return run(false);
  const now = clock.now();
  const id = makeId('req', now, tailFrom('human', human.id, facts.method, path, idempotencyKey));
  const key = { partition: `once/${id.slice(-16)}`, sort: 'request' };
  const options = { expiresAt: new Date(now.getTime() + DAY) };
  const begun: Remembered = { requestHash, done: false };
  const claimed = await records.create(key, begun as unknown as Json, options);
  const earlier = claimed.created ? begun : (claimed.existing.value as unknown as Remembered);
  if (earlier.requestHash !== requestHash) return MISMATCH;
  const answer = await run(earlier.done);
  if (!(answer instanceof Refusal) && !earlier.done) {
    const version = claimed.created ? 1 : claimed.existing.version;
    await records.replace(key, version, { requestHash, done: true }, options);
  }
  return answer;
}
