// Whether a secret stands in the name of a header, whose case says nothing: it is read, and given, in small letters.
import { smallWritingsOf } from './scrub-ways.ts';

/** So much of the beginning of each tells whether all of them are worth looking for. */
const BEGINNING = 8;

/** The sign itself where a URL stands in a URL. */
const IN_URL = /%(?:25){0,2}([0-9a-f]{2})/gu;

/** As it is, and unescaped: no other escapes have only characters that a name may have. */
function readings(name: string): string {
  const small = name.toLowerCase();
  if (!small.includes('%')) return small;
  const unescaped = small.replace(IN_URL, (_, byte: string) =>
    String.fromCharCode(Number.parseInt(byte, 16)),
  );
  return `${small}\n${unescaped.toLowerCase()}`;
}

function beginningOf(writings: readonly string[]): RegExp {
  const beginnings = new Set(writings.map((text) => text.slice(0, BEGINNING)));
  const patterns = Array.from(beginnings, (text) => text.replace(/[^a-z0-9]/gu, escapedCodes));
  return new RegExp(patterns.join('|'));
}

/** By code unit, as a beginning may end in the middle of a character. */
function escapedCodes(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}

/** Keeps no more than the beginnings: the ways of a long secret are longer than it, and many. */
export function createNameFinder(secrets: readonly string[]): (name: string) => boolean {
  let beginning: RegExp | undefined;
  return (name) => {
    beginning ??= beginningOf(secrets.flatMap(smallWritingsOf));
    const read = readings(name);
    return beginning.test(read) && secrets.flatMap(smallWritingsOf).some((written) => read.includes(written));
  };
}
