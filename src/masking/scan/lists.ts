// Values that do not stand right after their name: in a list, on the next line, behind what YAML says of them.
import { isQuote } from './quotes.ts';

const MOST_ITEMS = 32;
const LONGEST_ITEM = 512;
const LONGEST_LINE = 512;

export interface Item {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

const PROPERTY = /(?:&[\w-]{1,64}|!(?:![a-z]{2,16})?)[ \t]{1,8}/uy;

/** Behind an anchor or a tag of YAML's own: `&pw value`, `!!str value`. */
export function afterProperties(text: string, from: number): number {
  let at = from;
  for (let many = 0; many < 2; many += 1) {
    const code = text.charCodeAt(at);
    if (code !== 38 && code !== 33) break;
    PROPERTY.lastIndex = at;
    if (!PROPERTY.test(text)) break;
    at = PROPERTY.lastIndex;
  }
  return at;
}

const BETWEEN = /\s{0,32},?\s{0,32}/uy;
const BARE = /[^\s,[\]{}"'`#:=]{1,512}(?=\s{0,8}[,\]])/uy;

function quotedItem(text: string, at: number): Item | undefined {
  let open = at;
  while (open < at + 3 && text.charCodeAt(open) === 92) open += 1;
  const quote = text[open] ?? '';
  if (!isQuote(quote.charCodeAt(0))) return undefined;
  const closing = text.slice(at, open + 1);
  const end = text.slice(open + 1, open + 1 + LONGEST_ITEM).indexOf(closing);
  return end === -1 ? undefined : { start: open + 1, end: open + 1 + end, quoted: true };
}

/** What stands in the brackets that open at `from`: texts in quotes, or bare ones. What else there is ends it. */
export function itemsOf(text: string, from: number, bare: boolean): Item[] {
  const items: Item[] = [];
  let at = from + 1;
  while (items.length < MOST_ITEMS) {
    BETWEEN.lastIndex = at;
    at = BETWEEN.test(text) ? BETWEEN.lastIndex : at;
    const quoted = quotedItem(text, at);
    if (quoted !== undefined) {
      items.push(quoted);
      at = quoted.end + quoted.start - at;
      continue;
    }
    BARE.lastIndex = at;
    if (!bare || !BARE.test(text)) break;
    items.push({ start: at, end: BARE.lastIndex, quoted: false });
    at = BARE.lastIndex;
  }
  return items;
}

const NEXT_LINE =
  /[ \t]{0,8}\r?\n([ \t]{1,32}|(?=-))(- {1,4})?(["'])?((?:\[[A-Z][A-Z0-9_]{0,39}(?::[^\s"'`#,[\]{}]{1,80})?\]|[^\s"'`#,[\]{}]){1,512})\3[ \t]{0,8}(?=\r?\n|$)/uy;

/** The one word of the next line, or those of a list, deeper than the name that ends before `from`, a colon. */
export function itemsBelow(text: string, from: number): Item[] {
  const items: Item[] = [];
  let at = from;
  while (items.length < MOST_ITEMS) {
    NEXT_LINE.lastIndex = at;
    const found = NEXT_LINE.exec(text);
    if (found === null || found[0].length > LONGEST_LINE) break;
    const [line, , dash, quote = '', value = ''] = found;
    if (value.endsWith(':') || (dash === undefined && items.length > 0)) break;
    if (dash === undefined && found[1] === '') break;
    const start =
      at +
      line.indexOf(quote + value, line.indexOf('\n') + 1 + (found[1] ?? '').length + (dash ?? '').length) +
      quote.length;
    items.push({ start, end: start + value.length, quoted: quote !== '' });
    at = NEXT_LINE.lastIndex;
    if (dash === undefined) break;
  }
  // A mapping or a sentence goes on.
  return items;
}

/** Of several in a list, what no rule about values is: `required`, `min:8`. */
export function isLikelyItem(value: string): boolean {
  return /[\d!@#$%^&*]/u.test(value) && !/^[a-z_]+:/u.test(value);
}
