// The way through a document: which place each value has. JSON's text and parsed values are walked alike.
import type { Action } from '../model.ts';
import type { Ground, Place } from './ground.ts';
import { goesOnAfter } from './key-lines.ts';

const bothCases = (words: readonly string[]): ReadonlySet<string> =>
  new Set(words.flatMap((word) => [word, word.toLowerCase(), word[0]?.toUpperCase() + word.slice(1)]));

/** `{"name": "DB_PASSWORD", "value": "x"}`: what stands under the first names what stands under the second. */
const NAMES = bothCases(['name', 'key', 'field', 'label', 'parameterKey', 'parameterName']);
const VALUES = bothCases(['value', 'parameterValue']);
const LONGEST_NAME = 80;
/** `["--password", "x"]`. */
const OPTION = /^--?(?=[A-Za-z][\w-]+$)/u;

interface Level {
  readonly isArray: boolean;
  /** Of pairs, perhaps: it stands in an array itself. */
  readonly isInArray: boolean;
  readonly place: Place;
  index: number;
  key: string;
  /** What a member of this object names; what an item names, for the next. */
  hint: string | undefined;
  /** What an item began that the next may go on with. */
  before: string | undefined;
}

/** A value that a later member of its object may name. */
export interface Unnamed {
  readonly place: Place;
  readonly above: Action | undefined;
}

export class Walk {
  readonly #ground: Ground;
  readonly #root: Place;
  readonly #levels: Level[] = [];

  constructor(ground: Ground, root: Place) {
    this.#ground = ground;
    this.#root = root;
  }

  /** The place of what comes next, which may be text. `following` is what a member after it names. */
  next(text?: unknown, following?: string): Place {
    const level = this.#levels.at(-1);
    if (level === undefined) return this.#root;
    if (level.isArray) return this.#item(level, text);
    const place = this.#ground.member(level.place, level.key);
    if (!VALUES.has(level.key)) return place;
    const hint = level.hint ?? following;
    return hint === undefined ? place : placeOfNamed(this.#ground, place, level.place.rule, hint);
  }

  #item(level: Level, text: unknown): Place {
    level.index += 1;
    const item = this.#ground.item(level.place, level.index);
    const place = level.before === undefined ? item : { ...item, before: level.before };
    const { hint } = level;
    level.hint = undefined;
    if (hint === undefined || (typeof text === 'string' && isNoValue(this.#ground, text))) return place;
    return placeOfNamed(this.#ground, place, level.place.rule, hint);
  }

  /** Where the object stands whose key comes next. */
  get around(): Place {
    return this.#levels.at(-1)?.place ?? this.#root;
  }

  /** What comes next, if a member after it may name it. */
  get unnamed(): Unnamed | undefined {
    const level = this.#levels.at(-1);
    if (level === undefined || level.isArray || level.hint !== undefined || !VALUES.has(level.key))
      return undefined;
    return { place: this.#ground.member(level.place, level.key), above: level.place.rule };
  }

  open(isArray: boolean, given: Place): void {
    const place = given.before === undefined ? given : { ...given, before: undefined };
    const isInArray = this.#levels.at(-1)?.isArray === true;
    this.#levels.push({ isArray, isInArray, place, index: -1, key: '', hint: undefined, before: undefined });
  }

  close(): void {
    this.#levels.pop();
  }

  key(key: string): void {
    const level = this.#levels.at(-1);
    if (level !== undefined) level.key = key;
  }

  /** A text that was met as a value: perhaps it names another. Says whether it does so in an object. */
  text(text: string): boolean {
    const level = this.#levels.at(-1);
    if (level === undefined) return false;
    if (level.isArray) {
      level.before = goesOnAfter(text, level.before);
      level.hint = hintOf(level, text);
      return false;
    }
    if (text.length > LONGEST_NAME || !NAMES.has(level.key)) return false;
    level.hint = text;
    return true;
  }
}

/** `["password", "x"]` in an array, and an option of a command. */
function hintOf({ index, isInArray }: Level, text: string): string | undefined {
  if (text.length > LONGEST_NAME) return undefined;
  if (OPTION.test(text)) return text.replace(OPTION, '');
  return isInArray && index === 0 ? text : undefined;
}

/** Another option, or one of a list of names. */
function isNoValue(ground: Ground, text: string): boolean {
  return OPTION.test(text) || (text.length <= LONGEST_NAME && ground.isKnown(text));
}

/** Whether what stands under `key` names what stands under another. */
export function namesValue(key: string, value: unknown): value is string {
  return NAMES.has(key) && typeof value === 'string' && value.length <= LONGEST_NAME;
}

export const isNamesKey = (key: string): boolean => NAMES.has(key);
export const isValuesKey = (key: string): boolean => VALUES.has(key);

/** The place of a value that something else names. `above` is the rule of what both stand in. */
export function placeOfNamed(ground: Ground, place: Place, above: Action | undefined, name: string): Place {
  const said = ground.field(name);
  // A rule for the value's own path or key is nearer than one for what names it, that nearer than one from above.
  const isOwn = place.rule !== undefined && place.rule !== above;
  const rule = isOwn ? place.rule : (said.rule ?? place.rule);
  return { ...place, named: said.named ?? place.named, rule };
}
