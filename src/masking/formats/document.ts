// A whole document in one of the formats: what is masked of it.
import type { Format } from '../masker.ts';
import { Segments } from '../scan/segments.ts';
import { CsvReader } from './csv.ts';
import { detectFormat } from './detect-format.ts';
import { type Edit, editsOfFreeText, liftEdits } from './edits.ts';
import { FormReader } from './form.ts';
import type { FormatReader } from './format-reader.ts';
import type { Ground } from './ground.ts';
import { JsonReader } from './json.ts';
import { editsOfPiece } from './text.ts';

export type Detected = Exclude<Format, 'auto'>;

export function createReader(ground: Ground, format: Exclude<Detected, 'text'>): FormatReader {
  if (format === 'json') return new JsonReader(ground);
  return format === 'csv' ? new CsvReader(ground) : new FormReader(ground);
}

/** Free text of any length; very long ones as if they came part by part, so that both give the same. */
function editsOfText(ground: Ground, text: string): Edit[] {
  if (text.length <= Segments.LONGEST) return editsOfFreeText(text, ground.finder.find(text));
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

export function editsOfDocument(ground: Ground, text: string, format: Format): readonly Edit[] {
  const found = format === 'auto' ? detectFormat(text, false, (name) => ground.isKnown(name)) : format;
  if (found === 'text' || found === undefined) return editsOfText(ground, text);
  const { to, edits, isOver } = createReader(ground, found).read(text, true);
  if (!isOver) return edits;
  const rest = liftEdits(editsOfText(ground, text.slice(to)), (index) => to + index);
  return [...edits, ...rest];
}
