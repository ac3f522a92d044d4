// Tokens of services that send: chat, mail, text messages.
import type { Detector } from '../detector.ts';
import { isDigit } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { beginsToken, endOfRun, isHexBody } from './kit/bodies.ts';
import { mixedRuns } from './kit/runs.ts';
import { token } from './kit/tokens.ts';

/** Where the number before the colon begins: seven to eleven digits, as bots' numbers have. Or -1. */
function startOfBot(text: string, at: number): number {
  let found = -1;
  for (let start = at - 1; start >= Math.max(0, at - 11); start -= 1) {
    if (!isDigit(text.charCodeAt(start))) break;
    if (at - start > 6 && beginsToken(text, start)) found = start;
  }
  return found;
}

/** `123456789:AA…`: a bot's number, and 35 characters that begin with `AA`, or nearly always do. */
function findTelegram(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const end = endOfRun(text, to, '_-', to + 60);
  const length = end - to + 2;
  if (length < 32 || length > 38) return;
  const start = startOfBot(text, at);
  if (start !== -1) scan.add(start, end);
}

const MAILCHIMP_LENGTH = 32;

/** `…-us12`: 32 hexadecimal digits before the data centre. */
function findMailchimp(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const start = at - MAILCHIMP_LENGTH;
  if (start < 0 || !isDigit(text.charCodeAt(to)) || !isHexBody(text.slice(start, at))) return;
  if (beginsToken(text, start)) scan.add(start, endOfRun(text, to, '', to + 2));
}

const FIRST_DIGITS = ['MT', 'MD', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'];
/** A bot's number in base64, when the token was made, and its MAC. */
const DISCORD = /[A-Za-z0-9_-]{21,26}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}(?![A-Za-z0-9_-])/uy;
const DISCORD_ID = /^\d{15,20}$/u;

const DOT = 46;
const DASH = 45;

/** Most come to nothing: the first dot stands at one of few places. */
function dotOf(text: string, at: number): number {
  for (let dot = at + 22; dot <= at + 28; dot += 1) if (text.charCodeAt(dot) === DOT) return dot;
  return -1;
}

function findDiscord(scan: Scan, at: number): void {
  const { text } = scan;
  const dot = dotOf(text, at);
  if (dot === -1 || text.charCodeAt(dot + 7) !== DOT || !beginsToken(text, at, '_-.')) return;
  DISCORD.lastIndex = at;
  if (!DISCORD.test(text)) return;
  const end = DISCORD.lastIndex;
  if (DISCORD_ID.test(Buffer.from(text.slice(at, dot), 'base64').toString('latin1'))) scan.add(at, end);
}

const isTwilioSid = (body: string): boolean => body.length === 32 && isHexBody(body);

/** Thirty-two, eight and eight hexadecimal digits: no literal to wait for, and nothing else is written so. */
const MAILGUN = /[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![0-9A-Za-z-])/uy;

function findMailgun(scan: Scan, from: number, end: number): void {
  const { text } = scan;
  if (end - from !== 32 || end >= text.length || text.charCodeAt(end) !== DASH) return;
  MAILGUN.lastIndex = from;
  if (MAILGUN.test(text)) scan.add(from, MAILGUN.lastIndex);
}

const mailgun: Detector = {
  ...token({
    type: 'MAILGUN_KEY',
    title: 'Mailgun: private, public and signing keys',
    shapes: [
      {
        prefixes: ['key-'],
        length: 32,
        least: 32,
        kind: 'lower',
        begins: '-_',
        check: (body) => /^[0-9a-z]{32}$/u.test(body) && /\d/u.test(body),
      },
      { prefixes: ['pubkey-'], length: 32, least: 30, kind: 'hex' },
    ],
    beside: [
      { words: ['mailgun'], lengths: [32], kind: 'hex' },
      {
        words: ['mailgun'],
        lengths: [50],
        kind: 'alnum',
        also: '-',
        check: (value) => /^[0-9a-h]{32}-[0-9a-h]{8}-[0-9a-h]{8}$/u.test(value),
      },
    ],
  }),
  stretches: [{ letter: true, run: [[32, 34]] }],
  digits(scan, at, to) {
    mixedRuns(scan, at, to, 32, findMailgun);
  },
};

