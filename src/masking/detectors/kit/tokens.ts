// Providers' tokens: shapes that a published prefix begins, values that stand beside the provider's name, and hooks for the rest.
import type { Anchor, Detector } from '../../detector.ts';
import type { Scan } from '../../scan/scan.ts';
import { beginsToken, endIn, endOfRun, isIn, isPlaceholder, sampleBody, tableOf } from './bodies.ts';
import { type Beside, besideHook, fitsValue, type Hook, namesBeside, sampleBeside } from './named-values.ts';
import { isRandom } from './randomness.ts';
import { isCode, isPlaceholder as isNoValue, isOtherwiseKnown, isPlace } from './values.ts';

/** One published form: a prefix in this very case, and a body. */
export interface Shape {
  readonly prefixes: readonly string[];
  /** How long the published body is at least. */
  readonly length: number;
  /** What is shorter is none: left out, some less than `length`, as providers change lengths before their docs. */
  readonly least?: number;
  /** What the body may hold beside letters and digits. */
  readonly also?: string;
  /** The prefix says too little by itself: only where a token may begin, and not after one of these. */
  readonly begins?: string;
  /** What the example's body is drawn from. */
  readonly kind?: 'alnum' | 'hex' | 'lower' | 'upper';
  readonly check?: (body: string) => boolean;
}

export interface Token {
  readonly type: string;
  readonly title: string;
  readonly shapes?: readonly Shape[];
  readonly beside?: readonly Beside[];
  readonly hooks?: readonly Hook[];
  /** Needed where there is no shape and nothing beside. */
  readonly example?: string;
  readonly check?: string;
  readonly words?: readonly string[];
  readonly names?: readonly string[];
  /** For `names`, where other than that the value looks drawn by chance. */
  readonly whole?: (value: string) => boolean;
  readonly rank?: number;
}

/** So much of a body is checked; what follows is only run through to its end. */
const LOOKED_AT = 256;
const LOOKED_AT_AGAIN = 64;

function leastOf({ length, least = Math.min(length, Math.max(16, Math.ceil(length * 0.6))) }: Shape): number {
  return least;
}

/** To the end of the run, so that nothing that follows a token can show its tail; but a sentence's full stop stays. */
function endOfToken(scan: Scan, from: number, also: string): number {
  const { text } = scan;
  // What an earlier token's run has covered is not run through again.
  let end = endOfRun(text, Math.max(from, Math.min(scan.covered, text.length)), also, text.length);
  while (end > from && (text.charCodeAt(end - 1) === 46 || text.charCodeAt(end - 1) === 58)) end -= 1;
  return end;
}

/** What is asked at every prefix, worked out once. */
function finderOfShape(shape: Shape): Find {
  const { also = '', begins, check } = shape;
  const table = tableOf(also);
  const least = leastOf(shape);
  return (scan, at, to) => {
    const { text } = scan;
    // Where a body has to reach: most of what has the prefix ends before.
    const far = to + least - 1;
    if (far >= text.length || !isIn(table, text.charCodeAt(far))) return;
    if (begins !== undefined && !beginsToken(text, at, begins)) return;
    // Inside of what was found already, as much as tells whether it is a token is enough.
    const most = to < scan.covered ? Math.max(least, LOOKED_AT_AGAIN) : LOOKED_AT;
    const looked = endIn(table, text, to, to + most);
    if (looked - to < least) return;
    const body = text.slice(to, looked);
    if (isPlaceholder(body) || (check !== undefined && !check(body))) return;
    const isCut = looked - to === most;
    scan.add(at, isCut ? endOfToken(scan, looked, also) : trimmed(text, to, looked));
  };
}

function trimmed(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && (text.charCodeAt(end - 1) === 46 || text.charCodeAt(end - 1) === 58)) end -= 1;
  return end;
}

interface Matching {
  readonly exact?: boolean;
  /** Not in the middle of a run. */
  readonly begins?: boolean;
  /** What the value may hold beside letters and digits: a longer one is masked to its end. */
  readonly also?: string;
  /** A character that it always has, so far from its beginning: looked at first. */
  readonly has?: readonly [number, string];
}

