// Hashes of passwords, as systems and applications keep them.
import type { Detector } from '../detector.ts';
import { isAlnum } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { createOnce } from './kit/once.ts';
import { isHex } from './kit/randomness.ts';

const LEAST = 20;
const LONGEST = 1024;

const tried = createOnce();

function isOfHash(code: number): boolean {
  return isAlnum(code) || '$./+=,-_:*'.includes(String.fromCharCode(code));
}

function find(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  if (tried.has(scan, at) || to < scan.covered) return;
  const isCrypt = text.charCodeAt(at) === 36;
  const most = Math.min(text.length, to + LONGEST);
  let end = to;
  while (end < most && isOfHash(text.charCodeAt(end))) {
    // In `/etc/shadow` a colon ends the field.
    if (text.charCodeAt(end) === 58 && (isCrypt || text.charCodeAt(at) === 123)) break;
    end += 1;
  }
  while (end > to && '.,:-'.includes(text[end - 1] as string) && text.charCodeAt(end - 1) !== 46) end -= 1;
  if (text.charCodeAt(end - 1) === 46 && !isAlnum(text.charCodeAt(end)) && end - to > 53)
    end -= Number(/\.$/u.test(text.slice(at, end)) && (end - at) % 60 === 1);
  const body = text.slice(to, end);
  if (body.length < LEAST || !/\d/u.test(body) || !/[a-z]/iu.test(body)) {
    // What is no hash holds none, but for what lies beyond what was looked at.
    tried.looked(scan, end < most ? end : to + LONGEST / 2);
    return;
  }
  scan.add(at, end);
}

const CRYPT = [
  '$2a$',
  '$2b$',
  '$2y$',
  '$2x$',
  '$1$',
  '$5$',
  '$6$',
  '$7$',
  '$y$',
  '$gy$',
  '$apr1$',
  '$P$',
  '$H$',
  '$S$',
  '$sha1$',
  '$md5',
];
const MODULAR = ['$argon2', '$scrypt$', '$pbkdf2', '$bcrypt-sha256$', '$SHA$', '$8$'];
const DJANGO = [
  'pbkdf2_sha256$',
  'pbkdf2_sha1$',
  'bcrypt_sha256$',
  'argon2$argon2',
  'bcrypt$$2',
  'scrypt:',
  'pbkdf2:sha',
  'SCRAM-SHA-256$',
];
const LDAP = [
  '{SSHA}',
  '{SHA}',
  '{SSHA256}',
  '{SSHA512}',
  '{SMD5}',
  '{MD5}',
  '{CRYPT}',
  '{PBKDF2',
  '{ARGON2}',
  '{bcrypt}',
];

const passwordHash: Detector = {
  type: 'PASSWORD_HASH',
  kind: 'secret',
  title: 'Hashes of passwords: crypt, bcrypt, argon2, scrypt, PBKDF2, LDAP',
  example: `root:«${'$6$'}rounds4salt$${'aB3dEf'.repeat(8)}»:19000:0`,
  check: 'the mark of its scheme, and at least 20 characters; hexadecimal under a name',
  tells: 'structure',
  rank: 7,
  names: [
    'passwordhash',
    'hashedpassword',
    'passwordhashed',
    'passwdhash',
    'pwdhash',
    'passhash',
    'passworddigest',
    'ntlmhash',
    'nthash',
    'lmhash',
  ],
  anchors: [...CRYPT, ...MODULAR, ...DJANGO, ...LDAP].map((text) => ({ text, exact: text.startsWith('$') })),
  whole: (value) =>
    value.length >= 32 && (isHex(value) || /^[\w$./+=,:-]+$/u.test(value)) && /\d/u.test(value),
  find,
};

export const detectors = [passwordHash];
