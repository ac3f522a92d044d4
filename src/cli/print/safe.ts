// Text that others chose, made safe to print: nothing in it moves the cursor, begins a line or turns the writing round.

/** Controls, invisible and directional marks, halves of characters, and what is no character (yet). */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** A pile of marks on one letter covers the lines around it. */
const PILES = /(\p{M}{4})\p{M}+/gu;

/** One line, whatever the text holds. What is left out leaves a mark, since it may be why somebody should look. */
export function oneLine(text: string): string {
  return text
    .replace(/[\t\n\r]+/gu, ' ')
    .replace(UNSAFE, '\ufffd')
    .replace(PILES, '$1');
}

function escaped(character: string): string {
  if (character === '\n') return character;
  return Array.from({ length: character.length }, (_, place) => {
    const unit = character.charCodeAt(place).toString(16).padStart(4, '0');
    return `\\u${unit}`;
  }).join('');
}

/** JSON that says the same as the value does, with everything unsafe escaped. */
export function jsonText(value: unknown): string {
  // Line breaks stand between members only: within strings JSON escapes them itself.
  return JSON.stringify(value, null, 2).replace(UNSAFE, escaped);
}
