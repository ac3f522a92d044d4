// Writes down, task by task, whether the sessions of one that is over are denied by now.
import { storedEvent } from '../audit/index.ts';
import type { TaskDeny } from '../credentials/index.ts';
import type { VendedRole } from '../ports/revoker.ts';
import { makeId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import type { BrokerDependencies } from './dependencies.ts';
import type { EndedOnRole } from './sessions-on-role.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'ids'>;

const DAY = 86_400_000;
const AT_ONCE = 25;

const EVENT_OF = { inForce: 'credentials.revoked', waiting: 'credentials.revocation_waits' } as const;

function eventOf(
  { record }: EndedOnRole,
  state: TaskDeny['state'],
  { roleArn }: VendedRole,
  detail?: string,
) {
  return {
    type: EVENT_OF[state],
    task: record.id,
    ancestors: record.ancestors,
    agent: record.agent,
    owner: record.owner,
    ...(record.requester === undefined ? {} : { requester: record.requester }),
    purpose: record.purpose,
    roleArn,
    ...(detail === undefined ? {} : { detail }),
    configDigest: record.configDigest,
  };
}

/** First the event, then the record: told twice is better than never. */
async function tell(
  { records, events, clock, ids }: Dependencies,
  ended: EndedOnRole,
  state: TaskDeny['state'],
  role: VendedRole,
  detail?: string,
): Promise<void> {
  const now = clock.now();
  const body = eventOf(ended, state, role, detail);
  await events.append(storedEvent(ended.task, makeId('evt', now, ids.random(10)), now, body));
  const value: TaskDeny = { state, since: now.toISOString() };
  const { key, version } = ended.deny;
  const options = { expiresAt: new Date(ended.endsBy.getTime() + DAY) };
  if (version === 0) await records.create(key, value as unknown as Json, options);
  else await records.replace(key, version, value as unknown as Json, options);
}

/** Those that it was told of already are passed over. */
export async function tellDenies(
  dependencies: Dependencies,
  tasks: readonly EndedOnRole[],
  state: TaskDeny['state'],
  role: VendedRole,
  detail?: string,
): Promise<void> {
  const news = tasks.filter(({ deny }) => deny.value?.state !== state);
  for (let from = 0; from < news.length; from += AT_ONCE) {
    const some = news.slice(from, from + AT_ONCE);
    await Promise.all(some.map((one) => tell(dependencies, one, state, role, detail)));
  }
}
