// What the name of a key, a column or a field says of its value: `customer_ssn`, `cardNumber`, `X-Api-Key`.

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

export function createNames(byDetector: readonly (readonly string[])[]): Names {
  const known = new Map<string, number[]>();
  byDetector.forEach((names, detector) => {
    for (const name of names) known.set(name, [...(known.get(name) ?? []), detector]);
  });
  const remembered = new Map<string, Named | undefined>();

  function endingOf(words: readonly string[]): Named | undefined {
    for (let from = 0; from < words.length; from += 1) {
      const joined = words.slice(from).join('');
      const found = known.get(joined) ?? (joined.endsWith('s') ? known.get(joined.slice(0, -1)) : undefined);
      if (found !== undefined) return found;
    }
    return undefined;
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
      if (name.length < 2 || name.length > LONGEST) return undefined;
      const earlier = remembered.get(name);
      if (earlier !== undefined || remembered.has(name)) return earlier;
      // A hostile document may have any number of keys.
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      const found = find(name);
      remembered.set(name, found);
      return found;
    },
  };
}
