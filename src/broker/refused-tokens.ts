// What is kept of a token that was refused: a number a minute, the first of them as an event, and a sighting of whoever
// has a good token and is not registered. The token itself is kept nowhere.
import { type RefusedTokens, refusedKey, type Sighting, sightingKey } from '../agents/index.ts';
import { storedEvent, tokenStream } from '../audit/index.ts';
import type { Stranger, TokenRefused } from '../identity/index.ts';
import { addressBucket } from '../shared/addresses.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { makeId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import type { Caller } from './caller.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';

export type Watching = Pick<BrokerDependencies, 'tally' | 'events' | 'clock' | 'ids' | 'log'>;

const DAY = 86_400_000;
const KEEP_REFUSED_DAYS = 30;
const KEEP_SIGHTINGS_DAYS = 90;
/** Counted by, once too many addresses have come up within a minute. */
const ELSEWHERE = 'elsewhere';

/** Counts it, and writes the first of its kind down as an event. Never keeps the refusal from being given. */
async function noteRefused(
  dependencies: Watching,
  { config }: Pick<Rules, 'config'>,
  caller: Caller,
  why: Omit<RefusedTokens, 'minute' | 'address'>,
): Promise<void> {
  const { tally, events, clock, ids, log } = dependencies;
  const now = clock.now();
  const refused = {
    ...why,
    address: addressBucket(caller.facts.sourceAddress),
    minute: now.toISOString().slice(0, 16),
  };
  log.warn('token refused', { requestId: caller.facts.id, issuer: refused.issuer, reason: refused.reason });
  const counting = (one: RefusedTokens) => ({
    key: refusedKey(one, now),
    first: { ...one, at: now.toISOString() },
    last: { at: now.toISOString() },
    options: { expiresAt: new Date(now.getTime() + KEEP_REFUSED_DAYS * DAY) },
  });
  const overflow = counting({ ...refused, address: ELSEWHERE });
  try {
    if ((await tally.note({ ...counting(refused), overflow })) === 'another') return;
    const { minute: _, ...said } = refused;
    await events.append(
      storedEvent(tokenStream(now), makeId('evt', now, ids.random(10)), now, {
        type: 'token.refused',
        ...said,
        configDigest: config.digest,
        request: caller.facts,
      }),
    );
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend });
  }
}

export async function noteRefusedToken(
  dependencies: Watching,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
  { problem, issuer = 'unknown' }: TokenRefused,
): Promise<void> {
  await noteRefused(dependencies, rules, caller, {
    issuer,
    reason: problem,
    tokenHash: sha256(caller.token ?? ''),
  });
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

/** How shadow agents are found: who has a good token, since when, how often, and from where. */
async function noteSighting(
  { tally, clock }: Watching,
  { facts }: Caller,
  { issuer, subject, claims, tokenHash }: Stranger,
): Promise<void> {
  const at = clock.now();
  const sighting: Sighting = {
    issuer,
    subject,
    claims,
    tokenHash,
    address: addressBucket(facts.sourceAddress),
    at: at.toISOString(),
  };
  const counting = (one: Sighting) => ({
    key: sightingKey(one),
    first: one as unknown as Json,
    last: { at: one.at, tokenHash: one.tokenHash },
    options: { expiresAt: new Date(at.getTime() + KEEP_SIGHTINGS_DAYS * DAY) },
  });
  const overflow = counting({ ...sighting, subject: ELSEWHERE, claims: {}, address: ELSEWHERE });
  await tally.note({ ...counting(sighting), overflow });
}

export async function noteStranger(
  dependencies: Watching,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
  stranger: Stranger,
): Promise<Refusal> {
  const { why, issuer, tokenHash } = stranger;
  await Promise.all([
    noteRefused(dependencies, rules, caller, { issuer, reason: why, tokenHash }),
    why === 'unknown_agent' ? noteSighting(dependencies, caller, stranger) : undefined,
  ]);
  return STRANGERS[why];
}