export const detectors = [
  token({
    type: 'TELEGRAM_TOKEN',
    title: "Telegram: bots' tokens",
    hooks: [{ anchors: [{ text: ':AA', exact: true }], find: findTelegram }],
    check: "a bot's number, and the beginning and length of what follows",
    example: `«${'123456789'}:${'AA'}q7Rk2Wn9Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gyq7»`,
    words: ['telegram'],
    beside: [
      {
        words: ['telegram', 'telegr', 'bot'],
        lengths: [[42, 48]],
        kind: 'alnum',
        also: ':_-',
        check: (value) => /^\d{5,16}:[\w-]{32,36}$/u.test(value),
      },
    ],
  }),
  token({
    type: 'DISCORD_TOKEN',
    title: "Discord: bots' tokens, clients' secrets",
    shapes: [{ prefixes: ['mfa.'], length: 84, least: 60, also: '_-', begins: '.' }],
    hooks: [{ anchors: FIRST_DIGITS.map((text) => ({ text, exact: true })), find: findDiscord }],
    beside: [
      { words: ['discord'], lengths: [64], kind: 'hex' },
      { words: ['discord'], lengths: [32], kind: 'alnum', also: '_-' },
      { words: ['discord'], lengths: [[17, 19]], kind: 'digits' },
    ],
    example: `«${'MTIzNDU2Nzg5'}${'MDEyMzQ1Njc4'}.Gq7Rk2.Wn9Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gyq7»`,
  }),
  token({
    type: 'TWILIO_KEY',
    title: 'Twilio: keys, ids of accounts, tokens',
    shapes: [
      { prefixes: ['SK'], length: 32, least: 32, kind: 'hex', begins: '_-', check: isTwilioSid },
      {
        prefixes: ['AC'],
        length: 32,
        least: 32,
        kind: 'hex',
        begins: '_-',
        check: (body) => isTwilioSid(body) && /[a-f]/u.test(body),
      },
    ],
    beside: [{ words: ['twilio'], lengths: [32], kind: 'hex' }],
  }),
  token({
    type: 'SENDGRID_KEY',
    title: 'SendGrid: API keys',
    shapes: [
      {
        prefixes: ['SG.'],
        length: 66,
        least: 40,
        also: '_.=-',
        begins: '',
        check: (body) => /^[\w=-]{10,30}\.[\w=-]{20,}/u.test(body) || body.length >= 66,
      },
    ],
    example: `«${'SG'}.q7Rk2Wn9Zt4Xb6Vd1Pm8Hs.q7Rk2Wn9Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gyq7Rk2Wn9Zt4X»`,
  }),
  mailgun,
  token({
    type: 'MAILCHIMP_KEY',
    title: 'Mailchimp: API keys',
    hooks: [{ anchors: [{ text: '-us', exact: true }], find: findMailchimp }],
    check: '32 hexadecimal digits and a data centre',
    example: `«${'7c1f0a9e4b2d8635'.repeat(2)}-${'us12'}»`,
  }),
  token({
    type: 'BREVO_KEY',
    title: 'Brevo: API and SMTP keys',
    shapes: [{ prefixes: ['xkeysib-', 'xsmtpsib-'], length: 81, least: 40, kind: 'hex', also: '-' }],
  }),
  token({
    type: 'MAIL_SERVICE_KEY',
    title: 'Resend, OneSignal, Mandrill, Klaviyo, Postmark: API keys',
    shapes: [
      {
        prefixes: ['re_'],
        length: 33,
        least: 30,
        also: '_',
        begins: '_',
        check: (body) => /^[A-Za-z0-9]{8}_[A-Za-z0-9]{22,28}$/u.test(body),
      },
      { prefixes: ['os_v2_app_', 'os_v2_org_'], length: 103, least: 60, kind: 'lower' },
      {
        prefixes: ['md-'],
        length: 22,
        least: 22,
        also: '_-',
        begins: '-_',
        check: (body) => body.length === 22 && /\d/u.test(body) && /[A-Z]/u.test(body) && !/-.*-/u.test(body),
      },
    ],
    beside: [
      { words: ['postmark', 'x postmark server'], lengths: [36], kind: 'uuid' },
      { words: ['klaviyo'], lengths: [37], kind: 'alnum', also: '_' },
      { words: ['mandrill'], lengths: [22], kind: 'alnum', also: '_-' },
    ],
    example: `«${'re'}_q7Rk2Wn9_Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gyq»`,
  }),
  token({
    type: 'MESSAGEBIRD_KEY',
    title: 'MessageBird: access keys and ids of clients',
    beside: [
      { words: ['messagebird', 'message bird'], lengths: [25], kind: 'alnum' },
      { words: ['messagebird', 'message bird'], lengths: [36], kind: 'uuid' },
    ],
  }),
  token({
    type: 'SENDBIRD_KEY',
    title: 'Sendbird: ids and tokens',
    beside: [
      { words: ['sendbird'], lengths: [40], kind: 'hex' },
      { words: ['sendbird'], lengths: [36], kind: 'uuid' },
    ],
  }),
  token({
    type: 'MATTERMOST_TOKEN',
    title: 'Mattermost: access tokens',
    beside: [{ words: ['mattermost'], lengths: [26], kind: 'alnum' }],
  }),
  token({
    type: 'GITTER_TOKEN',
    title: 'Gitter: access tokens',
    beside: [{ words: ['gitter'], lengths: [40], kind: 'alnum', also: '_-' }],
  }),
  token({
    type: 'INTERCOM_TOKEN',
    title: 'Intercom: access tokens',
    // `tok:` in base64.
    shapes: [{ prefixes: ['dG9rO'], length: 55, least: 40, also: '+/=', begins: '+/' }],
    beside: [{ words: ['intercom'], lengths: [[58, 62]], kind: 'alnum', also: '=_-' }],
  }),
];
