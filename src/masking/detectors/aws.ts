// Amazon's keys: ids of access keys, the secrets that go with them, session tokens, keys of single services.
import type { Detector } from '../detector.ts';
import { isDigit, isUpper } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import {
  beginsToken,
  endIn,
  endOfRun,
  hasRun,
  isHexBody,
  kindsOf,
  startOfRun,
  tableOf,
} from './kit/bodies.ts';
import { isRandom } from './kit/randomness.ts';
import { matching, token } from './kit/tokens.ts';

const ID_PREFIXES = ['AKIA', 'ASIA', 'ABIA', 'ACCA', 'A3T'];
const ID_LENGTH = 16;
const LONGEST_ID = 128;
const SECRET_LENGTH = 40;
/** How far from an access key's id its secret may stand, and from a word that says secret. */
const REACH = 160;
const REACH_OF_WORD = 64;

function endOfId(text: string, from: number): number {
  const most = Math.min(text.length, from + LONGEST_ID);
  let end = from;
  while (end < most && (isUpper(text.charCodeAt(end)) || isDigit(text.charCodeAt(end)))) end += 1;
  return end;
}

const accessKey: Detector = {
  type: 'AWS_ACCESS_KEY',
  kind: 'secret',
  title: 'AWS: ids of access keys, long-lived and temporary',
  example: `«${'AK'}${'IA'}Q7RK2WN9ZT4XB6VD»`,
  check: 'its prefix and sixteen capitals and digits',
  tells: 'structure',
  rank: 8,
  anchors: ID_PREFIXES.map((text) => ({ text, exact: true })),
  find(scan: Scan, at: number, to: number) {
    const { text } = scan;
    const end = endOfId(text, to);
    if (end - to < ID_LENGTH || (text.charCodeAt(to) === 88 && /^X+$/u.test(text.slice(to, end)))) return;
    const length = end - at;
    if (length < ID_LENGTH + 4 || (length > ID_LENGTH + 4 && !beginsToken(text, at))) return;
    scan.add(at, endOfRun(text, end, '', text.length));
  },
};

/** Forty characters of base64 that are no hash: letters of both cases, and a digit or a mark. */
function isSecret(value: string): boolean {
  const { digits, lower, upper, marks } = kindsOf(value);
  return lower > 2 && upper > 2 && digits + marks > 0 && isRandom(value);
}

function isWholeSecret(value: string): boolean {
  return value.length === SECRET_LENGTH && /^[A-Za-z0-9+/]+$/u.test(value) && isSecret(value);
}

const OF_SECRET = tableOf('+/');

/** Where a secret of forty begins between `from` and `most`, or -1. A label brings nothing nearer than it was. */
function secretBetween(scan: Scan, from: number, most: number): number {
  const { text } = scan;
  if (!hasRun(OF_SECRET, text, Math.max(0, from - SECRET_LENGTH), most + SECRET_LENGTH, SECRET_LENGTH))
    return -1;
  for (let at = startOfRun(text, from, '+/', from - SECRET_LENGTH); at < most; ) {
    if (scan.isLabel(at)) return -1;
    const end = endIn(OF_SECRET, text, at, at + SECRET_LENGTH + 1);
    if (end - at < SECRET_LENGTH) {
      at = end + 1;
      continue;
    }
    if (end - at === SECRET_LENGTH && isSecret(text.slice(at, end))) return at;
    // `path/to/x=…` and `\n…`: what stands before may be joined to it.
    const begun = text.charCodeAt(at) === 110 && text.charCodeAt(at - 1) === 92 ? at + 1 : -1;
    if (begun !== -1 && endIn(OF_SECRET, text, begun, begun + SECRET_LENGTH + 1) - begun === SECRET_LENGTH)
      return begun;
    at = endIn(OF_SECRET, text, at, most) + 1;
  }
  return -1;
}

function findSecret(scan: Scan, from: number, most: number): void {
  const at = secretBetween(scan, from, Math.min(scan.text.length, most));
  if (at !== -1) scan.add(at, at + SECRET_LENGTH);
}