/** What `source` matches from the anchor on, or of that its last part `(?<value>…)`; its quantifiers are bounded. */
export function matching(
  text: string,
  source: string,
  { exact = true, begins = false, also, has: [far, mark] = [0, text.charAt(0)] }: Matching = {},
): Hook {
  const pattern = new RegExp(source, exact ? 'uy' : 'iuy');
  const code = mark.charCodeAt(0);
  return {
    anchors: [{ text, exact }],
    find(scan, at) {
      if (far > 0 && (at + far >= scan.text.length || scan.text.charCodeAt(at + far) !== code)) return;
      if (begins && !beginsToken(scan.text, at, '_.')) return;
      pattern.lastIndex = at;
      const found = pattern.exec(scan.text);
      if (found === null) return;
      const end = pattern.lastIndex;
      const start = end - (found.groups?.['value'] ?? found[0]).length;
      scan.add(start, also === undefined ? end : endOfToken(scan, end, also));
    },
  };
}

type Find = Hook['find'];

/** What is asked at an anchor: `key` is its text, in lower case where case does not matter. */
interface Entry {
  readonly key: string;
  readonly finds: Find[];
}

function findsOf({ shapes = [], beside = [], hooks = [] }: Token): {
  anchors: Anchor[];
  entries: Entry[];
} {
  const anchors: Anchor[] = [];
  const entries = new Map<string, Entry>();
  const add = (anchor: Anchor, find: Find): void => {
    const key = anchor.exact ? anchor.text : anchor.text.toLowerCase();
    const known = entries.get(key);
    if (known !== undefined) {
      known.finds.push(find);
      return;
    }
    anchors.push(anchor);
    entries.set(key, { key, finds: [find] });
  };
  for (const shape of shapes) {
    const find = finderOfShape(shape);
    for (const text of shape.prefixes) add({ text, exact: true }, find);
  }
  for (const hook of [...hooks, ...beside.map(besideHook)]) {
    for (const anchor of hook.anchors) add(anchor, hook.find);
  }
  return { anchors, entries: [...entries.values()] };
}

function isAt(text: string, at: number, key: string): boolean {
  for (let index = 0; index < key.length; index += 1) {
    const code = text.charCodeAt(at + index);
    const wanted = key.charCodeAt(index);
    if (code !== wanted && !(code >= 65 && code <= 90 && code + 32 === wanted)) return false;
  }
  return true;
}

/** By the lengths of anchors: most have a length for themselves, and nothing is compared then. */
function finderOf(entries: readonly Entry[]): Find {
  const byLength: Entry[][] = Array.from(
    { length: Math.max(0, ...entries.map(({ key }) => key.length)) + 1 },
    () => [],
  );
  for (const entry of entries) byLength[entry.key.length]?.push(entry);
  return (scan, at, to) => {
    const those = byLength[to - at] ?? [];
    for (const { key, finds } of those) {
      if (those.length > 1 && !isAt(scan.text, at, key)) continue;
      for (const find of finds) find(scan, at, to);
    }
  };
}

function exampleOf({ shapes = [], beside = [] }: Token): string {
  const [shape] = shapes;
  if (shape !== undefined) return `«${shape.prefixes[0]}${sampleBody(shape.length, shape.kind)}»`;
  return sampleBeside(beside[0] as Beside);
}

function checkOf({ shapes = [], beside = [] }: Token): string {
  const said = [
    ...(shapes.length > 0 ? ['its prefix and its length'] : []),
    ...(beside.length > 0 ? ['its length and characters beside the name of its provider'] : []),
  ];
  return said.join(', or ');
}

/** Whether a value whose name says that it is a secret looks drawn by chance. */
function looksRandom(value: string): boolean {
  if (value.length < 12 || value.length > 512 || /\s/u.test(value)) return false;
  if (isNoValue(value) || isPlaceholder(value)) return false;
  return isRandom(value, 12) && !isCode(value) && !isPlace(value) && !isOtherwiseKnown(value);
}

export function token(given: Token): Detector {
  const { anchors, entries } = findsOf(given);
  const { beside = [], shapes = [], hooks = [] } = given;
  const names = [...new Set([...(given.names ?? []), ...beside.flatMap(namesBeside)])];
  const ofName = given.whole ?? looksRandom;
  const fit = beside.map(fitsValue);
  const whole = (value: string): boolean => fit.some((fits) => fits(value)) || ofName(value);
  const tells = shapes.length > 0 || hooks.length > 0 ? 'structure' : 'context';
  return {
    type: given.type,
    kind: 'secret',
    title: given.title,
    example: given.example ?? exampleOf(given),
    check: given.check ?? checkOf(given),
    tells,
    rank: given.rank ?? (tells === 'structure' ? 8 : 5),
    ...(given.words === undefined ? {} : { words: given.words }),
    ...(names.length === 0 ? {} : { names, whole }),
    anchors,
    find: finderOf(entries),
  };
}
