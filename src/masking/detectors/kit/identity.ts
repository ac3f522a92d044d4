// Numbers that states, insurers and offices give to people and firms: what all their detectors have in common.
import type { Anchor, Detector, Form } from '../../detector.ts';
import type { Scan } from '../../scan/scan.ts';
import { findBeside, leadOf, unescaped, valuePattern } from './number-beside.ts';

/** Longer is no such number, however it is written. */
const LONGEST = 64;

export interface Identity {
  readonly type: string;
  readonly title: string;
  readonly example: string;
  readonly check: string;
  readonly kind?: Detector['kind'];
  /** Shapes that count by themselves, with the check. None: only with context. */
  readonly own?: readonly Form[];
  /** Shapes that count with context, with the check. */
  readonly near?: readonly Form[];
  readonly test?: (plain: string) => boolean;
  readonly words?: readonly string[];
  /** Words that mean nothing else: beside these, and under a name, what has the shape counts even if the check fails. */
  readonly sure?: readonly string[];
  readonly names: readonly string[];
  readonly countries?: readonly string[];
  /** The shape as a pattern, in any spelling: what counts under a name, and beside a sure word. */
  readonly loose: string;
}

/** A phrase also as names have it: `bank_account` in the head of a table, far from its value. */
function anchorsOf(words: readonly string[]): Anchor[] {
  return words.flatMap((word) => {
    if (!word.includes(' ')) return [{ text: word, wordStart: true }];
    return [' ', '-', '_', ''].map((mark) => ({ text: word.replaceAll(' ', mark), wordStart: true }));
  });
}

export function besideWords(
  words: readonly string[],
  pattern: RegExp,
  lead?: number,
): Required<Pick<Detector, 'anchors' | 'find'>> {
  return {
    anchors: anchorsOf(words),
    find: (scan: Scan, at: number, to: number) => findBeside(scan, pattern, at, to, lead),
  };
}

export function wholeOf(loose: string): (value: string) => boolean {
  const pattern = new RegExp(`^(?:${loose})$`, 'iu');
  return (value) => value.length <= LONGEST && pattern.test(unescaped(value));
}

export function identity(given: Identity): Detector {
  const { own = [], near = [], sure = [], words = [], test, loose } = given;
  const check = test === undefined ? {} : { check: test };
  return {
    type: given.type,
    kind: given.kind ?? 'identity',
    title: given.title,
    example: given.example,
    check: given.check,
    tells: own.length > 0 ? 'structure' : 'context',
    words: [...sure, ...words],
    names: given.names,
    ...(given.countries === undefined ? {} : { countries: given.countries }),
    forms: [
      ...own.map((form) => ({ ...check, ...form })),
      ...near.map((form) => ({ ...check, ...form, context: true })),
    ],
    ...(sure.length === 0 ? {} : besideWords(sure, valuePattern(loose), leadOf(loose))),
    whole: wholeOf(loose),
  };
}
