// What the name of a key, a column or a field says of its value: `customer_ssn`, `cardNumber`, `X-Api-Key`.

import type { Detector } from '../detector.ts';

/** Which detectors a name speaks of. One object a name, so that it can be compared. */
export type Named = readonly number[];

export interface Names {
  /** Undefined where the name says nothing. */
  lookUp(name: string): Named | undefined;
}

const LONGEST = 80;
const MOST_REMEMBERED = 4096;

/** Words at the end of a name that say nothing of what the value is. */
const EMPTY_WORDS = new Set(
  [
    ...['number', 'numbers', 'no', 'num', 'nr', 'nbr', 'id', 'ids', 'value', 'values', 'val', 'text', 'str'],
    ...[
      'string',
      'field',
      'input',
      'raw',
      'plain',
      'list',
      'data',
      'info',
      'column',
      'col',
      'param',
      'header',
    ],
    ...['primary', 'secondary', 'default', 'main', 'old', 'new', 'current', 'previous', 'confirm'],
    ...['confirmation', 'repeat', 'again', 'encrypted', 'enc', 'b64', 'base64', 'here', 'is'],
  ].sort(),
);

export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/gu, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/gu, '$1 $2')
    .replace(/['’]/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function isEmptyWord(word: string | undefined): boolean {
  return word !== undefined && (EMPTY_WORDS.has(word) || /^\d{1,3}$/u.test(word));
}

/** A short text of its own: a slice of a document would keep all of that in memory. */
export function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function singular(text: string): string | undefined {
  return text.endsWith('s') ? text.slice(0, -1) : undefined;
}

export function createNames(detectors: readonly Pick<Detector, 'kind' | 'names' | 'notNames'>[]): Names {
  const known = new Map<string, number[]>();
  detectors.forEach(({ names = [] }, detector) => {
    for (const name of names) known.set(name, [...(known.get(name) ?? []), detector]);
  });
  const others = new Set(detectors.flatMap(({ notNames = [] }) => notNames));
  const remembered = new Map<string, Named | undefined>();
  const isSecret = (detector: number) => detectors[detector]?.kind === 'secret';
  const lookUpWhole = (joined: string) => {
    const single = singular(joined);
    return known.get(joined) ?? (single === undefined ? undefined : known.get(single));
  };

  /**
   * The longest ending says most: an `email address` is no address. Only of secrets the shorter ones are asked, too:
   * what is no `github token` by its form may still be a token.
   */
  function endingOf(words: readonly string[]): Named | undefined {
    const found: number[] = [];
    for (let from = 0; from < words.length; from += 1) {
      const joined = words.slice(from).join('');
      if (others.has(joined) || others.has(singular(joined) ?? joined)) break;
      const here = lookUpWhole(joined) ?? [];
      found.push(...(found.length === 0 ? here : here.filter(isSecret)));
      if (found.some((detector) => !isSecret(detector))) break;
    }
    return found.length === 0 ? undefined : [...new Set(found)];
  }

  function find(name: string): Named | undefined {
    const words = wordsOf(name);
    while (words.length > 0) {
      const found = endingOf(words);
      if (found !== undefined) return found;
      const last = words.at(-1);
      // `address1` and `ssn2` are one word to the eye of whoever wrote them.
      const bare = last?.replace(/\d{1,2}$/u, '');
      if (bare !== undefined && bare !== '' && bare !== last) words.splice(-1, 1, bare);
      else if (isEmptyWord(last)) words.pop();
      else return undefined;
    }
    return undefined;
  }

  return {
    lookUp(name) {
      if (name.length < 2) return undefined;
      // What a name says, its end says.
      if (name.length > LONGEST) return this.lookUp(name.slice(-LONGEST));
      const earlier = remembered.get(name);
      if (earlier !== undefined || remembered.has(name)) return earlier;
      // A hostile document may have any number of keys.
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      const found = find(name);
      remembered.set(copyOf(name), found);
      return found;
    },
  };
}
