// JSON Web Tokens: signed, encrypted, and without their signature.
import type { Detector } from '../detector.ts';
import { isAlnum } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { createOnce } from './kit/once.ts';

const LONGEST_HEADER = 16_384;
const LEAST_PART = 4;
const MOST_PARTS = 5;
const DOT = 46;

/** A first member's name, as far as a header's first characters show it. */
const BEGINS = /^\{\s*"[\w#.$-]{1,64}"?/u;
const HEADER = /"(?:alg|typ|enc|kid|cty|jku|x5[a-z#0-9]+|zip)"\s*:/u;

const tried = createOnce();

const isOfPart = (code: number) => isAlnum(code) || code === 45 || code === 95 || code === 61;

function endOfPart(text: string, from: number, most = text.length): number {
  let to = from;
  while (to < most && isOfPart(text.charCodeAt(to))) to += 1;
  return to;
}

const decoded = (text: string) => Buffer.from(text, 'base64url').toString('latin1');

function isHeader(part: string): boolean {
  return BEGINS.test(decoded(part.slice(0, 96))) && HEADER.test(decoded(part));
}

/** A dot between parts, plain or as in a query. */
function dotAt(text: string, at: number): number {
  if (text.charCodeAt(at) === DOT) return 1;
  return text.startsWith('%2E', at) || text.startsWith('%2e', at) ? 3 : 0;
}

function find(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  // A name may have said already that it is secret: what it is, only its form says.
  if (tried.has(scan, at)) return;
  const header = endOfPart(text, to, Math.min(text.length, at + LONGEST_HEADER));
  const dot = dotAt(text, header);
  if (dot === 0) tried.looked(scan, header);
  if (dot === 0 || !isHeader(text.slice(at, header))) return;
  let end = endOfPart(text, header + dot);
  // The second part of a token that is encrypted directly is empty.
  if (end - header - dot < LEAST_PART && dotAt(text, end) === 0) return;
  for (let parts = 2; parts < MOST_PARTS; parts += 1) {
    const next = dotAt(text, end);
    if (next === 0) break;
    const after = endOfPart(text, end + next);
    if (after === end + next && dotAt(text, after) === 0) break;
    end = after;
  }
  tried.looked(scan, end);
  scan.add(at, end);
}

const example = ['{"alg":"HS256"}', '{"sub":"jo"}']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

const jwt: Detector = {
  type: 'JWT',
  kind: 'secret',
  title: 'JSON Web Tokens, signed, encrypted or without a signature',
  example: `id_token=«${example}.c2lnbmF0dXJl»`,
  check: 'a first part that decodes to a header',
  tells: 'structure',
  rank: 7,
  anchors: ['eyJ', 'eyAi', 'ewog', 'ewoJ', 'ew0K'].map((text) => ({ text, exact: true })),
  find,
};

export const detectors = [jwt];
