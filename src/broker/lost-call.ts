// Ends a call that whoever made it left behind: as its outcome's event has it, or as one of which that is not known.
import { type EventBody, type RequestFacts, storedEvent } from '../audit/index.ts';
import type { StoredEvent } from '../ports/events.ts';
import type { StoredRecord } from '../ports/records.ts';
import type { Code } from '../shared/codes.ts';
import type { Json } from '../shared/json.ts';
import { millisecondsBetween } from '../shared/moments.ts';
import { type Call, type CallChangeName, type CallEnding, changeCall, type Task } from '../tasks/index.ts';
import { readApproval } from './approval-records.ts';
import { factsOfCall, taskOfCall } from './call-facts.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { callOptions } from './keeping.ts';
import { AUDIT_UNAVAILABLE } from './refusals.ts';

type Dependencies = Pick<BrokerDependencies, 'records' | 'events' | 'clock' | 'log'>;

const LET_GO: readonly Code[] = ['audit_unavailable', 'internal', 'call_timeout', 'target_unavailable'];

/** What it came to, and whether something was written that was missing. */
export type Mended = 'nothing' | 'ended' | 'unknown' | 'mended' | 'failed';

const CHANGE_OF_EVENT: Readonly<Record<string, CallChangeName>> = {
  'credentials.issued': 'succeed',
  'call.succeeded': 'succeed',
  'call.denied': 'deny',
  'call.failed': 'fail',
  'call.repeated': 'deny',
  'call.expired': 'expire',
  'call.withdrawn': 'withdraw',
  'call.voided': 'void',
  'call.unknown': 'loseTrack',
};

/** The event is the truth: what it says of the end is what the record must say. */
function endingIn(outcome: StoredEvent): CallEnding {
  const { operation, decision, refusal, session } = outcome.body as CallEnding & typeof outcome.body;
  return JSON.parse(JSON.stringify({ operation, decision, refusal, session })) as CallEnding;
}

/** What stands elsewhere of a call that is told of by somebody who did not make it. */
export interface ToldOf {
  readonly task: Task | undefined;
  readonly request: RequestFacts | undefined;
  /** The person who ended it, where one did. */
  readonly by: string | undefined;
}

/** Its intent says of which request it is, however much later its outcome is told; its approval, who ended it. */
export async function toldOf(
  dependencies: Pick<Dependencies, 'records' | 'events'>,
  call: Call,
  intent?: StoredEvent,
): Promise<ToldOf> {
  const [task, kept, read] = await Promise.all([
    taskOfCall(dependencies, call),
    call.approval === undefined ? undefined : readApproval(dependencies, call.approval),
    intent ?? dependencies.events.read(call.task, call.intentEvent),
  ]);
  const request = read?.body['request'] as unknown as RequestFacts | undefined;
  return { task, request, by: kept?.approval.end?.by };
}

export function unknownOutcome(call: Call, detail: string, { task, request }: ToldOf): EventBody {
  const { session, operation, decision, requestedAt, endedAt } = call;
  return {
    type: 'call.unknown',
    ...factsOfCall(call, task),
    ...(request === undefined ? {} : { request }),
    detail,
    ...(operation === undefined ? {} : { operation }),
    ...(decision === undefined ? {} : { decision }),
    ...(session === undefined ? {} : { session }),
    ...(endedAt === undefined ? {} : { milliseconds: millisecondsBetween(requestedAt, endedAt) }),
  };
}

export async function endLost(dependencies: Dependencies, item: StoredRecord, call: Call): Promise<Mended> {
  const { records, events, clock, log } = dependencies;
  const save = async (change: CallChangeName, ending: CallEnding): Promise<Mended> => {
    const ended = changeCall(call, change, ending, clock.now());
    if (ended === undefined) return 'nothing';
    // Of these nothing ran, and whoever asked was told to try again: the Idempotency-Key is let go.
    const code = ending.refusal?.code;
    const options = callOptions(call, code !== undefined && LET_GO.includes(code) ? clock.now() : undefined);
    const saved = await records.replace(item.key, item.version, ended as unknown as Json, options);
    if (saved) log.warn('call ended by the reconciler', { call: call.id, reason: change });
    if (!saved) return 'nothing';
    return change === 'loseTrack' ? 'unknown' : 'ended';
  };

  const [outcome, intent] = await Promise.all([
    events.read(call.task, call.outcomeEvent),
    events.read(call.task, call.intentEvent),
  ]);
  const saveFrom = (event: StoredEvent) =>
    save(CHANGE_OF_EVENT[String(event.body['type'])] ?? 'loseTrack', endingIn(event));
  if (outcome !== undefined) return saveFrom(outcome);
  // Without its intent nothing ran, and whoever asked was told so.
  const { code, detail } = AUDIT_UNAVAILABLE;
  if (intent === undefined) return save('fail', { refusal: { code, detail } });
  const told = await toldOf(dependencies, call, intent);
  const unknown = unknownOutcome(call, 'The broker stopped before the outcome was written down.', told);
  const first = await events.append(storedEvent(call.task, call.outcomeEvent, clock.now(), unknown));
  if (first) return save('loseTrack', {});
  // The outcome has arrived at this very moment. Its minute is looked at only once, so the call is ended here too.
  const arrived = await events.read(call.task, call.outcomeEvent);
  return arrived === undefined ? 'nothing' : saveFrom(arrived);
}
