// A whole document in one of the formats: what is masked of it.
import type { Format } from '../masker.ts';
import { Segments } from '../scan/segments.ts';
import { CsvReader } from './csv.ts';
import { DECIDES, detectFormat } from './detect-format.ts';
import { type Edit, editsOfFreeText, liftEdits } from './edits.ts';
import { EventsReader } from './events.ts';
import { FormReader } from './form.ts';
import type { FormatReader, Read } from './format-reader.ts';
import type { Ground, Place } from './ground.ts';
import { editsOfContent, JsonReader, whereJsonFails } from './json.ts';
import { startOf } from './sniff-table.ts';
import { editsOfPiece } from './text.ts';

export type Detected = Exclude<Format, 'auto'>;

export function createReader(
  ground: Ground,
  format: Exclude<Detected, 'text'>,
  root: Place = ground.root,
): FormatReader {
  if (format === 'json') return new JsonReader(ground, root);
  if (format === 'events') return new EventsReader(ground);
  return format === 'csv' ? new CsvReader(ground) : new FormReader(ground);
}

/** Free text of any length; very long ones as if they came part by part, so that both give the same. */
function editsOfText(ground: Ground, text: string): readonly Edit[] {
  if (text.length <= Segments.LONGEST) {
    const spans = ground.finder.find(text);
    return spans.length === 0 ? NOTHING : editsOfFreeText(text, spans);
  }
  const segments = ground.finder.segments();
  const edits: Edit[] = [];
  let offset = 0;
  for (const piece of [...segments.push(text), ...segments.end()]) {
    const from = offset;
    for (const edit of liftEdits(editsOfPiece(piece), (index) => from + index)) edits.push(edit);
    offset += piece.text.length;
  }
  return edits;
}

/** Most that begins with a bracket and is no list of JSON shows it within so many characters. */
const SHOWS = 64;
const OPEN_ARRAY = 91;
const NOTHING: readonly Edit[] = [];

/**
 * What seems to be a list, by what it turns out to be: JSON if its first line is, as `detectFormat` says, but that the
 * line is not read for that alone.
 */
function editsOfList(ground: Ground, text: string, start: number): readonly Edit[] {
  if (whereJsonFails(text.slice(start, start + SHOWS), false) !== -1) return editsOfText(ground, text);
  const line = text.slice(start).search(/[\r\n]/u);
  const reader = new JsonReader(ground);
  const read = reader.read(text, true);
  const isText = read.isOver && (line === -1 || reader.failedAt < start + line);
  return isText ? editsOfText(ground, text) : withRest(ground, text, read);
}

/** With what is masked of the text from where it is of no format. */
function withRest(ground: Ground, text: string, { to, edits, isOver }: Read): readonly Edit[] {
  if (!isOver) return edits;
  const rest = liftEdits(editsOfText(ground, text.slice(to)), (index) => to + index);
  return [...edits, ...rest];
}

export function editsOfDocument(ground: Ground, text: string, format: Format): readonly Edit[] {
  if (format === 'auto' && text.length <= DECIDES) {
    const start = startOf(text);
    if (start !== undefined && text.charCodeAt(start) === OPEN_ARRAY) return editsOfList(ground, text, start);
  }
  const found = format === 'auto' ? detectFormat(text, false, ground.knows) : format;
  if (found === 'text' || found === undefined) return editsOfText(ground, text);
  return withRest(ground, text, createReader(ground, found).read(text, true));
}

/** Of a text longer than that, a name alone says nothing: it is no password. */
const MOST_NAMED = 65_536;

/** The value of a field that stands somewhere: what its name says holds for it, as for one of JSON. */
export function editsOfField(ground: Ground, place: Place, text: string, format: Format): readonly Edit[] {
  if (format === 'json') return withRest(ground, text, createReader(ground, format, place).read(text, true));
  const isNamed = place.named !== undefined && text.length <= MOST_NAMED;
  const isOfTable = format === 'csv' || format === 'form';
  return place.rule !== undefined || (isNamed && !isOfTable)
    ? editsOfContent(ground, place, text)
    : editsOfDocument(ground, text, format);
}
