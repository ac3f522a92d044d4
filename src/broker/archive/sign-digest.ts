// Ends a span of time in the archive: compares it with the table, fills what is missing, and signs what is there.
import { digestKey, EVENTS_PREFIX } from '../../audit/index.ts';
import type { Archive } from '../../ports/archive.ts';
import type { Span } from '../../ports/events.ts';
import { Unavailable } from '../../shared/errors.ts';
import { compared, hashesInArchive, readTable } from './compare.ts';
import type { DigestDependencies } from './dependencies.ts';
import { contentsOf } from './digest-contents.ts';
import { fill } from './fill.ts';
import { findHead, type Head, headOf, type Progress, takeChain } from './last-digest.ts';
import { recordFinding, type WantedFinding } from './record-finding.ts';
import { tellDigest, writeDigest } from './write-digest.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** So long a table that can't be read is made up for. */
const MOST_BACK = 7 * DAY;

export interface WantedDigest {
  /** Up to when. Nothing with an earlier name may come after this began. */
  readonly until: Date;
  /** What happened before that is missing if it is not archived. */
  readonly settled: Date;
  /** Nobody else can be at it. */
  readonly alone: boolean;
  /** Archives what waits, once the table has been read: so that nothing of it is taken for missing. */
  readonly flush?: () => Promise<void>;
}

/** What came of it. */
export interface SignedSpan {
  readonly sequence: number;
  /** Where the span ends: an hour at most, and so perhaps earlier than was asked for. */
  readonly until: Date;
  readonly events: number;
  readonly filled: number;
  readonly findings: number;
  /** The table could not be compared: that is made up for by the next one, which looks further back. */
  readonly isCompared: boolean;
}

const hourBefore = (at: Date) => new Date(Math.floor(at.getTime() / HOUR) * HOUR);

/** Where no digest says it, a span begins with the hour of what was archived first. */
async function startOf(archive: Archive, head: Head | undefined, until: Date): Promise<Date> {
  if (head?.until !== undefined) return new Date(head.until);
  for await (const { key } of archive.list(EVENTS_PREFIX)) {
    const at = /day=(\d{4}-\d\d-\d\d)\/hour=(\d\d)\//.exec(key);
    if (at !== null) return new Date(Math.min(Date.parse(`${at[1]}T${at[2]}:00:00Z`), until.getTime()));
  }
  return hourBefore(new Date(until.getTime() - 1));
}

/** After a rest there are many spans, each of an hour: so that each can be held in memory, and be signed in time. */
function spanFrom(from: Date, until: Date): Span {
  const nextHour = hourBefore(from).getTime() + HOUR;
  return { from, until: new Date(Math.min(nextHour, until.getTime())) };
}

/**
 * An hour more, since events come a little late; all that was signed without being compared; and at midnight a whole day,
 * since an event may be written long after its id was made.
 */
function lookBack({ from, until }: Span, comparedUntil: string | undefined): Date {
  const remembered = Date.parse(comparedUntil ?? '');
  // Whoever may write records may neither hinder the comparison nor make it read the whole table.
  const known = Number.isNaN(remembered) ? from.getTime() : Math.max(remembered, from.getTime() - MOST_BACK);
  const since = Math.min(from.getTime(), known);
  return new Date(Math.max(0, since - (until.getTime() % DAY === 0 ? 25 : 1) * HOUR));
}

interface Comparison {
  readonly filled: number;
  readonly findings: readonly WantedFinding[];
  readonly isCompared: boolean;
}

