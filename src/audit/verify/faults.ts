// What can be wrong with an archive, and the list of what was found.

/** The closed list of what is looked for. */
export const FAULT_KINDS = [
  /** What was signed is not there: a digest, an object, an index, an event of an object. */
  'missing',
  /** It is there, and is not what was signed. */
  'altered',
  /** It ends before what was signed does. */
  'truncated',
  /** It is there, and nothing that was signed knows of it. */
  'added',
  /** It is there, in another place or order than was signed. */
  'reordered',
  /** One event or object in two places, where it says two things. */
  'repeated',
  /** A signature does not hold, or there is none. */
  'unsigned',
  /** Signed with a key that nothing makes trusted. */
  'otherKey',
  /** A digest does not follow on the one before it. */
  'unchained',
  /** A time that can't be: back-dated, or outside of the span that it stands in. */
  'misdated',
  /** What a digest says does not fit what it signs. */
  'inconsistent',
  /** The archive ends before a digest that was there once. */
  'cutBack',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export type Subject = 'archive' | 'digest' | 'index' | 'object' | 'event' | 'stray' | 'file';

export interface Fault {
  readonly kind: FaultKind;
  readonly what: Subject;
  /** The key of the file that it is in, or should be in. */
  readonly where: string;
  /** A sentence. */
  readonly detail: string;
  /** The event, where it is one. */
  readonly event?: string;
}

export type NoteKind = 'archivedTwice' | 'leftOver' | 'newer' | 'nothingSigned';

/** Worth knowing, and no failure. */
export interface Note extends Omit<Fault, 'kind'> {
  readonly kind: NoteKind;
}

/** Names and ids may be of any length, where others chose them. */
const MOST_CHARACTERS = { name: 200, detail: 1000 } as const;

export function clipped(text: string, most: number = MOST_CHARACTERS.name): string {
  return text.length <= most ? text : `${text.slice(0, most)}\u2026`;
}

/** The first of each kind, and how many there are of it. */
export interface Tally<Kind extends string, Item> {
  readonly total: number;
  readonly byKind: Partial<Readonly<Record<Kind, number>>>;
  readonly first: readonly Item[];
}

/** Of each kind so many are kept: where all of an archive is wrong, memory and readers have had enough. */
export const MOST_LISTED = 100;

function createTally<Kind extends string, Item extends { readonly kind: Kind }>() {
  const byKind: Partial<Record<Kind, number>> = {};
  const first: Item[] = [];
  let total = 0;
  return {
    add(item: Item): void {
      const count = (byKind[item.kind] ?? 0) + 1;
      total += 1;
      byKind[item.kind] = count;
      if (count <= MOST_LISTED) first.push(item);
    },
    all: (): Tally<Kind, Item> => ({ total, byKind, first }),
  };
}

export interface Found {
  fault(kind: FaultKind, what: Subject, where: string, detail: string, event?: string): void;
  note(kind: NoteKind, what: Subject, where: string, detail: string, event?: string): void;
  faults(): Tally<FaultKind, Fault>;
  notes(): Tally<NoteKind, Note>;
}

export function createFound(): Found {
  const faults = createTally<FaultKind, Fault>();
  const notes = createTally<NoteKind, Note>();
  const said = (where: string, detail: string, event: string | undefined) => ({
    where: clipped(where),
    detail: clipped(detail, MOST_CHARACTERS.detail),
    ...(event === undefined ? {} : { event: clipped(event) }),
  });
  return {
    fault: (kind, what, where, detail, event) => faults.add({ kind, what, ...said(where, detail, event) }),
    note: (kind, what, where, detail, event) => notes.add({ kind, what, ...said(where, detail, event) }),
    faults: faults.all,
    notes: notes.all,
  };
}
