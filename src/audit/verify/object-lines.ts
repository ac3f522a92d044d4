// The lines of one unpacked object: which event each is, and its hash.
import { unpackLines } from '../archive/lines.ts';
import { leafHash, leafHashWithin } from '../archive/merkle.ts';

const LINE_END = 10;

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
  readonly lines: readonly Line[];
  /** The last line has its end. */
  readonly isWhole: boolean;
}

/** As far as it is looked at; what it really is, JSON alone knows. */
interface Archived {
  readonly metadata?: { readonly uid?: unknown };
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

function placeOf(record: Archived | undefined): { readonly id: string; readonly stream: string } {
  const { stream, event } = record?.unmapped ?? {};
  const id = event?.id;
  const uid = record?.metadata?.uid;
  if (typeof id !== 'string' || typeof stream !== 'string' || (uid !== undefined && uid !== id)) {
    return { id: '', stream: '' };
  }
  return { id, stream };
}

function claimOf(record: Archived | undefined): Claim | undefined {
  const event = record?.unmapped?.event;
  if (event?.type !== 'audit.digested') return undefined;
  const { id, sequence, sha256 } = event;
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 1) return undefined;
  return typeof sha256 === 'string' ? { event: String(id), sequence, sha256 } : undefined;
}

/** False where the last line has no end. Nothing is kept: of a million lines that would be too much. */
export function visitLines(unpacked: Buffer, visit: (line: Line) => void): boolean {
  let start = 0;
  while (start < unpacked.length) {
    const end = unpacked.indexOf(LINE_END, start);
    if (end === -1) return false;
    const record = parsed(unpacked.toString('utf8', start, end));
    // Only the first line has nothing in front of it.
    const leaf = start === 0 ? leafHash(unpacked.subarray(0, end)) : leafHashWithin(unpacked, start, end);
    const { id, stream } = placeOf(record);
    visit({ id, stream, leaf, start, end, claim: claimOf(record) });
    start = end + 1;
  }
  return true;
}

export function linesOf(unpacked: Buffer): ObjectLines {
  const lines: Line[] = [];
  const isWhole = visitLines(unpacked, (line) => lines.push(line));
  return { lines, isWhole };
}

/** Undefined where it can't be unpacked. */
export function unpackedLines(
  packed: Uint8Array,
): { readonly unpacked: Buffer; readonly is: ObjectLines } | undefined {
  try {
    const unpacked = unpackLines(packed);
    return { unpacked, is: linesOf(unpacked) };
  } catch {
    return undefined;
  }
}
