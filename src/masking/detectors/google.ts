// Google's keys and tokens.
import type { Scan } from '../scan/scan.ts';
import { beginsToken, endOfRun, isHexBody, isPlaceholder, startOfRun } from './kit/bodies.ts';
import { matching, token } from './kit/tokens.ts';

const MESSAGING_ID = 11;

/** `AAAA…:APA91b…`: the key of a server that sends messages. */
function findMessagingKey(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const start = text.charCodeAt(at - 1) === 58 ? startOfRun(text, at - 1, '_-', at - 1 - MESSAGING_ID) : at;
  const end = endOfRun(text, to, '_-', to + 400);
  if (end - to >= 80) scan.add(start, end);
}

/** Without a mark in the prefix: its published length, or at the beginning of a run. */
function findApiKey(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const end = endOfRun(text, to, '_-', to + 256);
  const length = end - to;
  if (length < 30 || isPlaceholder(text.slice(to, end))) return;
  if (length === 35 || beginsToken(text, at)) scan.add(at, end);
}

export const detectors = [
  token({
    type: 'GOOGLE_API_KEY',
    title: 'Google: API keys',
    shapes: [{ prefixes: ['AQ.Ab'], length: 45, also: '_-', begins: '' }],
    hooks: [{ anchors: [{ text: 'AIza', exact: true }], find: findApiKey }],
    example: `«${'AI'}${'zaq7Rk2Wn9Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gyq7Rk2'}»`,
    check: 'its prefix and its length',
  }),
  token({
    type: 'GOOGLE_OAUTH_TOKEN',
    title: "Google: OAuth clients' secrets, access tokens, refresh tokens, codes",
    shapes: [
      { prefixes: ['GOCSPX-'], length: 28, also: '_-' },
      { prefixes: ['ya29.'], length: 100, least: 20, also: '_-.' },
      { prefixes: ['1//0'], length: 40, also: '_-', begins: '/' },
      { prefixes: ['4/0A', '4/1A'], length: 50, least: 30, also: '_-', begins: '/_-.' },
    ],
  }),
  token({
    type: 'GOOGLE_SERVICE_ACCOUNT_KEY',
    title: "Google: ids of service accounts' keys, keys of storage and messaging",
    names: ['privatekeyid'],
    whole: (value) => value.length === 40 && isHexBody(value),
    check: 'its form, or forty hexadecimal digits under `private_key_id`',
    example: `"private_key_id": "«${'7c1f0a9e4b2d8635'.repeat(3).slice(0, 40)}»"`,
    shapes: [
      { prefixes: ['GOOG1E'], length: 55, kind: 'upper', check: (body) => /^[A-Z0-9]{20,}/u.test(body) },
    ],
    hooks: [
      matching(
        'private_key_id',
        'private_key_id\\\\{0,3}["\']?\\s{0,4}[:=]\\s{0,4}\\\\{0,3}["\']?(?<value>[0-9a-f]{40})(?![0-9a-f])',
      ),
      { anchors: [{ text: 'APA91b', exact: true }], find: findMessagingKey },
    ],
  }),
];
