// Tokens with a published prefix: a few letters that nothing else begins with, and a body of one alphabet.
import type { Detector } from '../../detector.ts';
import { isAlnum } from '../../scan/alphabet.ts';
import type { Scan } from '../../scan/scan.ts';

/** Characters beside letters and digits that a body may hold. */
export interface Body {
  readonly also?: string;
  /** Shorter is none; longer is masked to its end. */
  readonly least: number;
  readonly check?: (body: string) => boolean;
}

export interface Prefixed {
  readonly type: string;
  readonly title: string;
  /** A made-up body; with the first prefix it is the docs' example. */
  readonly exampleBody: string;
  readonly prefixes: readonly string[];
  readonly body: Body;
  readonly check?: string;
  readonly names?: readonly string[];
}

/** So much of a body is checked. */
const LOOKED_AT = 512;

/** A token is masked to the end of its run, so that nothing that follows it can show its tail. */
export function endOfBody(text: string, from: number, also: string, most = text.length): number {
  const last = Math.min(most, text.length);
  let to = from;
  while (to < last && isOfBody(text.charCodeAt(to), also)) to += 1;
  return to;
}

function isOfBody(code: number, also: string): boolean {
  return isAlnum(code) || (also !== '' && code < 128 && also.includes(String.fromCharCode(code)));
}

export function prefixed(given: Prefixed): Detector {
  const { also = '', least, check } = given.body;
  return {
    type: given.type,
    kind: 'secret',
    title: given.title,
    example: `«${given.prefixes[0]}${given.exampleBody}»`,
    check: given.check ?? 'its prefix and its length',
    tells: 'structure',
    rank: 8,
    ...(given.names === undefined ? {} : { names: given.names }),
    anchors: given.prefixes.map((text) => ({ text, exact: true })),
    find(scan: Scan, at: number, to: number) {
      // The run was masked from an earlier prefix in it: a text of nothing but prefixes is still looked at once.
      if (to < scan.covered) return;
      const { text } = scan;
      const looked = endOfBody(text, to, also, to + LOOKED_AT);
      if (looked - to < least) return;
      if (check !== undefined && !check(text.slice(to, looked))) return;
      scan.add(at, endOfBody(text, looked, also));
    },
  };
}
