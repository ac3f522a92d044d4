// Text that says of itself what in it is sensitive: marks around values travel through templates, JSON and CSV alike.

/** What is to be found. Half open, in UTF-16 units. */
export interface Gold {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

export interface Sample {
  readonly text: string;
  readonly spans: readonly Gold[];
  /** What may be masked or not: a name that nothing tells, a host inside a connection string. */
  readonly asides: readonly Gold[];
  /** How it is written: `json`, `prose`, `negative: uuid`. */
  readonly shape: string;
}

// Private use: no template, no locale has them.
const BEGIN = '\uE000';
const AFTER_TYPE = '\uE001';
const END = '\uE002';
const ASIDE = '-';
const MARKED = new RegExp(`${BEGIN}([^${AFTER_TYPE}]*)${AFTER_TYPE}([^${END}]*)${END}`, 'gu');

export function gold(type: string, value: string): string {
  return `${BEGIN}${type}${AFTER_TYPE}${value}${END}`;
}

export function aside(value: string): string {
  return gold(ASIDE, value);
}

export function isMarked(text: string): boolean {
  return text.includes(BEGIN);
}

/** Writes text another way, say as a JSON string's inside, and leaves the marks where they are. */
function rewritten(marked: string, write: (text: string) => string): string {
  let done = 0;
  let out = '';
  for (const match of marked.matchAll(MARKED)) {
    const [whole, type = '', value = ''] = match;
    out += write(marked.slice(done, match.index)) + gold(type, write(value));
    done = match.index + whole.length;
  }
  return out + write(marked.slice(done));
}

export const inJson = (marked: string) => rewritten(marked, (text) => JSON.stringify(text).slice(1, -1));
export const inQuery = (marked: string) => rewritten(marked, encodeURIComponent);
export const inXml = (marked: string) =>
  rewritten(marked, (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
export const plain = (marked: string) => marked.replaceAll(MARKED, '$2');

export function inCsv(marked: string, comma = ','): string {
  const bare = plain(marked);
  if (!bare.includes(comma) && !bare.includes('"') && !bare.includes('\n')) return marked;
  return `"${rewritten(marked, (text) => text.replaceAll('"', '""'))}"`;
}

export function sampleOf(marked: string, shape: string): Sample {
  const spans: Gold[] = [];
  const asides: Gold[] = [];
  let text = '';
  let done = 0;
  for (const match of marked.matchAll(MARKED)) {
    const [whole, type = '', value = ''] = match;
    text += marked.slice(done, match.index);
    (type === ASIDE ? asides : spans).push({ type, start: text.length, end: text.length + value.length });
    text += value;
    done = match.index + whole.length;
  }
  return { text: text + marked.slice(done), spans, asides, shape };
}
