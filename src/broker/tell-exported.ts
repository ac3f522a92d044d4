// Writes down that events are handed to a person, before they are.
import { BROKER_STREAM, type EventBody, storedEvent } from '../audit/index.ts';
import type { OperatorQuestion } from '../policy/index.ts';
import type { StoredEvent } from '../ports/events.ts';
import type { Refusal } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import { append } from './append.ts';
import type { Caller } from './caller.ts';
import { type Operating, type Operator, permissionOf } from './operator.ts';

type Exported = Extract<EventBody, { readonly type: 'audit.exported' }>;

/** Which of them: a span's, or a task's. */
type Which = Pick<Exported, 'span' | 'task' | 'agent' | 'onlyType'>;

/**
 * Never with the task's own events, which would grow by being read. Where nothing is handed over, nothing is told.
 * Undefined once it is durable; else what to answer instead of the events.
 */
export async function tellExported(
  dependencies: Pick<Operating, 'events' | 'clock' | 'ids' | 'log'>,
  operator: Operator,
  { facts }: Caller,
  items: readonly StoredEvent[],
  resource: OperatorQuestion['resource'],
  which: Which,
): Promise<Refusal | undefined> {
  const [first, last] = [items[0], items.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const { clock, ids } = dependencies;
  const { human, rules } = operator;
  const now = clock.now();
  return append(
    dependencies,
    storedEvent(BROKER_STREAM, makeId('evt', now, ids.random(10)), now, {
      ...{ type: 'audit.exported', by: human.id, groups: human.groups },
      ...{ events: items.length, firstEvent: first.id, lastEvent: last.id },
      ...which,
      ...permissionOf(operator, 'audit', resource),
      configDigest: rules.config.digest,
      request: facts,
    }),
  );
}