/** Which anchor it is: the beginning of an id, or else `secret` or `aws`. */
function isId(text: string, at: number): boolean {
  return text.charCodeAt(at) === 65 && (text.charCodeAt(at + 1) | 32) !== 119;
}

/** Around the word: what makes of a secret Amazon's. */
const OF_AMAZON = /aws|amazon|\bs3|\bs_?3_|access[_ .-]?key|(?:AK|AS)IA[A-Z0-9]{16}/iu;

const secretKey: Detector = {
  type: 'AWS_SECRET_KEY',
  kind: 'secret',
  title: 'AWS: secret access keys',
  example: `aws_secret_access_key = «${'q7Rk2Wn9Zt/Xb6Vd1Pm8'}${'Hs3Jc5Lf0Gy+q7Rk2Wn9'}»`,
  check: 'forty characters of base64, no hash, beside an id of an access key or words that say so',
  tells: 'context',
  rank: 7,
  names: [
    ...[
      'secretaccesskey',
      'awssecretaccesskey',
      'awssecretkey',
      'awssecret',
      'awskey',
      'awssecretaccess',
      'awsaccesssecret',
    ],
    ...[
      's3secretkey',
      's3secret',
      's3secretaccesskey',
      'sessecretkey',
      'amazonsecretkey',
      'amazonsecret',
      'secretaccess',
    ],
  ],
  whole: isWholeSecret,
  anchors: [...ID_PREFIXES.map((text) => ({ text, exact: true })), { text: 'secret' }, { text: 'aws' }],
  find(scan: Scan, at: number, to: number) {
    const { text } = scan;
    if (!isId(text, at)) {
      const start = secretBetween(scan, to, Math.min(text.length, to + REACH_OF_WORD));
      if (start === -1 || !OF_AMAZON.test(text.slice(Math.max(0, at - 24), to + 16))) return;
      scan.add(start, start + SECRET_LENGTH);
      return;
    }
    const end = endOfRun(text, to, '', to + LONGEST_ID);
    if (end - to < ID_LENGTH) return;
    findSecret(scan, end, end + REACH);
    findSecret(scan, Math.max(0, at - REACH), at);
  },
};

const BASE64 = '+/=_-%';

const sessionToken = token({
  type: 'AWS_SESSION_TOKEN',
  title: 'AWS: session tokens',
  shapes: [
    {
      // What they all begin with: a header and the name of where they are from, in base64.
      prefixes: ['IQoJb3JpZ2lu', 'FwoGZXIvYXdz', 'FQoGZXIvYXdz', 'AgoJb3JpZ2lu', 'AQoDYXdz', 'AQoEXAMPLE'],
      length: 200,
      least: 60,
      also: BASE64,
    },
  ],
  check: 'how it begins, or its name and its length',
  names: ['sessiontoken', 'awssessiontoken', 'awssecuritytoken', 'xamzsecuritytoken', 'securitytoken'],
  whole: (value) => value.length >= 100 && /^[\w+/=%-]+$/u.test(value) && !isHexBody(value),
});

export const detectors = [
  accessKey,
  secretKey,
  sessionToken,
  token({
    type: 'AWS_BEDROCK_KEY',
    title: 'Amazon Bedrock: API keys, long-lived and short-lived',
    shapes: [
      { prefixes: ['ABSKQmVkcm9ja0FQSUtleS'], length: 108, least: 40, also: '+/=' },
      { prefixes: ['ABSK'], length: 124, least: 90, also: '+/=', begins: '' },
      { prefixes: ['bedrock-api-key-'], length: 100, least: 40, also: '+/=_-%' },
    ],
  }),
  token({
    type: 'AMAZON_TOKEN',
    title: 'Amazon: marketplace, login and AppSync keys',
    shapes: [
      { prefixes: ['amzn.mws.'], length: 36, kind: 'hex', also: '-' },
      { prefixes: ['amzn1.oa2-cs.v1.'], length: 64, kind: 'hex' },
      { prefixes: ['Atza|', 'Atzr|'], length: 200, least: 40, also: '_-+/=' },
    ],
    hooks: [matching('da2-', 'da2-[a-z0-9]{26}(?![a-z0-9])')],
  }),
];
