// Private keys: PEM, OpenSSH, PGP and PuTTY, with line ends of any kind, and what is left of them when cut.
import type { Detector } from '../detector.ts';
import { isAlnum, isDigit } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';

const LONGEST = 65_536;
const LONGEST_LABEL = 48;
const LEAST_BODY = 40;
const LEAST_LINE = 16;
const LONGEST_PREFIX = 160;
const BLANK = 32;
const ENDS_LINE = '\r\n\\"\'';

const BEGIN = /-{4,5} ?BEGIN [A-Z0-9 ]{0,40}$/u;
const END = /-{4,5} ?END [A-Z0-9 ]{1,48}-{4,5}/uy;
const REST_OF_BEGIN = /(?: BLOCK)? ?-{4,5}/uy;

const isOfBase64 = (code: number) => isAlnum(code) || code === 43 || code === 47 || code === 61;

/** Blanks, line ends, and what writes them or joins texts in code: `\n`, `\\n`, `&#10;`, quotes, `" +`, `,`. */
const GAP =
  /(?:\s|\\{1,16}(?:[nrt]|u000[ADad]|\r?\n)|&#(?:1[03]|[Xx]0?[ADad]);|%0[ADad]|<br ?\/?>|["'`][ \t]{0,8}[+.&](?: ?_)?(?=\s|["'`])|["'`,>|]|[+.&](?=[ \t]{1,8}["'`])|\\(?=["'])|(?:Version|Comment|Proc-Type|DEK-Info|Hash|MessageID): [^\n\\]{1,100})+/uy;

const endOfBase64 = (text: string, from: number, most: number): number => {
  let to = from;
  while (to < most && isOfBase64(text.charCodeAt(to))) to += 1;
  return to;
};

/** What stands before `at` in its line: a log writes it before the lines that follow as well. */
function prefixOf(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - LONGEST_PREFIX), at);
  const line = before.lastIndexOf('\n') + 1;
  return line === 0 && at > LONGEST_PREFIX ? '' : before.slice(line).trimStart();
}

/** Where Base64 begins behind that prefix, whose numbers may be other ones; `at` where it does not make up the line. */
function afterPrefix(text: string, at: number, prefix: string): number {
  let here = at;
  let start = at;
  for (const { 0: part } of prefix.matchAll(/\d+|[^\d]/gu)) {
    if (isDigit(part.charCodeAt(0))) {
      const begun = here;
      while (here - begun < LONGEST_PREFIX && isDigit(text.charCodeAt(here))) here += 1;
      if (here === begun) break;
    } else if (text.startsWith(part, here)) here += part.length;
    else break;
    if (text.charCodeAt(here - 1) === BLANK || here - at === prefix.length) start = here;
  }
  const end = endOfBase64(text, start, start + LONGEST_PREFIX);
  const ends = end === text.length || ENDS_LINE.includes(text[end] as string);
  return ends && end - start >= LEAST_LINE ? start : at;
}

/** The end of lines of Base64 from `from` on, each with that prefix or without it: up to the first that is none. */
function endOfLines(text: string, from: number, prefix = ''): number {
  const most = Math.min(text.length, from + LONGEST);
  let end = from;
  let at = from;
  while (at < most) {
    GAP.lastIndex = at;
    const begun = GAP.test(text) ? GAP.lastIndex : at;
    const start = prefix === '' || begun === at ? begun : afterPrefix(text, begun, prefix);
    const to = endOfBase64(text, start, most);
    const isLast = to - start < LEAST_LINE && text[to - 1] !== '=' && text[start] !== '=';
    if (to === start || (isLast && end === from)) break;
    // A short last line is one only at an end: `word` is no such thing.
    if (isLast && isAlnum(text.charCodeAt(to + 1))) break;
    end = to;
    at = to;
    if (isLast) break;
  }
  return end;
}

/** The end of what began before `from`, with its last line, where that is there. */
function endOfKey(text: string, from: number, prefix: string): number {
  const most = Math.min(text.length, from + LONGEST);
  let dashes = text.indexOf('----', from);
  // A header such as `Comment: ----` is not worth the trouble.
  if (dashes >= most) dashes = -1;
  if (dashes !== -1) {
    END.lastIndex = dashes;
    if (END.test(text)) return END.lastIndex;
  }
  const end = endOfLines(text, from, prefix);
  return end - from >= LEAST_LINE ? end : -1;
}

function findPem(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  if (to < scan.covered) return;
  const before = BEGIN.exec(text.slice(Math.max(0, at - LONGEST_LABEL), at));
  if (before === null) return;
  REST_OF_BEGIN.lastIndex = to;
  if (!REST_OF_BEGIN.test(text)) return;
  const start = at - before[0].length;
  const end = endOfKey(text, REST_OF_BEGIN.lastIndex, prefixOf(text, start));
  if (end !== -1) scan.add(start, end);
}

function findPutty(scan: Scan, to: number): void {
  const { text } = scan;
  if (to < scan.covered) return;
  let from = to;
  while (from < text.length && from - to < 8 && !/[\n\\]/u.test(text[from] as string)) from += 1;
  const end = endOfLines(text, from);
  if (end - from < LEAST_LINE) return;
  let start = from;
  while (start < end && !isOfBase64(text.charCodeAt(start))) start += text[start] === '\\' ? 2 : 1;
  scan.add(start, end);
}

/** Base64 that begins as a private key's DER, OpenSSH's or a whole PEM file does. */
function findEncoded(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  if (to < scan.covered) return;
  const isPem = text.startsWith('LS0t', at);
  if (isPem && !/PRIVATE KEY/u.test(Buffer.from(text.slice(at, at + 88), 'base64').toString('latin1')))
    return;
  let start = at;
  while (start > 0 && at - start < 16 && isOfBase64(text.charCodeAt(start - 1))) start -= 1;
  const end = endOfLines(text, start, prefixOf(text, start));
  if (end - start >= LEAST_BODY) scan.add(start, end);
}

const ENCODED = [
  'LS0tLS1CRUdJTi', // -----BEGIN
  'b3BlbnNzaC1rZXktdjE', // openssh-key-v1
  'IBAAKC', // PKCS #1: version 0, then a modulus
  'ADANBgkqhkiG9w0BAQEFAAS', // PKCS #8, RSA
  'MHcCAQEE', // SEC 1, P-256
  'MC4CAQAwBQYDK2V', // PKCS #8, Ed25519
  'MIGHAgEAMBMGByqGSM49', // PKCS #8, P-256
];

const dashes = '-'.repeat(5);

const privateKey: Detector = {
  type: 'PRIVATE_KEY',
  kind: 'secret',
  title: 'Private keys: PEM, OpenSSH, PGP, PuTTY, and their Base64 alone',
  example: `«${dashes}BEGIN PRIVATE KEY${dashes}\\n${'MC4CAQAwBQYDK2VwBCIEIAbc'.repeat(2)}\\n${dashes}END PRIVATE KEY${dashes}»`,
  check:
    'its first line, to its last or the end of its Base64; alone, how its encoding begins. No certificates, no public keys',
  tells: 'structure',
  rank: 9,
  anchors: [
    { text: 'PRIVATE KEY', exact: true },
    { text: 'Private-Lines:', exact: true },
    ...ENCODED.map((text) => ({ text, exact: true })),
  ],
  find(scan: Scan, at: number, to: number) {
    const second = scan.text.charCodeAt(at + 1);
    if (second === 82) findPem(scan, at, to);
    else if (second === 114) findPutty(scan, to);
    else findEncoded(scan, at, to);
  },
};

export const detectors = [privateKey];
