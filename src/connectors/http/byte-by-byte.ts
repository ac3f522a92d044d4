// Whether a text in some charset reads otherwise where its bytes are taken for ASCII, as many servers do whatever the charset is.

/**
 * Of UTF-8 and of all charsets with a byte a character, the same letters of ASCII stand in both. Of UTF-16, of Shift_JIS and of
 * those that switch by an escape, some bytes are halves of other characters: a body can then say one thing to people, and another
 * to the target.
 */
export function readsOtherwise(body: Uint8Array, text: string): boolean {
  let place = 0;
  for (const byte of body) {
    if (byte >= 0x80) continue;
    while (place < text.length && text.charCodeAt(place) >= 0x80) place += 1;
    if (text.charCodeAt(place) !== byte) return true;
    place += 1;
  }
  while (place < text.length && text.charCodeAt(place) >= 0x80) place += 1;
  return place < text.length;
}
