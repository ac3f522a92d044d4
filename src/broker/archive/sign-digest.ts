// Ends a span of time in the archive: compares it with the table, fills what is missing, and signs what is there.
import { digestKey, EVENTS_PREFIX } from '../../audit/index.ts';
import type { Archive } from '../../ports/archive.ts';
import type { Span } from '../../ports/events.ts';
import { Unavailable } from '../../shared/errors.ts';
import { compared, fill, hashesInArchive, hashesInTable } from './compare.ts';
import type { DigestDependencies } from './dependencies.ts';
import { contentsOf } from './digest-contents.ts';
import { findHead, type Head, headOf, isDigestThere, takeChain } from './last-digest.ts';
import { recordFinding } from './record-finding.ts';
import { tellDigest, writeDigest } from './write-digest.ts';

const HOUR = 3_600_000;

export interface WantedDigest {
  /** The span's end. Nothing with an earlier name may come after this began. */
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
  readonly events: number;
  readonly filled: number;
  readonly findings: number;
  /** The table could not be compared: that is made up for by the next one, which looks further back. */
  readonly isCompared: boolean;
}

/** At midnight a whole day is looked at once more: an event may be written long after its id was made. */
function lookBack({ from, until }: Span): Date {
  const isMidnight = until.getTime() % (24 * HOUR) === 0;
  return new Date(from.getTime() - (isMidnight ? 25 : 1) * HOUR);
}

/** The first span begins with the hour of what was archived first. */
async function startOf(archive: Archive, head: Head | undefined, until: Date): Promise<Date> {
  if (head !== undefined) return new Date(head.until);
  const hourOf = (at: number) => new Date(Math.floor(at / HOUR) * HOUR);
  for await (const { key } of archive.list(EVENTS_PREFIX)) {
    const at = /day=(\d{4}-\d\d-\d\d)\/hour=(\d\d)\//.exec(key);
    if (at !== null) return new Date(Math.min(Date.parse(`${at[1]}T${at[2]}:00:00Z`), until.getTime()));
  }
  return hourOf(until.getTime() - 1);
}

async function compareAndFill(
  dependencies: DigestDependencies,
  span: Span,
  { settled, flush }: WantedDigest,
): Promise<{ filled: number; findings: number; isCompared: boolean }> {
  const { archive, events, log } = dependencies;
  const from = lookBack(span);
  try {
    const inTable = await hashesInTable(events, { from, until: settled }, settled);
    await flush?.();
    const inArchive = await hashesInArchive(archive, from);
    const { missing, findings } = await compared(events, inTable, inArchive, { from, until: settled });
    const filled = await fill({ archive, events, log, at: new Date(span.until.getTime() - 1) }, missing);
    if (filled > 0) log.warn('audit gap filled', { count: filled });
    for (const finding of findings) await recordFinding(dependencies, finding);
    return { filled, findings: findings.length, isCompared: true };
  } catch (error) {
    // What can be signed is: evidence of what is there must not wait for the table.
    if (!(error instanceof Unavailable) || error.backend !== 'events') throw error;
    log.error('back end unavailable', { backend: error.backend });
    return { filled: 0, findings: 0, isCompared: false };
  }
}

/** The chain as it is found, and what is wrong with it told. */
async function headIn(
  dependencies: DigestDependencies,
  remembered: Head | undefined,
): Promise<Head | undefined> {
  const { archive, signer, clock } = dependencies;
  if (remembered !== undefined && !(await isDigestThere(archive, remembered.sequence))) {
    await recordFinding(dependencies, {
      kind: 'archive_changed',
      detail: 'A digest that was signed is not in the archive any more.',
      key: digestKey(remembered.sequence),
      since: new Date(remembered.until),
    });
  }
  const { head, untold, foreign } = await findHead(archive, remembered, await signer.keys());
  for (const digest of untold) await tellDigest(dependencies, digest, 0);
  for (const sequence of foreign) {
    await recordFinding(dependencies, {
      kind: 'digest_taken',
      detail: 'No key of the broker signed it. The chain goes on behind it.',
      key: digestKey(sequence),
      since: head === undefined ? clock.now() : new Date(head.until),
    });
  }
  return head;
}

/** `busy` where another is at it; `nothing` where the span has ended already. Throws `Unavailable`. */
export async function signDigest(
  dependencies: DigestDependencies,
  wanted: WantedDigest,
): Promise<SignedSpan | 'busy' | 'nothing'> {
  const { archive, log } = dependencies;
  const chain = await takeChain(dependencies, wanted);
  if (chain === undefined) return 'busy';
  let head = chain.head;
  try {
    head = await headIn(dependencies, head);
    const from = await startOf(archive, head, wanted.until);
    if (from >= wanted.until) return 'nothing';
    const span = { from, until: wanted.until };
    const { filled, findings, isCompared } = await compareAndFill(dependencies, span, wanted);
    const contents = await contentsOf(dependencies, span);
    const written = await writeDigest(dependencies, head, span, contents);
    if (written === undefined) return 'busy';
    head = headOf(written.digest, written.file);
    const { sequence, events } = written.digest;
    log.info('audit digest signed', { count: events });
    await tellDigest(dependencies, written, filled);
    return { sequence, events, filled, findings, isCompared };
  } finally {
    await chain.release(head);
  }
}
