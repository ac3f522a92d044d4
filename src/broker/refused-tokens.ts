// What is kept of a token that was refused: a number a minute, the first of them as an event, and a sighting of whoever
// has a good token and is not registered. The token itself is kept nowhere.
import {
  fitted,
  type RefusedTokens,
  refusedIndex,
  refusedKey,
  type SightedFrom,
  type Sighting,
  sightedFromIndex,
  sightedFromKey,
  sightingIndex,
  sightingKey,
} from '../agents/index.ts';
import { type EventBody, storedEvent, tokenStream } from '../audit/index.ts';
import type { Stranger, TokenRefused } from '../identity/index.ts';
import { addressBucket } from '../shared/addresses.ts';
import { Refusal } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { makeId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { atMost } from './at-most.ts';
import type { Caller } from './caller.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import type { Counting } from './tally.ts';

export type Watching = Pick<BrokerDependencies, 'tally' | 'events' | 'clock' | 'ids' | 'log'>;

/** What a refused token proves all the same: that it was made for this agent, or for this task of it. */
export interface About {
  readonly agent?: string;
  readonly task?: string;
}

const DAY = 86_400_000;
const KEEP_REFUSED_DAYS = 30;
const KEEP_SIGHTINGS_DAYS = 90;

/** How long a refusal waits to be counted. */
const PATIENCE_MILLISECONDS = 1000;
/** A forged task token costs its sender nothing, so it must cost the broker little. */
const PATIENCE_WITH_FORGERIES_MILLISECONDS = 250;

// So many new numbers are begun within a minute by one process.
const MOST_REFUSED = 40;
const MOST_REFUSED_ELSEWHERE = 9;
/** Of one issuer: whoever makes up names at one hides nobody of another. */
const MOST_STRANGERS = 40;
const MOST_ADDRESSES = 40;
const MOST_ADDRESSES_ELSEWHERE = 10;
/** Counted by, beyond those. */
const ELSEWHERE = 'elsewhere';
const VARIOUS = 'various';

type Why = Pick<RefusedTokens, 'issuer' | 'reason' | 'tokenHash'>;
type Told = Extract<EventBody, { readonly type: 'token.refused' }>;

/** One number, and its event. */
function countingOf(
  { events, ids }: Watching,
  { minute, ...said }: RefusedTokens,
  told: Pick<Told, 'agent' | 'task' | 'configDigest' | 'request'>,
  now: Date,
): Counting {
  const at = now.toISOString();
  const event: EventBody = { type: 'token.refused', ...said, ...told };
  let id: string | undefined;
  return {
    key: refusedKey({ minute, ...said }),
    first: { minute, ...said, at },
    last: { at },
    options: {
      expiresAt: new Date(now.getTime() + KEEP_REFUSED_DAYS * DAY),
      index: refusedIndex({ minute, ...said }),
    },
    begun: async () => {
      // One event, however often it takes to append it.
      id ??= makeId('evt', now, ids.random(10));
      await events.append(storedEvent(tokenStream(now), id, now, event));
    },
  };
}

/** Counts it, and writes the first of its kind down as an event. */
async function noteRefused(
  dependencies: Watching,
  { config }: Pick<Rules, 'config'>,
  { facts }: Caller,
  why: Why,
  about: About,
): Promise<void> {
  const { tally, clock, log } = dependencies;
  const { agent, task } = about;
  const now = clock.now();
  const named = { ...(agent === undefined ? {} : { agent }), ...(task === undefined ? {} : { task }) };
  log.warn('token refused', { requestId: facts.id, issuer: why.issuer, reason: why.reason, ...named });
  const told = { ...named, configDigest: config.digest, request: facts };
  const counting = (refused: Omit<RefusedTokens, 'minute'>) =>
    countingOf(dependencies, { ...refused, minute: now.toISOString().slice(0, 16) }, told, now);
  const here = {
    ...why,
    address: addressBucket(facts.sourceAddress),
    ...(agent === undefined ? {} : { agent }),
  };
  const elsewhere = { ...why, address: ELSEWHERE };
  const rest = { ...elsewhere, issuer: 'unknown', reason: VARIOUS };
  await tally.note({
    ...counting(here),
    bound: {
      group: 'refused',
      most: MOST_REFUSED,
      instead: {
        ...counting(elsewhere),
        bound: { group: 'refused elsewhere', most: MOST_REFUSED_ELSEWHERE, instead: counting(rest) },
      },
    },
  });
}

/** The wait is short, and nothing that fails in it keeps the refusal from being given. */
export async function noteRefusedToken(
  dependencies: Watching,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
  { problem, issuer = 'unknown' }: TokenRefused,
  about: About = {},
): Promise<void> {
  const why = { issuer, reason: problem, tokenHash: sha256(caller.token ?? '') };
  await atMost(
    problem === 'task_token' ? PATIENCE_WITH_FORGERIES_MILLISECONDS : PATIENCE_MILLISECONDS,
    Promise.all([noteRefused(dependencies, rules, caller, why, about), dependencies.tally.writeDue()]),
  );
}

const STRANGERS: Readonly<Record<Stranger['why'], Refusal>> = {
  unknown_agent: new Refusal(
    'unknown_agent',
    'The token is valid, but no registered agent has this identity.',
  ),
  ambiguous_identity: new Refusal(
    'ambiguous_identity',
    'The token fits more than one registered agent, or a person too, so it proves none.',
  ),
};

/** From where an identity comes: beside the identity's own number, which counts them all. */
function fromCounting(sighting: Sighting, address: string, expiresAt: Date): Counting {
  const { at } = sighting;
  const seen: SightedFrom = { address, at };
  return {
    key: sightedFromKey(sighting, address),
    first: seen as unknown as Json,
    last: { at },
    options: { expiresAt, index: sightedFromIndex(sighting, address, at) },
  };
}

function sightingCounting(sighting: Sighting, expiresAt: Date): Counting {
  const { at, tokenHash } = sighting;
  return {
    key: sightingKey(sighting),
    first: fitted(sighting) as unknown as Json,
    last: { at, tokenHash },
    options: { expiresAt, index: sightingIndex(sighting, at) },
  };
}

/** How shadow agents are found: who has a good token, since when, how often, and from where. */
async function noteSighting(
  { tally, clock }: Watching,
  { facts }: Caller,
  { issuer, subject, claims, tokenHash }: Stranger,
): Promise<void> {
  const now = clock.now();
  const sighting: Sighting = { issuer, subject, claims, tokenHash, at: now.toISOString() };
  const expiresAt = new Date(now.getTime() + KEEP_SIGHTINGS_DAYS * DAY);
  const others = { ...sighting, subject: ELSEWHERE, claims: {} };
  const of = (what: string, most: number) => ({ group: `${what} of ${issuer}`, most });
  await Promise.all([
    tally.note({
      ...sightingCounting(sighting, expiresAt),
      bound: { ...of('strangers', MOST_STRANGERS), instead: sightingCounting(others, expiresAt) },
    }),
    tally.note({
      ...fromCounting(sighting, addressBucket(facts.sourceAddress), expiresAt),
      bound: {
        ...of('addresses', MOST_ADDRESSES),
        instead: {
          ...fromCounting(sighting, ELSEWHERE, expiresAt),
          bound: of('addresses elsewhere', MOST_ADDRESSES_ELSEWHERE),
        },
      },
    }),
  ]);
}

export async function noteStranger(
  dependencies: Watching,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
  stranger: Stranger,
): Promise<Refusal> {
  const { why, issuer, tokenHash } = stranger;
  await atMost(
    PATIENCE_MILLISECONDS,
    Promise.all([
      noteRefused(dependencies, rules, caller, { issuer, reason: why, tokenHash }, {}),
      why === 'unknown_agent' ? noteSighting(dependencies, caller, stranger) : undefined,
      dependencies.tally.writeDue(),
    ]),
  );
  return STRANGERS[why];
}
