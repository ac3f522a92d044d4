// Masks what comes part by part. All parts that come out are together what the whole would have given.

import { detectFormat } from './formats/detect-format.ts';
import { createReader, type Detected, editsOfField } from './formats/document.ts';
import { applyEdits, type Render } from './formats/edits.ts';
import type { FormatReader } from './formats/format-reader.ts';
import type { Ground, Place } from './formats/ground.ts';
import { editsOfPiece } from './formats/text.ts';
import type { Format, MaskingStream } from './masker.ts';
import type { Piece, Segments } from './scan/segments.ts';

/** What waits is looked at again once it has grown by half; less than this is looked at with every part. */
const LITTLE = 65_536;

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;

class DocumentStream implements MaskingStream {
  readonly #ground: Ground;
  readonly #render: Render;
  #format: Format;
  #reader: FormatReader | undefined;
  #segments: Segments | undefined;
  /** What was looked at and is not final, and what came since. */
  #waiting = '';
  #since: string[] = [];
  #sinceLength = 0;
  /** A half of a character that the next part completes. */
  #half = '';

  readonly #root: Place;

  constructor(ground: Ground, render: Render, format: Format, root: Place) {
    this.#root = root;
    this.#ground = ground;
    this.#render = render;
    this.#format = format;
  }

  push(part: string): string {
    this.#since.push(part);
    this.#sinceLength += part.length;
    const isEnough = this.#waiting.length < LITTLE || this.#sinceLength * 2 > this.#waiting.length;
    if (!isEnough) return '';
    const out = this.#half + this.#take(false);
    this.#half = isHigh(out.charCodeAt(out.length - 1)) ? out.slice(-1) : '';
    return this.#half === '' ? out : out.slice(0, -1);
  }

  end(): string {
    const out = this.#half + this.#take(true);
    this.#half = '';
    return out;
  }

  #take(isLast: boolean): string {
    const text = this.#waiting + this.#since.join('');
    this.#since = [];
    this.#sinceLength = 0;
    if (this.#format === 'auto') {
      const found = detectFormat(text, !isLast, (name) => this.#ground.isKnown(name));
      if (found === undefined && !isLast) {
        this.#waiting = text;
        return '';
      }
      this.#format = found ?? 'text';
    }
    if (this.#format === 'text') return this.#text(text, isLast);
    return this.#read(text, isLast, this.#format);
  }

  #read(text: string, isLast: boolean, format: Exclude<Detected, 'text'>): string {
    this.#reader ??= createReader(this.#ground, format, this.#root);
    const { to, edits, isOver } = this.#reader.read(text, isLast);
    const out = applyEdits(text, edits, this.#render, 0, to);
    this.#waiting = text.slice(to);
    if (!isOver) return out;
    this.#format = 'text';
    return out + this.#text(this.#waiting, isLast);
  }

  #text(text: string, isLast: boolean): string {
    this.#waiting = '';
    this.#segments ??= this.#ground.finder.segments();
    let out = '';
    for (const piece of this.#segments.push(text)) out += this.#piece(piece);
    if (isLast) for (const piece of this.#segments.end()) out += this.#piece(piece);
    return out;
  }

  #piece(piece: Piece): string {
    return applyEdits(piece.text, editsOfPiece(piece), this.#render);
  }
}

/** One value that a rule speaks of: what becomes of it is known once all of it is there. */
class RuledStream implements MaskingStream {
  readonly #mask: (text: string) => string;
  readonly #parts: string[] = [];

  constructor(mask: (text: string) => string) {
    this.#mask = mask;
  }

  push(part: string): string {
    this.#parts.push(part);
    return '';
  }

  end(): string {
    return this.#mask(this.#parts.join(''));
  }
}

/** `name`: of the field whose value it is. It has a say by its rule, and in JSON. */
export function createStream(ground: Ground, render: Render, format: Format, name?: string): MaskingStream {
  const root = name === undefined ? ground.root : ground.member(ground.root, name);
  if (name === undefined || root.rule === undefined || format === 'json')
    return new DocumentStream(ground, render, format, root);
  return new RuledStream((text) => applyEdits(text, editsOfField(ground, root, text, format), render));
}
