// The stores, through which nothing passes unmasked: whatever a use case forgets, no event and no record holds it. All
// is masked but what a closed list of names says is no words: who somebody is, and what the broker itself names.
import type { Events, StoredEvent } from '../ports/events.ts';
import type { Records } from '../ports/records.ts';
import type { Json, JsonObject } from '../shared/json.ts';
import type { Parameters } from '../tasks/index.ts';
import { type MaskCounts, type MaskTally, maskedIn } from './mask-counts.ts';
import { type Masking, shownParameters } from './masking.ts';

/**
 * Members that are kept as they are, with all that is in them, wherever they stand. `test/broker/masked-stores.test.ts`
 * fails where a record or an event has a member that stands neither here nor in `WORDS`.
 */
export const KEPT: ReadonlySet<string> = new Set([
  // Who: agents, owners, requesters, people.
  ...['agent', 'owner', 'requester', 'by', 'to', 'from', 'human', 'issuer', 'subject', 'claims', 'address'],
  ...['sourceAddress', 'attested', 'firstCeiling'],
  // Ids, and hashes.
  ...[
    'id',
    'task',
    'ancestors',
    'below',
    'call',
    'repetition',
    'repeats',
    'event',
    'acceptedAs',
    'traceparent',
    'firstEvent',
    'lastEvent',
  ],
  ...[
    'intentEvent',
    'outcomeEvent',
    'openedEvent',
    'requestHash',
    'tokenHash',
    'idempotencyKeyHash',
    'boundTo',
  ],
  ...['configDigest', 'digest', 'document', 'policyHash', 'accessKeyId', 'sessionName', 'sealed'],
  ...['root', 'sha256', 'keyId', 'finding'],
  // Of a login.
  ...['browser', 'clientId', 'approval', 'namesItself'],
  // What the operator's files name, and what policy says.
  ...['role', 'roleArn', 'target', 'http', 'decision', 'decisions', 'permission', 'environment'],
  // Compiled of what is shown.
  ...['policy'],
  // Closed lists of words, moments, numbers.
  ...[
    'type',
    'status',
    'state',
    'kind',
    'code',
    'answer',
    'name',
    'method',
    'route',
    'revocation',
    'masked',
    // Masked by the rules of the target that they are of.
    ...['requestLine', 'sent', 'answered'],
    'action',
  ],
  ...[
    'at',
    'since',
    'minute',
    'begunAt',
    'openedAt',
    'expiresAt',
    'endedAt',
    'requestedAt',
    'deadline',
    'endsBy',
  ],
  // Of approvals: what is shown of them is masked before, by the rules of their target.
  ...['approval', 'approvals', 'card', 'fingerprint', 'needed', 'effect', 'createdAt', 'escalateAt', 'links'],
  ...['posted', 'postedAgain', 'asked', 'escalated', 'unreached', 'waiting'],
  ...['groups', 'channel', 'vote', 'maskedBy', 'wanted', 'onlyType', 'until'],
  ...['offeredAt', 'refusedAt', 'through', 'reviewBy', 'again', 'lease'],
]);

/** Members that hold words, or objects with words in them. They need not be known here to be masked. */
export const WORDS: ReadonlySet<string> = new Set([
  ...[
    'purpose',
    'reason',
    'why',
    'detail',
    'errors',
    'path',
    'problem',
    'delegation',
    'capability',
    'parameters',
  ],
  ...[
    'request',
    'requested',
    'capabilities',
    'operation',
    'operations',
    'input',
    'chain',
    'above',
    'refusal',
  ],
  ...['session', 'ended', 'lastChange', 'untold', 'real', 'milliseconds', 'agents', 'targets', 'chainDepth'],
  ...['dropped', 'withheld', 'sends'],
  ...['votes', 'end', 'escalation', 'looked', 'requesterProven', 'events', 'span'],
  ...['generation', 'belowIncomplete', 'maxRows', 'export', 'resource', 'attestation', 'done', 'unknown'],
]);

/** Members that hold the broker's own sentences. */
const SENTENCES: ReadonlySet<string> = new Set(['detail', 'path', 'problem']);

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same object where nothing of it is masked, which is most often so. */
function maskedMembers(masking: Masking, value: JsonObject, tally: MaskTally): JsonObject {
  const capability = value['capability'];
  const named = typeof capability === 'string' && masking.isCapability(capability) ? capability : undefined;
  const changed: [string, Json][] = [];
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member === undefined || KEPT.has(name)) continue;
    if (name === 'capability' && named !== undefined) continue;
    const masked = maskedMember(masking, name, member, named, tally);
    if (masked !== member) changed.push([name, masked]);
  }
  return changed.length === 0 ? value : { ...value, ...Object.fromEntries(changed) };
}

function maskedMember(
  masking: Masking,
  name: string,
  member: Json,
  capability: string | undefined,
  tally: MaskTally,
): Json {
  if (name === 'parameters' && isObject(member)) {
    if (Object.keys(member).length === 0) return member;
    return { ...shownParameters(masking, capability ?? '', member as Parameters, tally) };
  }
  if (typeof member === 'string' && SENTENCES.has(name)) return masking.sentence(member, tally);
  return maskedBody(masking, member, tally);
}

function maskedBody(masking: Masking, value: Json, tally: MaskTally): Json {
  if (typeof value === 'string') return masking.words.text(value, tally);
  if (typeof value !== 'object' || value === null) return value;
  if (isObject(value)) return maskedMembers(masking, value, tally);
  const masked = value.map((one: Json) => maskedBody(masking, one, tally));
  return masked.some((one, place) => one !== value[place]) ? masked : value;
}

function added(masked: MaskCounts, more: MaskTally): MaskTally {
  const sum = new Map(Object.entries(masked));
  for (const [type, many] of more) sum.set(type, (sum.get(type) ?? 0) + many);
  return sum;
}

/** What was counted before, when it was heard, and what was found only here. */
function maskedEvent(masking: Masking, event: StoredEvent): StoredEvent {
  const tally: MaskTally = new Map();
  const body = maskedMembers(masking, event.body, tally);
  if (tally.size === 0) return { ...event, body };
  return { ...event, body: { ...body, ...maskedIn(added((body['masked'] ?? {}) as MaskCounts, tally)) } };
}

export interface MaskedStores {
  readonly records: Records;
  readonly events: Events;
}

/** Counters are left as they are: what is counted are refused tokens and addresses, by what an issuer says of them. */
export function maskedStores(
  { records, events }: MaskedStores,
  masking: () => Promise<Masking>,
): MaskedStores {
  const masked = (by: Masking, value: Json) => maskedBody(by, value, new Map());
  return {
    records: {
      // What is awaited here and handed on as it is takes fewer turns than a promise that is handed on.
      create: async (key, value, options) =>
        await records.create(key, masked(await masking(), value), options),
      replace: async (key, version, value, options) =>
        await records.replace(key, version, masked(await masking(), value), options),
      count: (key, by, first, last, options) => records.count(key, by, first, last, options),
      read: (keys) => records.read(keys),
      list: (partition, prefix, page) => records.list(partition, prefix, page),
      listIndex: (partition, page) => records.listIndex(partition, page),
    },
    events: {
      append: async (event) => await events.append(maskedEvent(await masking(), event)),
      read: (stream, id) => events.read(stream, id),
      list: (stream, page) => events.list(stream, page),
      between: (span, page) => events.between(span, page),
      every: (span, page) => events.every(span, page),
    },
  };
}
