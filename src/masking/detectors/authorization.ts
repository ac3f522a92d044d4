// What proves to a server who is asking: bearer, basic, digest and signed headers.
import type { Detector } from '../detector.ts';
import { isAlnum } from '../scan/alphabet.ts';
import { besideLabels, isLabelsOnly } from '../scan/labelled.ts';
import type { Scan } from '../scan/scan.ts';
import { isRandom } from './kit/randomness.ts';
import { isCode, isPlaceholder, isStopWord } from './kit/values.ts';

const LONGEST = 16_384;

/** From the header's name to its value: what assigns it, quotes with what escapes them, and the scheme with a blank. */
const HEAD =
  /\\{0,3}["'`]?\]?\s{0,4}(?:=>|[:=,])\s{0,8}(?:\\{0,3}["'`]|[rbf]["'`])?(?:([A-Za-z][\w-]{1,24})(?:[ \t]{1,4}|\+|%20))?/uy;
const SCHEMES =
  /^(?:bearer|basic|digest|token|apikey|api-?key|aws4-hmac-sha256|negotiate|ntlm|oauth2?|hawk|dpop|ssws|signature|key|sharedkey(?:lite)?|jwt|hmac[\w-]*|goog4[\w-]*|aws|genie(?:key)?|splunk|scram[\w-]*|bot|mac|pve\w*|private-token|server|vapid|webpush|client|zoho-oauthtoken|klaviyo-api-key|discogs|cpanel|whm|authtoken|accesskey|sso-key)$/iu;

const isQuote = (code: number) => code === 34 || code === 39 || code === 96;
const isToken = (code: number) => isAlnum(code) || '-._~+/=:|%'.includes(String.fromCharCode(code));

/** A label ends none: somebody may have written it there. */
function endOfToken(scan: Scan, from: number): number {
  const { text } = scan;
  const most = Math.min(text.length, from + LONGEST);
  let to = from;
  while (to < most) {
    const label = scan.endOfLabel(to);
    if (label === -1 && !isToken(text.charCodeAt(to))) break;
    to = label === -1 ? to + 1 : label;
  }
  while (to > from && '.,:'.includes(text[to - 1] as string)) to -= 1;
  return to;
}

/** Up to the quote that was opened before the header or its value, or to the end of the line. */
function endOfParameters(text: string, from: number, quote: number): number {
  const most = Math.min(text.length, from + LONGEST);
  let to = from;
  for (; to < most; to += 1) {
    const code = text.charCodeAt(to);
    if (code === 10 || code === 13 || code === quote) break;
    if (code === 92) {
      const next = text.charCodeAt(to + 1);
      if (next === 110 || next === 114) break;
      to += 1;
    }
  }
  to = Math.min(to, most);
  while (to > from && text.charCodeAt(to - 1) === 32) to -= 1;
  return to;
}

/** The quote that the header stands in, as in `-H "Authorization: …"`, or that opens its value. */
function quoteOf(text: string, at: number, valueAt: number): number {
  const between = text.slice(Math.max(valueAt - 40, at), valueAt);
  const opened = /(\\*)(["'`])(?:[A-Za-z][\w-]*[ \t]+)?$/u.exec(between);
  if (opened !== null) return (opened[1] ?? '') === '' ? (opened[2] ?? '').charCodeAt(0) : 92;
  let from = at;
  while (from > 0 && at - from < 16 && /[\w-]/u.test(text[from - 1] as string)) from -= 1;
  const before = text.charCodeAt(from - 1);
  return isQuote(before) && text.charCodeAt(from - 2) !== 92 ? before : -1;
}

/** So much of the value as tells whether it has parameters. */
function upToQuote(text: string, start: number, quote: number): string {
  const seen = text.slice(start, start + 200);
  const end = quote === -1 ? -1 : seen.indexOf(String.fromCharCode(quote));
  return end === -1 ? seen : seen.slice(0, end + 1);
}

