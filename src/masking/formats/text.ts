// Free text in pieces.
import type { Piece } from '../scan/segments.ts';
import { type Edit, editsOfFreeText } from './edits.ts';

export function editsOfPiece({ text, spans }: Piece): Edit[] {
  const edits = editsOfFreeText(text, spans);
  const [first] = edits;
  if (first !== undefined && spans[0]?.continued === true) edits[0] = { ...first, continued: true };
  return edits;
}
