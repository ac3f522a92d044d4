// The lines of one unpacked object: which event each is, and its hash.
import { isUtf8 } from 'node:buffer';
import { sha256 } from '../../shared/hash.ts';
import { isId } from '../../shared/ids.ts';
import { canonicalJson, type Json } from '../../shared/json.ts';
import { STREAM, unpackLines } from '../archive/lines.ts';
import { leafHash, leafHashWithin } from '../archive/merkle.ts';

const LINE_END = 10;
/** In a few kilobytes there may be millions of lines that are none: who met so many has seen enough. */
const MOST_STRANGE = 1000;

export interface Line {
  /** Empty where the line is no event. */
  readonly id: string;
  readonly stream: string;
  readonly leaf: Buffer;
  /** Where it stands, without its end. */
  readonly start: number;
  readonly end: number;
  readonly claim: Claim | undefined;
}

/** What an event of the audit itself says of a digest. */
export interface Claim {
  readonly event: string;
  readonly sequence: number;
  readonly sha256: string;
}

export interface ObjectLines {
  /** As many as were asked for. */
  readonly lines: readonly Line[];
  /** The last line has its end, and none is left. */
  readonly isWhole: boolean;
}

/** As far as it is looked at; what it really is, JSON alone knows. */
interface Archived {
  readonly unmapped?: {
    readonly stream?: unknown;
    readonly event?: {
      readonly id?: unknown;
      readonly type?: unknown;
      readonly sequence?: unknown;
      readonly sha256?: unknown;
    };
  };
}

function parsed(text: string): Archived | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

interface EventPlace {
  readonly id: string;
  readonly stream: string;
}

const NO_EVENT: EventPlace = { id: '', stream: '' };

function placeOf(record: Archived | undefined): EventPlace {
  const { stream, event } = record?.unmapped ?? {};
  const id = event?.id;
  if (typeof id !== 'string' || typeof stream !== 'string') return NO_EVENT;
  return isId('evt', id) && STREAM.test(stream) ? { id, stream } : NO_EVENT;
}

/** Of an event that has that id. */
function claimOf(record: Archived | undefined, id: string): Claim | undefined {
  const event = record?.unmapped?.event;
  if (id === '' || event?.type !== 'audit.digested') return undefined;
  const { sequence, sha256 } = event;
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 1) return undefined;
  return typeof sha256 === 'string' ? { event: id, sequence, sha256 } : undefined;
}

/** `isText`: all around it is UTF-8, and so is the line. */
function lineBetween(unpacked: Buffer, start: number, end: number, isText: boolean): Line {
  const isLegible = isText || isUtf8(unpacked.subarray(start, end));
  const record = isLegible ? parsed(unpacked.toString('utf8', start, end)) : undefined;
  // Only the first line has nothing in front of it.
  const leaf = start === 0 ? leafHash(unpacked.subarray(0, end)) : leafHashWithin(unpacked, start, end);
  const { id, stream } = placeOf(record);
  return { id, stream, leaf, start, end, claim: claimOf(record, id) };
}

/**
 * False where the last line has no end, or lines are left: the visitor answers false to stop, and too many that are no
 * events end it, too. Nothing is kept: of a million lines that would be too much.
 */
export function visitLines(unpacked: Buffer, visit: (line: Line) => unknown): boolean {
  const isText = isUtf8(unpacked);
  let [start, strange] = [0, 0];
  while (start < unpacked.length) {
    const end = unpacked.indexOf(LINE_END, start);
    if (end === -1) return false;
    const line = lineBetween(unpacked, start, end, isText);
    if (line.id === '') strange += 1;
    if (visit(line) === false || strange > MOST_STRANGE) return false;
    start = end + 1;
  }
  return true;
}

export function linesOf(unpacked: Buffer, most: number = Number.POSITIVE_INFINITY): ObjectLines {
  const lines: Line[] = [];
  const isWhole = visitLines(unpacked, (line) => lines.push(line) < most);
  return { lines, isWhole };
}

/** A line by its number, from 1. The next one is found from the last one on, and no other is looked at. */
export function lineFinder(unpacked: Buffer): (number: number) => Line | undefined {
  let [at, start] = [1, 0];
  return (number) => {
    if (number < at) [at, start] = [1, 0];
    for (; at < number; at += 1) {
      const end = unpacked.indexOf(LINE_END, start);
      if (end === -1) return undefined;
      start = end + 1;
    }
    const end = unpacked.indexOf(LINE_END, start);
    return end === -1 ? undefined : lineBetween(unpacked, start, end, false);
  };
}

/** A hash of what the event says, whatever else its line has; undefined where JSON has it and canonical JSON has not. */
export function eventHash(unpacked: Buffer, { start, end }: Line): string | undefined {
  try {
    const record = parsed(unpacked.toString('utf8', start, end));
    return sha256(canonicalJson(record?.unmapped?.event as Json));
  } catch {
    return undefined;
  }
}

/** Undefined where it can't be. */
export function unpackedOf(packed: Uint8Array): Buffer | undefined {
  try {
    return unpackLines(packed);
  } catch {
    return undefined;
  }
}
