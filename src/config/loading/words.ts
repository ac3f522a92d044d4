// How faults speak: what was found, quoted and short, and what was probably meant.

const SHOWN_CHARACTERS = 60;
const PATH_CHARACTERS = 160;

/** On one line, without control characters or a URL's password, and not too long. */
function shown(text: string, most = SHOWN_CHARACTERS): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').replace(/:\/\/[^/\s]*@/gu, '://…@');
  return clean.length > most ? `${clean.slice(0, most)}…` : clean;
}

/** A value as it may stand in a sentence. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return `\`${shown(text)}\``;
}

/** `issuers[0].audience`. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return `\`${shown(text.replace(/^\./u, ''), PATH_CHARACTERS)}\``;
}

/** How many letters must be put in, taken out, replaced or swapped with their neighbour. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) best = Math.min(best, (before[column - 2] ?? 0) + 1);
      current.push(best);
    }
    before = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

const LONGEST_COMPARED = 64;

/** The known word that is close enough to be what was meant. */
export function closest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > LONGEST_COMPARED) return undefined;
  const bare = (text: string) => text.toLowerCase().replace(/[-_ ]/gu, '');
  let found: string | undefined;
  let least = Math.max(1, Math.min(3, Math.floor(word.length / 3))) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > 3) continue;
    const letters = bare(candidate) === bare(word) ? 0 : distance(word, candidate);
    if (letters < least) {
      least = letters;
      found = candidate;
    }
  }
  return found;
}

const LISTED = 12;

/** `; did you mean …?` where something is close, else what there is to choose from. */
export function rather(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  if (near !== undefined) return `; did you mean ${quoted(near)}?`;
  if (known.length === 0) return '';
  const more = known.length > LISTED ? ', …' : '';
  return `; known are ${known
    .slice(0, LISTED)
    .map((one) => shown(one))
    .join(', ')}${more}`;
}
