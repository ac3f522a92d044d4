// Parsed values, masked: new ones of the same shape, by the same rules as JSON's text.
import type { Json, JsonObject } from '../../shared/json.ts';
import { applyEdits, editsOfMarks, type Render } from './edits.ts';
import type { Ground, Place } from './ground.ts';
import { editsOfContent } from './json.ts';
import { freeKey } from './keys.ts';
import { namesValue, Walk } from './walk.ts';

type Container = Json[] | Record<string, Json>;

/** A container half way through. */
interface Open {
  readonly source: readonly Json[] | JsonObject;
  /** Of an object. */
  readonly keys: readonly string[] | undefined;
  readonly target: Container;
  /** What of `source` is named, where its names are looked for. */
  readonly names: string | undefined;
  /** How many keys were masked to the same; once something is masked of one. */
  alike: Map<string, number> | undefined;
  at: number;
}

function maskText(ground: Ground, place: Place, text: string, render: Render): string | null {
  const edits = editsOfContent(ground, place, text);
  const [edit] = edits;
  if (edit === undefined) return text;
  const masked = applyEdits(text, edits, render);
  const isWhole = edits.length === 1 && edit.dropped === undefined && edit.end - edit.start === text.length;
  return isWhole && masked === '' ? null : masked;
}

/** A value without parts. What is masked of a number makes all of it a label. */
export function maskScalar(
  ground: Ground,
  place: Place,
  value: Json | undefined | bigint,
  render: Render,
): Json {
  if (typeof value === 'string') return maskText(ground, place, value, render);
  if (typeof value === 'number' || typeof value === 'bigint') {
    const text = String(value);
    const marks = ground.marksOf(place, text);
    const [mark] = marks;
    if (mark === undefined) return value as number;
    const meant = marks.length === 1 ? text.slice(mark.start, mark.end) : text;
    return render({ type: mark.type, action: mark.action, value: meant }) || null;
  }
  const mark = ground.markOfLiteral(place);
  if (mark === undefined) return value as Json;
  return render({ ...mark, value: String(value) }) || null;
}

export function isContainer(value: unknown): value is readonly Json[] | JsonObject {
  return typeof value === 'object' && value !== null;
}

class ValueMasker {
  readonly #ground: Ground;
  readonly #walk: Walk;
  readonly #render: Render;
  readonly #open: Open[] = [];

  constructor(ground: Ground, place: Place, render: Render) {
    this.#ground = ground;
    this.#walk = new Walk(ground, place);
    this.#render = render;
  }

  mask(value: Json): Json {
    const masked = this.#begin(value, undefined);
    for (let level = this.#open.at(-1); level !== undefined; level = this.#open.at(-1)) {
      const { source, keys, target, at } = level;
      if (at >= (keys ?? (source as readonly Json[])).length) {
        this.#open.pop();
        this.#walk.close();
        continue;
      }
      level.at += 1;
      if (keys === undefined)
        (target as Json[]).push(this.#begin((source as readonly Json[])[at], undefined));
      else this.#member(level, keys[at] as string);
    }
    return masked;
  }

  #member(open: Open, key: string): void {
    this.#walk.key(key);
    const masked = this.#freeKey(open, key);
    const value = this.#begin((open.source as JsonObject)[key], open.names);
    set(open.target as Record<string, Json>, masked, value);
  }

  /** As long as nothing is masked of a key, all are as different as they were. */
  #freeKey(open: Open, key: string): string {
    const marks = this.#ground.marksOfKey(this.#walk.around, key);
    if (marks.length === 0 && open.alike === undefined) return key;
    open.alike ??= new Map();
    const masked = marks.length === 0 ? key : applyEdits(key, editsOfMarks(key, marks), this.#render);
    return freeKey(masked, open.alike, (free) => Object.hasOwn(open.target, free));
  }

  /** A scalar masked; or a container that is yet to be filled. */
  #begin(value: Json | undefined, names: string | undefined): Json {
    const place = this.#walk.next(value, names);
    if (!isContainer(value)) {
      if (typeof value === 'string') this.#walk.text(value);
      return maskScalar(this.#ground, place, value, this.#render);
    }
    const keys = Array.isArray(value) ? undefined : Object.keys(value);
    const target: Container = keys === undefined ? [] : {};
    const named = keys?.find((key) => namesValue(key, (value as JsonObject)[key]));
    const name = named === undefined ? undefined : ((value as JsonObject)[named] as string);
    this.#open.push({ source: value, keys, target, names: name, alike: undefined, at: 0 });
    this.#walk.open(keys === undefined, place);
    return target;
  }
}

/** `__proto__` is a key like any other. */
function set(target: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else target[key] = value;
}

export function maskValue(ground: Ground, value: Json, render: Render, place: Place = ground.root): Json {
  return new ValueMasker(ground, place, render).mask(value);
}
