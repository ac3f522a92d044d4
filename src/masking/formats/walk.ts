// The way through a document: which place each value has. JSON's text and parsed values are walked alike.
import type { Action } from '../model.ts';
import type { Ground, Place } from './ground.ts';

/** `{"name": "DB_PASSWORD", "value": "x"}`: what stands under the first names what stands under the second. */
const NAMES = new Set(['name', 'key', 'Name', 'Key']);
const VALUES = new Set(['value', 'Value']);
const LONGEST_NAME = 80;

interface Level {
  readonly isArray: boolean;
  readonly place: Place;
  index: number;
  key: string;
  /** What a member of this object names. */
  hint: string | undefined;
}

export class Walk {
  readonly #ground: Ground;
  readonly #root: Place;
  readonly #levels: Level[] = [];

  constructor(ground: Ground, root: Place) {
    this.#ground = ground;
    this.#root = root;
  }

  /** The place of what comes next. `following` is what the member after it would name. */
  next(following?: string): Place {
    const level = this.#levels.at(-1);
    if (level === undefined) return this.#root;
    if (level.isArray) {
      level.index += 1;
      return this.#ground.item(level.place, level.index);
    }
    const place = this.#ground.member(level.place, level.key);
    if (!VALUES.has(level.key)) return place;
    const hint = level.hint ?? following;
    return hint === undefined ? place : placeOfNamed(this.#ground, place, level.place.rule, hint);
  }

  /** Where the object stands whose key comes next. */
  get around(): Place {
    return this.#levels.at(-1)?.place ?? this.#root;
  }

  /** Whether the member that comes next may be named by the one after it. */
  get looksAhead(): boolean {
    const level = this.#levels.at(-1);
    return level !== undefined && !level.isArray && level.hint === undefined && VALUES.has(level.key);
  }

  open(isArray: boolean, place: Place): void {
    this.#levels.push({ isArray, place, index: -1, key: '', hint: undefined });
  }

  close(): void {
    this.#levels.pop();
  }

  key(key: string): void {
    const level = this.#levels.at(-1);
    if (level !== undefined) level.key = key;
  }

  /** A text that was met as a value: perhaps it names another. */
  text(text: string): void {
    const level = this.#levels.at(-1);
    if (level === undefined || level.isArray || text.length > LONGEST_NAME) return;
    if (NAMES.has(level.key)) level.hint = text;
  }
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
  return { named: said.named ?? place.named, rule, path: place.path };
}
