// From events to what is archived of them: a line each, in canonical form, many lines an object.
import { gunzipSync, gzipSync } from 'node:zlib';
import type { StoredEvent } from '../../ports/events.ts';
import { sha256 } from '../../shared/hash.ts';
import { isId } from '../../shared/ids.ts';
import { canonicalJson, type JsonObject } from '../../shared/json.ts';
import { ocsfText } from '../ocsf/index.ts';
import type { GatheredLines } from './gather.ts';

/** A larger object is no archiver's: whoever reads one stops there. */
export const MOST_OBJECT_BYTES = 64 * 1024 * 1024;

/** What is larger is kept beside: an object of it alone could not be read back. */
const MOST_LINE_CHARACTERS = 16_000_000;
/** Of streams: nothing that could end a line, or be taken for the end of a name. */
export const STREAM = /^[\x21-\x7e]{1,512}$/;

/** Whoever writes into the table by hand may write anything. */
function assertEvent({ stream, id, body }: ArchivedEvent): void {
  const at = new Date(String(body['at']));
  const isOne = isId('evt', id) && body['id'] === id && typeof stream === 'string' && STREAM.test(stream);
  if (!isOne || Number.isNaN(at.getTime()) || at.toISOString() !== body['at']) {
    throw new TypeError('what is in the table there is no event');
  }
}

/** Without a line end. Throws where it is no event, has no canonical form, or is too large. */
export function archiveLine(event: StoredEvent): string {
  assertEvent(event);
  const line = ocsfText(event);
  if (line.length > MOST_LINE_CHARACTERS) throw new RangeError('the event is too large for a line');
  return line;
}

/**
 * Lines are kept for years. At zlib's own level, 6, they take a fifth more time and come out a hundredth smaller; at 3
 * they take half of it, and come out larger by a third or more.
 */
const LEVEL = 5;

/** By the thread that asks, and at its priority: those of the pool have everybody's. */
export function packLines(lines: GatheredLines): Uint8Array {
  return gzipSync(lines.bytes(), { level: LEVEL });
}

/** Throws where it is not compressed, is damaged or too large. */
export function unpackLines(bytes: Uint8Array): Buffer {
  return gunzipSync(bytes, { maxOutputLength: MOST_OBJECT_BYTES });
}

/** The lines without their ends. Throws where the last one has none. */
export function* eachLine(unpacked: Buffer): Generator<Buffer> {
  let start = 0;
  while (start < unpacked.length) {
    const end = unpacked.indexOf(10, start);
    if (end === -1) throw new Error('the last line has no end');
    yield unpacked.subarray(start, end);
    start = end + 1;
  }
}

/** The event that a line was made of. */
export interface ArchivedEvent {
  readonly stream: string;
  readonly id: string;
  readonly body: JsonObject;
}

/** Throws where a line is no archived event. */
export function eventOfLine(line: Buffer): ArchivedEvent {
  const record: JsonObject = JSON.parse(line.toString('utf8'));
  const { stream, event: body } = record['unmapped'] as { stream: string; event: JsonObject };
  const event = { stream, id: String(body['id']), body };
  assertEvent(event);
  return event;
}

/** Of a body that has no canonical form, as with a number that is none: whatever it says, it is one of those. */
const WITHOUT_FORM = 'no canonical form';

/** What two writings of one event are compared by. */
export function bodyHash(body: JsonObject): string {
  try {
    return sha256(canonicalJson(body));
  } catch {
    return WITHOUT_FORM;
  }
}
