// Whether the whole value under a name such as `address` is where somebody lives, and not where a machine is reached.
import { ENDINGS, FRENCH, GROWN, LOOSE } from './streets.ts';

const OF_ADDRESS = /^[\p{L}\p{M}\p{N}\s,.'’"#/()&º°ª–-]{4,160}$/u;
const OF_MACHINE =
  /^(?:[\da-f.:]+(?:[:/]\d+)?|[\w-]+(?:\.[\w-]+)+(?::\d+)?|0x[\da-f]+|[\da-f]{2}(?:[:-][\da-f]{2}){5}|\S+)$/iu;
const MOST_WORDS = 16;
const LONGEST_WORD = 36;
const MOST_SMALL = 4;

const KINDS =
  /(?:^|[\s,])(?:calle|c\/|avenida|av\.?|avda\.?|paseo|plaza|via|viale|piazza|corso|rua|travessa|praça|alameda|rodovia|strada|contrada|ul\.|al\.|os\.|po box|p\.o\.|postfach|postbus)(?=\s)/iu;

function saysStreet(words: readonly string[]): boolean {
  return words.some((word) => {
    const bare = word.replace(/[.,]$/u, '').toLowerCase();
    return ENDINGS.has(bare) || LOOSE.has(bare) || FRENCH.has(bare) || GROWN.test(bare);
  });
}

export function isAddressValue(value: string): boolean {
  if (!OF_ADDRESS.test(value) || !/\p{L}{2}/u.test(value)) return false;
  const words = value.split(/\s+/u);
  // One word: a host, a pointer, an identifier; or `Hauptstraße`, `Dorpsstraat`.
  if (words.length === 1) return GROWN.test(value) && /^\p{Lu}/u.test(value) && value.length > 7;
  if (words.length > MOST_WORDS || words.some((word) => word.length > LONGEST_WORD) || OF_MACHINE.test(value))
    return false;
  const small = words.filter((word) => /^\p{Ll}{3,}/u.test(word)).length;
  const capitals = words.filter((word) => /^\p{Lu}/u.test(word)).length;
  if (/\d/u.test(value)) return capitals > 0 ? small <= MOST_SMALL : saysStreet(words);
  return capitals > 0 && small <= 2 && words.length <= 6 && (saysStreet(words) || KINDS.test(value));
}