function findHeader(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  HEAD.lastIndex = to;
  const head = HEAD.exec(text);
  if (head === null) return;
  const start = HEAD.lastIndex;
  const scheme = head[1] ?? '';
  const isKnown = SCHEMES.test(scheme);
  const quote = quoteOf(text, at, start);
  const token = endOfToken(scan, start);
  const next = text.charCodeAt(token);
  // Parameters: `username="…", response="…"`, `Credential=…, Signature=…`.
  if (
    isKnown &&
    /[=:]["\\]|, ?[\w-]+=|\w=\w+.*,/u.test(upToQuote(text, start, quote)) &&
    !isBase64(text, start, token)
  ) {
    const end = endOfParameters(text, start, quote);
    if (end - start >= 8 && !isPlaceholder(text.slice(start, end))) scan.add(start, end);
    return;
  }
  const value = besideLabels(scan, start, token);
  if (isLabelsOnly(scan, start, token) || next === 40 || !isCredential(value, isKnown)) return;
  scan.add(start, token);
}

function isBase64(text: string, from: number, to: number): boolean {
  const after = text.charCodeAt(to);
  return after !== 34 && after !== 44 && after !== 92 && !/\w=\w/u.test(text.slice(from, to));
}

function isCredential(value: string, isKnown: boolean): boolean {
  if (isPlaceholder(value) || isCode(value) || isStopWord(value) || SCHEMES.test(value)) return false;
  return isKnown ? value.length >= 4 : value.length >= 8 && isRandom(value);
}

/** `user:password`, in Base64. */
function isBasic(value: string): boolean {
  if (value.length < 4 || !/^[A-Za-z0-9+/_-]+={0,2}$/u.test(value)) return false;
  return /^[\x20-\x7e\xa0-\xff]*:[\x20-\x7e\xa0-\xff]*$/u.test(
    Buffer.from(value, 'base64').toString('latin1'),
  );
}

/** `Bearer …` and `Basic …` without the header's name. */
function findScheme(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  let start = to;
  while (start - to < 4 && (text.charCodeAt(start) === 32 || text.charCodeAt(start) === 9)) start += 1;
  if (text.startsWith('%20', start)) start += 3;
  else if (start === to && text.charCodeAt(start) === 43) start += 1;
  if (start === to) return;
  const end = endOfToken(scan, start);
  if (isLabelsOnly(scan, start, end)) return;
  const value = besideLabels(scan, start, end);
  const isBearer = (text.charCodeAt(at) | 32) !== 98 || (text.charCodeAt(at + 1) | 32) === 101;
  const isIt = isBearer
    ? value.length >= 12 && (isRandom(value, 12) || scan.isNamed) && isCredential(value, true)
    : isBasic(value);
  if (isIt) scan.add(start, end);
}

/** `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. */
const SIGNED = /[ ,]*(?:Credential|SignedHeaders|Signature)=([^\s,"'\\]+)/uy;

function findSigned(scan: Scan, to: number): void {
  SIGNED.lastIndex = to;
  for (let count = 0; count < 3; count += 1) {
    const found = SIGNED.exec(scan.text);
    if (found === null) return;
    const end = SIGNED.lastIndex;
    const start = end - (found[1]?.length ?? 0);
    if (!found[0].includes('SignedHeaders') && !isLabelsOnly(scan, start, end)) scan.add(start, end);
    SIGNED.lastIndex = end;
  }
}

/** The header's own text: whatever scheme it begins with. */
function findNamed(scan: Scan, at: number, to: number): void {
  if (!scan.isNamed || scan.text.slice(0, at).trim() !== '') return;
  const end = endOfParameters(scan.text, to, -1);
  if (end - to >= 4 && !isLabelsOnly(scan, to, end) && !isPlaceholder(scan.text.slice(to, end)))
    scan.add(to, end);
}

function find(scan: Scan, at: number, to: number): void {
  if (to < scan.covered) return;
  const first = scan.text.charCodeAt(at) | 32;
  if (scan.text.charCodeAt(to - 1) === 32) findNamed(scan, at, to);
  else if (first === 98) findScheme(scan, at, to);
  else if (scan.text.charCodeAt(at + 3) === 52) findSigned(scan, to);
  else findHeader(scan, at, to);
}

/** With a scheme before it, it is found where it stands, so that the scheme stays. */
function whole(value: string): boolean {
  return !/\s/u.test(value) && isCredential(value, false);
}

/** Looked for only where the text is such a header's. */
const NAMED = [
  'token',
  'apikey',
  'digest',
  'ssws',
  'negotiate',
  'ntlm',
  'oauth',
  'hawk',
  'dpop',
  'geniekey',
  'sharedkey',
];

const authorization: Detector = {
  type: 'BEARER_TOKEN',
  kind: 'secret',
  title: 'Values of Authorization headers: bearer, basic, digest, signed and others',
  example: `Authorization: Bearer «${'q7Lw2'}${'ZpX9vB4nR8sT1k'}»`,
  check:
    'the header with a scheme; `Bearer` with a random value; `Basic` with Base64 of a user and a password',
  tells: 'structure',
  rank: 6,
  names: [
    'authorization',
    'proxyauthorization',
    'xauthorization',
    'authheader',
    'authorizationheader',
    'bearertoken',
  ],
  anchors: [
    { text: 'authorization' },
    { text: 'bearer', wordStart: true },
    { text: 'basic', wordStart: true },
    { text: 'AWS4-HMAC-SHA256' },
    ...NAMED.map((scheme) => ({ text: `${scheme} `, wordStart: true })),
  ],
  whole,
  find,
};

export const detectors = [authorization];
