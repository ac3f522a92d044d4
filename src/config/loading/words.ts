// How faults speak: what was found, quoted and short, and what was probably meant.
import { closest } from '../../shared/closest.ts';

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
