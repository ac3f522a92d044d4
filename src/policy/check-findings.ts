// What is found wrong with one policy, and where in its text that stands.
import { closest } from '../shared/closest.ts';
import type { ParsedPolicy } from './policies.ts';
import { lineAt, type Piece } from './source.ts';

/** Something that a policy's tree shows to be wrong, which Cedar's validator does not mind or says worse. */
export interface Finding {
  readonly policy: ParsedPolicy;
  /** Where it stands; nowhere if it is spelled in a way that is not looked for. */
  readonly lines: readonly number[];
  readonly problem: string;
  /** Whether the validator means the same. */
  isSaidBy(message: string): boolean;
}

export const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The lines of a file in which a pattern ends within a piece, outside comments. */
export function linesOf(piece: Piece, pattern: string): readonly number[] {
  const ends = [...piece.code.matchAll(new RegExp(pattern, 'gu'))].map(
    ({ 0: { length }, index }) => index + length,
  );
  return [...new Set(ends.map((end) => piece.line + lineAt(piece.code, Math.max(0, end - 1)) - 1))];
}

const SHOWN_CHARACTERS = 60;
const LISTED = 12;

/** On one line, with nothing that a terminal obeys, and not too long. */
export function quoted(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  return `"${clean.length > SHOWN_CHARACTERS ? `${clean.slice(0, SHOWN_CHARACTERS)}…` : clean}"`;
}

export function listed(words: readonly string[]): string {
  return [...words.slice(0, LISTED), ...(words.length > LISTED ? ['…'] : [])].join(', ');
}

export function suggest(word: string, candidates: Iterable<string>, otherwise: string): string {
  const meant = closest(word, candidates);
  return meant === undefined ? otherwise : `did you mean ${quoted(meant)}?`;
}
