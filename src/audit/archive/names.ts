// Where things lie in the archive. `docs/audit-format.md` says it for others.
const HOUR_CHARACTERS = '2026-01-01T00'.length;

export const EVENTS_PREFIX = 'events/';
export const STRAYS_PREFIX = 'unarchived/';
export const DIGESTS_PREFIX = 'digests/';

const TAIL = /^[a-z0-9]{1,64}$/;

function folder(prefix: string, at: Date): string {
  const [day, hour] = at.toISOString().slice(0, HOUR_CHARACTERS).split('T');
  return `${prefix}day=${day}/hour=${hour}/`;
}

/** 2026-11-21T22:41:07.123Z is `20261121T224107123Z`, so that names sort by time. */
function stamp(at: Date): string {
  return at.toISOString().replace(/[-:.]/g, '');
}

function named(prefix: string, at: Date, tail: string, ending: string): string {
  if (!TAIL.test(tail)) throw new TypeError('the tail of a name has 1 to 64 small letters and digits');
  return `${folder(prefix, at)}${stamp(at)}-${tail}${ending}`;
}

/** Before every key of that moment and after every earlier one. */
export function keysFrom(prefix: typeof EVENTS_PREFIX | typeof STRAYS_PREFIX, at: Date): string {
  return `${folder(prefix, at)}${stamp(at)}`;
}

/** The same name for the same batch, however often it is tried. */
export function eventsKey(at: Date, tail: string): string {
  return named(EVENTS_PREFIX, at, tail, '.jsonl.gz');
}

/** Of what is no event that could be archived: kept as it came. */
export function strayKey(at: Date, tail: string): string {
  return named(STRAYS_PREFIX, at, tail, '.json');
}

const SEQUENCE_DIGITS = 10;

function sequenceText(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, '0');
}

/** One name for each number, so that there can't be two digests with it. */
export function digestKey(sequence: number): string {
  return `${DIGESTS_PREFIX}digest-${sequenceText(sequence)}.json`;
}

/** `sha256` is that of the index itself: a run that died may have left another one. */
export function indexKey(sequence: number, sha256: string): string {
  return `${DIGESTS_PREFIX}digest-${sequenceText(sequence)}-${sha256.slice(0, 16)}.index.gz`;
}

export type ArchiveName =
  | { readonly kind: 'events' | 'stray'; readonly at: Date }
  | { readonly kind: 'digest' | 'index'; readonly sequence: number };

const TIMED =
  /^(events|unarchived)\/day=(\d{4}-\d\d-\d\d)\/hour=(\d\d)\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-([a-z0-9]{1,64})\.(jsonl\.gz|json)$/;
const NUMBERED = /^digests\/digest-(\d{10})(?:\.json|-([0-9a-f]{16})\.index\.gz)$/;

/** Undefined where nothing in an archive has such a name. */
export function archiveName(key: string): ArchiveName | undefined {
  const [, number, sha256] = NUMBERED.exec(key) ?? [];
  if (number !== undefined) {
    const sequence = Number(number);
    return { kind: sha256 === undefined ? 'digest' : 'index', sequence };
  }
  const [, , , , year, month, day, hour, minute, second, millisecond, tail = ''] = TIMED.exec(key) ?? [];
  if (year === undefined) return undefined;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
  if (Number.isNaN(at.getTime())) return undefined;
  if (key === eventsKey(at, tail)) return { kind: 'events', at };
  return key === strayKey(at, tail) ? { kind: 'stray', at } : undefined;
}
