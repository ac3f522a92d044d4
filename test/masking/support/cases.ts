// Reads the case files of detectors: a line a case, the values to be found between « and ».
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CASES = join(import.meta.dirname, '../../cases/masking');

export interface Case {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly values: readonly { readonly start: number; readonly end: number }[];
}

const ALPHABETS: Readonly<Record<string, string>> = {
  'A-Z': 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'a-z': 'abcdefghijklmnopqrstuvwxyz',
  '0-9': '0123456789',
  'a-f': 'abcdef',
  'A-F': 'ABCDEF',
};

function charactersOf(set: string): string {
  let characters = '';
  for (const [part] of set.matchAll(/[A-Za-z0-9]-[A-Za-z0-9]|./gsu)) {
    const range = ALPHABETS[part];
    characters += range ?? (/^.-.$/u.test(part) ? between(part) : part);
  }
  return characters;
}

function between(range: string): string {
  const [from, to] = [range.charCodeAt(0), range.charCodeAt(2)];
  return Array.from({ length: to - from + 1 }, (_, index) => String.fromCharCode(from + index)).join('');
}

/** The same for the same line, and unlike a real one: so that no case looks like somebody's token in the repository. */
function generated(text: string, seed: number): string {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  const next = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  return text.replaceAll(/\{\{(\d+):([^}]+)\}\}/gu, (_, many: string, set: string) => {
    const characters = charactersOf(set);
    return Array.from({ length: Number(many) }, () => characters[next(characters.length)]).join('');
  });
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', 0: '\0' };

function unescaped(text: string): string {
  return text.replaceAll(/\\([ntr0\\])/gu, (_, letter: string) => ESCAPES[letter] as string);
}

/** The text without its marks, and where they stood. */
export function marked(given: string): Pick<Case, 'text' | 'values'> {
  const values: { start: number; end: number }[] = [];
  let text = '';
  let start = 0;
  for (const character of given.split(/([«»])/u)) {
    if (character === '«') start = text.length;
    else if (character === '»') values.push({ start, end: text.length });
    else text += character;
  }
  return { text, values };
}

export function casesOf(type: string, name: 'found' | 'not-found'): readonly Case[] {
  const file = join(CASES, type, `${name}.txt`);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index) => ({ text, line: index + 1 }))
    .filter(({ text }) => text !== '' && !text.startsWith('# '))
    .map(({ text, line }) => ({ file, line, ...marked(unescaped(generated(text, line))) }));
}
