// Tells the parts of a multipart body where they stand, and what each one's head says of it.

/** From `start` to `end`, without it. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface Part {
  /** The line that stands before it. */
  readonly delimiter: Stretch;
  readonly head: Stretch;
  readonly content: Stretch;
}

/** So many are told; what follows is looked at in one go. */
const MOST_PARTS = 1000;
const MOST_HEAD_BYTES = 16_384;
const MOST_BOUNDARY = 200;

const isBlank = (byte: number | undefined): boolean => byte === 32 || byte === 9;

/** After a line end at `at`; -1 where none is. */
function afterLineEnd(body: Buffer, at: number): number {
  if (body[at] === 10) return at + 1;
  return body[at] === 13 && body[at + 1] === 10 ? at + 2 : -1;
}

/** Before the line end that ends at `at`. */
function beforeLineEnd(body: Buffer, at: number): number {
  if (body[at - 1] !== 10) return at;
  return body[at - 2] === 13 ? at - 2 : at - 1;
}

interface Delimiter extends Stretch {
  readonly isLast: boolean;
}

/** The next line that is a delimiter. */
function delimiterFrom(body: Buffer, mark: Buffer, from: number): Delimiter | undefined {
  for (let start = body.indexOf(mark, from); start !== -1; start = body.indexOf(mark, start + mark.length)) {
    let end = start + mark.length;
    const isLast = body[end] === 45 && body[end + 1] === 45;
    if (isLast) end += 2;
    while (isBlank(body[end])) end += 1;
    const after = end === body.length ? end : afterLineEnd(body, end);
    if (after !== -1 && (start === 0 || body[start - 1] === 10)) return { start, end: after, isLast };
  }
  return undefined;
}

/** One whose head does not end is none. */
function partOf(body: Buffer, delimiter: Stretch, to: number): Part | undefined {
  const start = delimiter.end;
  const end = Math.max(start, beforeLineEnd(body, to));
  const empty = afterLineEnd(body, start);
  if (empty !== -1 && empty <= end)
    return { delimiter, head: { start, end: start }, content: { start: empty, end } };
  const near = body.subarray(start, Math.min(to, start + MOST_HEAD_BYTES));
  const ends = ['\n\r\n', '\n\n'].map((mark) => ({ at: near.indexOf(mark, 0, 'latin1'), mark }));
  const [first] = ends.filter(({ at }) => at !== -1).sort((one, other) => one.at - other.at);
  if (first === undefined) return undefined;
  const headEnd = start + first.at + 1;
  const from = headEnd + first.mark.length - 1;
  return { delimiter, head: { start, end: headEnd }, content: { start: from, end: Math.max(from, end) } };
}

export interface Parts {
  readonly parts: readonly Part[];
  /** The line behind the last of them. */
  readonly last: Stretch | undefined;
}

/** In order, as far as they are well formed; undefined where there is none. */
export function partsOf(body: Buffer, boundary: string): Parts | undefined {
  if (boundary === '' || boundary.length > MOST_BOUNDARY) return undefined;
  const mark = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Part[] = [];
  let told = 0;
  let open = delimiterFrom(body, mark, 0);
  for (; open !== undefined && !open.isLast && told < MOST_PARTS; told += 1) {
    const next = delimiterFrom(body, mark, open.end);
    const part = partOf(body, open, next?.start ?? body.length);
    if (part !== undefined) parts.push(part);
    open = next;
  }
  return parts.length === 0 ? undefined : { parts, last: open };
}

const DISPOSITION = /^content-disposition[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)/imu;
const TYPE = /^(content-type[ \t]*:[ \t]*)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)/imu;
const PARAMETER = /;\s*([^\s=;"]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*)))?/gsu;

export interface PartHead {
  /** Of the field whose value the part is. */
  readonly name: string | undefined;
  readonly contentType: string | undefined;
  /** Where in the head the type stands. */
  readonly typeAt: Stretch;
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value.slice(value.lastIndexOf("'") + 1));
  } catch {
    return value;
  }
}

function nameIn(disposition: string): string | undefined {
  for (const [, key = '', quoted, bare = ''] of disposition.matchAll(PARAMETER)) {
    const value = quoted?.replaceAll(/\\(.)/gsu, '$1') ?? bare.trim();
    if (key.toLowerCase() === 'name') return Buffer.from(value, 'latin1').toString('utf8');
    if (key.toLowerCase() === 'name*') return unescaped(value);
  }
  return undefined;
}

/** `head` has a character for each byte. */
export function readPartHead(head: string): PartHead {
  const disposition = DISPOSITION.exec(head)?.[1];
  const type = TYPE.exec(head);
  const [, label = '', value = ''] = type ?? [];
  const start = (type?.index ?? 0) + label.length;
  const contentType = value.replaceAll(/\s+/gu, ' ').trim();
  return {
    name: disposition === undefined ? undefined : nameIn(disposition),
    contentType: contentType === '' ? undefined : contentType,
    typeAt: { start, end: start + value.length },
  };
}