async function compareAndFill(
  dependencies: DigestDependencies,
  span: Span,
  from: Date,
  { settled: last, flush }: WantedDigest,
): Promise<Comparison> {
  const { archive, events, log, clock } = dependencies;
  // Of a span that is long over, what came later is for the next one.
  const settled = span.until < last ? span.until : last;
  try {
    const looked = { from, until: settled };
    const inTable = await readTable(events, looked, settled);
    await flush?.();
    const inArchive = await hashesInArchive(archive, from);
    const { missing, findings } = await compared(events, inTable, inArchive, {
      span: looked,
      now: clock.now(),
    });
    const at = new Date(span.until.getTime() - 1);
    const filled = await fill({ archive, events, log, at, since: from }, missing);
    if (filled > 0) log.warn('audit gap filled', { count: filled });
    return { filled, findings, isCompared: true };
  } catch (error) {
    // What can be signed is: evidence of what is there must not wait for the table.
    if (error instanceof Unavailable && error.backend !== 'events') throw error;
    if (error instanceof Unavailable) log.error('back end unavailable', { backend: error.backend });
    else log.error('background work failed', { error: error instanceof Error ? error.name : 'unknown' });
    return { filled: 0, findings: [], isCompared: false };
  }
}

interface Signed {
  readonly span: SignedSpan;
  readonly progress: Progress;
}

async function signNext(
  dependencies: DigestDependencies,
  { head: remembered, comparedUntil }: Progress,
  wanted: WantedDigest,
): Promise<Signed | 'busy' | 'nothing'> {
  const { archive, signer, clock, log } = dependencies;
  const keys = await signer.keys();
  const { head, untold, findings: ofChain } = await findHead(archive, remembered, keys, clock.now());
  const from = await startOf(archive, head, wanted.until);
  if (from >= wanted.until) {
    // Nobody keeps this quiet by saying that all is signed.
    for (const finding of ofChain) await recordFinding(dependencies, finding);
    return 'nothing';
  }
  const span = spanFrom(from, wanted.until);
  const {
    filled,
    isCompared,
    findings: ofTable,
  } = await compareAndFill(dependencies, span, lookBack(span, comparedUntil), wanted);
  const contents = await contentsOf(dependencies, span);
  const written = await writeDigest(dependencies, head, span, contents);
  if (written !== undefined) log.info('audit digest signed', { count: contents.events });
  // Only now: what is found must not keep what is there from being signed.
  const findings = [...ofChain, ...ofTable, ...contents.findings];
  for (const finding of findings) await recordFinding(dependencies, finding);
  for (const digest of untold) await tellDigest(dependencies, digest, 0);
  if (written === undefined) {
    await tellTaken(dependencies, (head?.sequence ?? 0) + 1);
    return 'busy';
  }
  await tellDigest(dependencies, written, filled);
  const { sequence, events } = written.digest;
  const done = isCompared ? span.until.toISOString() : (comparedUntil ?? span.from.toISOString());
  return {
    span: { sequence, until: span.until, events, filled, findings: findings.length, isCompared },
    progress: { head: headOf(written.digest, written.file), comparedUntil: done },
  };
}

/** Another writer was quicker, whose digest the next run finds; or something is in the way that is no digest. */
async function tellTaken(dependencies: DigestDependencies, sequence: number): Promise<void> {
  const { archive, signer, clock } = dependencies;
  const { head } = await findHead(archive, undefined, await signer.keys(), clock.now());
  if (head !== undefined && head.sequence >= sequence) return;
  const detail = 'Nothing can be put there, and no digest of the broker stands there.';
  await recordFinding(dependencies, { kind: 'digest_taken', detail, key: digestKey(sequence) });
}

/**
 * Signs the next span. `busy` where another is at it; `nothing` where all is signed. What fails is tried again by the next
 * run. Throws `Unavailable`.
 */
export async function signDigest(
  dependencies: DigestDependencies,
  wanted: WantedDigest,
): Promise<SignedSpan | 'busy' | 'nothing'> {
  const chain = await takeChain(dependencies, wanted);
  if (chain === undefined) return 'busy';
  let progress = chain.progress;
  try {
    const signed = await signNext(dependencies, progress, wanted);
    if (typeof signed === 'string') return signed;
    progress = signed.progress;
    return signed.span;
  } finally {
    await chain.release(progress);
  }
}
