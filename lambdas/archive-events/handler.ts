// Told by the events table's stream what was written: archives it, and tells of what was changed or removed.
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { packedOf } from '../../src/adapters/aws/dynamo-table.ts';
import { createSpill, mapSome, type Spill, sizeOf } from '../../src/adapters/spill.ts';
import {
  type ArchiveDependencies,
  archiveBatch,
  type FindingDependencies,
  recordFinding,
  SETTLED_MILLISECONDS,
} from '../../src/broker/archive/index.ts';
import type { Objects } from '../../src/ports/objects.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { backgroundHandler } from '../shared/background.ts';
import type { Tools } from '../shared/tools.ts';
import { dependencies } from './dependencies.ts';
import { eventOf, findingOf, imageOf, tailOf, writtenAt } from './stream-records.ts';

type Dependencies = ArchiveDependencies &
  FindingDependencies & { readonly objects: Objects; readonly tools: Tools };

/** Of bodies, in one object: some fit beside their items, and others are far larger. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Nothing is put under an older name: its hour may be signed by now. What is left brings the next digest, which reads the
 * table itself.
 */
const LATE_MILLISECONDS = SETTLED_MILLISECONDS / 2;

/** What is no event has none; as it came it fits a request to this function. */
function bytesOf(record: DynamoDBRecord): number {
  return sizeOf(imageOf(record, 'NewImage'), packedOf);
}

/** In their order, and cut at the same places at every try. */
function parts(records: readonly DynamoDBRecord[]): readonly (readonly DynamoDBRecord[])[] {
  const all: DynamoDBRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const bytes = bytesOf(record);
    const last = all.at(-1);
    if (last === undefined || bytes > room) {
      all.push([record]);
      room = MOST_BYTES - bytes;
    } else {
      last.push(record);
      room -= bytes;
    }
  }
  return all;
}

async function archivePart(given: Dependencies, spill: Spill, part: readonly DynamoDBRecord[]) {
  const [first] = part;
  if (first === undefined) return { archived: 0, left: 0, strays: 0 };
  const read = await mapSome(part, async (record) => ({ record, event: await eventOf(spill, record) }));
  const events = read.flatMap(({ event }) => event ?? []);
  const strays = read.flatMap(({ record, event }) =>
    event === undefined ? [{ tail: tailOf(record), came: record as unknown as JsonObject }] : [],
  );
  const [at, tail, now] = [writtenAt(first), tailOf(first), given.clock.now()];
  const isLate = at.getTime() < now.getTime() - LATE_MILLISECONDS;
  // A stray is in no table that a digest could bring it from: it is kept twice rather than never.
  const batch = isLate ? { at: now, events: [] } : { at, events };
  const done = await archiveBatch(given, { ...batch, tail, strays, freshOnly: true });
  return isLate ? { ...done, left: events.length } : done;
}

/** How many things are wrong. */
async function told(given: Dependencies, records: readonly DynamoDBRecord[]): Promise<number> {
  const findings = records.flatMap((record) => findingOf(record) ?? []);
  for (const finding of findings) await recordFinding(given, finding);
  return findings.length;
}

export function createHandler(given: Dependencies) {
  const spill = createSpill(given.objects, given.clock, 'events');
  return backgroundHandler(given.tools, async ({ Records }: DynamoDBStreamEvent) => {
    const sum = { archived: 0, left: 0, strays: 0, findings: 0 };
    // First, and whatever comes of it: neither may keep the other from being done.
    const [findings] = await Promise.allSettled([told(given, Records)]);
    // What is no change of what is there is new, or is no event.
    const added = Records.filter(({ eventName }) => eventName !== 'MODIFY' && eventName !== 'REMOVE');
    for (const part of parts(added)) {
      const { archived, left, strays } = await archivePart(given, spill, part);
      sum.archived += archived;
      sum.left += left;
      sum.strays += strays;
    }
    // The same batch is tried again.
    if (findings.status === 'rejected') throw findings.reason;
    sum.findings = findings.value;
    return sum;
  });
}

export const handler = createHandler(dependencies);
