// Reads the audit of one task, for people whom policy lets.
import type { StoredEvent } from '../ports/events.ts';
import type { Page, PageRequest } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import type { Caller } from './caller.ts';
import { type Operating, operatorOf } from './operator.ts';
import { refuseAccess } from './refuse-access.ts';
import { tellExported } from './tell-exported.ts';

/** Behind the last page there is nothing, but whose task it is still decides who may look. */
async function firstEvent(
  { events }: Pick<Operating, 'events'>,
  task: string,
  { cursor }: PageRequest,
): Promise<StoredEvent | undefined> {
  return cursor === undefined ? undefined : (await events.list(task, { limit: 1 })).items[0];
}

export async function readTaskEvents(
  dependencies: Operating,
  caller: Caller,
  task: string,
  page: PageRequest,
): Promise<Page<StoredEvent> | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  const events = isId('task', task) ? await dependencies.events.list(task, page) : { items: [] };
  const first = events.items[0] ?? (await firstEvent(dependencies, task, page));
  const agent = first?.body['agent'];
  const resource =
    typeof agent === 'string'
      ? ({ type: 'Task', id: task, agent } as const)
      : // Of an unknown task only those learn that it is unknown who may read everything.
        ({ type: 'Broker' } as const);
  const refused = await refuseAccess(dependencies, operator, caller, 'audit', resource);
  if (refused !== undefined) return refused;
  if (events.items.length === 0 && page.cursor === undefined) {
    return new Refusal('not_found', 'There are no events of such a task.');
  }
  const which = { task, ...(typeof agent === 'string' ? { agent } : {}) };
  const unwritten = await tellExported(dependencies, operator, caller, events.items, resource, which);
  return unwritten ?? events;
}
