// Text that others chose, cut so that it fits where room is counted in bytes.

export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

const MARK = '…';

/** As much of the beginning as has that many bytes as JSON, in whole characters, with a mark where something is left out. */
export function cutToBytes(text: string, most: number): string {
  if (jsonBytes(text) <= most) return text;
  let bytes = jsonBytes(MARK);
  let kept = '';
  for (const character of text) {
    // Without its quotes. Controls and halves of characters take six bytes.
    bytes += jsonBytes(character) - 2;
    if (bytes > most) break;
    kept += character;
  }
  return kept + MARK;
}
