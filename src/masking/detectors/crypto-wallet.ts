// Addresses of crypto wallets, and the private keys that open them.
import type { Detector } from '../detector.ts';
import { isAlnum, isDigit, isLetter } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';
import { fromBase58, fromRipple, isBase58, isBase58Check } from './kit/base58.ts';
import { isBech32, isBech32Body, isCashAddress } from './kit/bech32.ts';
import { endOfRun } from './kit/bodies.ts';
import { findBeside, startsValue, valuePattern } from './kit/number-beside.ts';
import { mixedRuns } from './kit/runs.ts';

/** Chains whose addresses begin so; a `1` parts the name from the rest. */
const CHAINS = [
  ...[
    'bc',
    'tb',
    'ltc',
    'addr',
    'stake',
    'addr_test',
    'cosmos',
    'osmo',
    'terra',
    'juno',
    'bnb',
    'inj',
    'celestia',
  ],
  ...['sei', 'kava', 'secret', 'stars', 'akash', 'npub', 'zil', 'erd', 'zs', 'dgb', 'vtc'],
];
/** The last letter and the `1`: so two characters that are rare in words are waited for. */
const ENDS = [...new Set(CHAINS.map((chain) => `${chain.at(-1)}1`))];
const CASH = 'bitcoincash:';
const HEX = /0x[0-9a-fA-F]{40}(?![0-9A-Za-z])/uy;
/** Lengths of what Bitcoin's and Litecoin's addresses carry: those count whatever their checksum. */
const BITCOIN = [39, 59];

const LONGEST_CHAIN = 9;

/** A digit right before the letters: they are in the middle of something, such as a hexadecimal digest. */
function followsDigit(text: string, to: number): boolean {
  const least = Math.max(0, to - LONGEST_CHAIN);
  let from = to;
  while (from > least && isLetter(text.charCodeAt(from - 1))) from -= 1;
  return from > 0 && isDigit(text.charCodeAt(from - 1)) && text.charCodeAt(from - 3) !== 37;
}

/** Where the chain's name begins that ends before `to`, or -1. */
function startOfChain(text: string, to: number): number {
  if (followsDigit(text, to)) return -1;
  const name = text.slice(Math.max(0, to - LONGEST_CHAIN), to).toLowerCase();
  const chain = CHAINS.find((one) => name.endsWith(one) && startsValue(text, to - one.length));
  return chain === undefined ? -1 : to - chain.length;
}

function findBech32(scan: Scan, to: number): void {
  const { text } = scan;
  if (to + 37 >= text.length || !isAlnum(text.charCodeAt(to + 37))) return;
  const at = startOfChain(text, to - 1);
  if (at === -1) return;
  const end = endOfRun(text, to, '', to + 120);
  const body = text.slice(to, end);
  if (body.length < 38 || body.length > 110 || isAlnum(text.charCodeAt(end))) return;
  const lower = body.toLowerCase();
  if (!isBech32Body(lower) || (lower !== body && body.toUpperCase() !== body)) return;
  const prefix = text.slice(at, to - 1).toLowerCase();
  if (BITCOIN.includes(body.length) || isBech32(prefix, lower)) scan.add(at, end);
}

function findHex(scan: Scan, at: number): void {
  HEX.lastIndex = at;
  if (startsValue(scan.text, at) && HEX.test(scan.text)) scan.add(at, at + 42);
}

function findCash(scan: Scan, at: number, to: number): void {
  const end = endOfRun(scan.text, to, '', to + 60);
  const body = scan.text.slice(to, end).toLowerCase();
  if (body.length >= 42 && isBech32Body(body)) scan.add(at, end);
}

/** First letters of addresses with Bitcoin's checksum: Bitcoin, Litecoin, Dogecoin, TRON, Dash, Zcash. */
const CHECKED = '13LMDATXt9';
const SHORTEST = 25;

function isChecked(run: string): boolean {
  if (run.length < 26 || run.length > 36 || !CHECKED.includes(run[0] as string)) return false;
  return isBase58(run) && isBase58Check(fromBase58(run));
}

function isRipple(run: string): boolean {
  if (run[0] !== 'r' || run.length < 25 || run.length > 35 || !isBase58(run)) return false;
  return isBase58Check(fromBase58(fromRipple(run)));
}

const isMonero = (run: string) =>
  (run.length === 95 || run.length === 106) && /^[48][0-9AB]/u.test(run) && isBase58(run);
const isBareCash = (run: string) =>
  run.length === 42 && (run[0] === 'q' || run[0] === 'p') && isBech32Body(run) && isCashAddress(run);
/** Beside a word: Solana's, which have no checksum, and what looks like Bitcoin's and was made up. */
const mayBeNamed = (run: string) =>
  run.length <= 44 && isBase58(run) && /\d/u.test(run) && /[A-Z]/u.test(run);

/** Beside these a value without a checksum counts, whatever stands between. */
const SURE = ['wallet', 'wallet address', 'sol address', 'solana'];
const OF_BASE58 = '[1-9A-HJ-NP-Za-km-z]';
const BESIDE = valuePattern(
  `(?=${OF_BASE58}*[1-9])(?=${OF_BASE58}*[A-Z])(?=${OF_BASE58}*[a-z])${OF_BASE58}{32,44}`.replaceAll(
    ']*',
    ']{0,43}',
  ),
  'uy',
);

const WORDS = [
  ...['wallet', 'btc', 'bitcoin', 'eth', 'ethereum', 'ltc', 'litecoin', 'doge', 'dogecoin', 'solana', 'tron'],
  ...[
    'sol address',
    'sol wallet',
    'crypto*',
    'monero',
    'xmr',
    'xrp',
    'ripple',
    'cardano',
    'blockchain',
    'deposit address',
    'usdt',
    'zcash',
  ],
];

function looksLikeWallet(value: string): boolean {
  if (value.length > 120) return false;
  if (isBase58(value)) return value.length >= SHORTEST && /\d/u.test(value) && /[A-Za-z]/u.test(value);
  if (/^0x[0-9a-f]{40}$/iu.test(value)) return true;
  return /^(?:bitcoincash:)?[a-z0-9]{26,110}$/u.test(value) && /\d/u.test(value);
}

/** Of hexadecimal digests, most lengths and the first zero tell that they are none. */
function mayBeRun(text: string, from: number, to: number): boolean {
  const length = to - from;
  if (length > 44) return length === 95 || length === 106;
  return length === 42 || isBase58(text, from, to);
}

function findRun(scan: Scan, from: number, to: number): void {
  if (!mayBeRun(scan.text, from, to)) return;
  const run = scan.text.slice(from, to);
  if (isChecked(run) || isRipple(run) || isMonero(run) || isBareCash(run)) scan.add(from, to);
  else if (mayBeNamed(run) && scan.near(from, to)) scan.add(from, to);
}

const wallet: Detector = {
  type: 'CRYPTO_WALLET',
  kind: 'financial',
  title: 'Crypto wallet addresses',
  example: 'send it to «1BoatSLRHtKNngkdXEeobR76b53LETtpyT» today',
  check: "each chain's letters, length and checksum; without a checksum only with context",
  tells: 'structure',
  words: WORDS,
  names: [
    ...[
      'wallet',
      'walletaddress',
      'btcaddress',
      'bitcoinaddress',
      'ethaddress',
      'ethereumaddress',
      'cryptowallet',
    ],
    ...[
      'depositaddress',
      'cryptoaddress',
      'payoutwallet',
      'solanawallet',
      'litecoinaddress',
      'btc',
      'bitcoin',
    ],
  ],
  anchors: [
    ...ENDS.map((text) => ({ text })),
    { text: CASH },
    { text: '0x' },
    ...SURE.map((text) => ({ text, wordStart: true })),
  ],
  find(scan, at, to) {
    const last = scan.text.charCodeAt(to - 1);
    if (isLetter(last) && to - at > 2) return findBeside(scan, BESIDE, at, to);
    if (to < scan.covered) return;
    if (scan.text.charCodeAt(at) === 48) findHex(scan, at);
    else if (last === 58) findCash(scan, at, to);
    else findBech32(scan, to);
  },
  stretches: [
    {
      letter: true,
      run: [
        [25, 46],
        [95, 97],
        [106, 108],
      ],
    },
  ],
  digits(scan, at, to) {
    mixedRuns(scan, at, to, SHORTEST, findRun);
  },
  whole: looksLikeWallet,
};

/** Bitcoin's and others' extended private keys, by what they begin with. */
const EXTENDED = ['xprv', 'yprv', 'zprv', 'tprv', 'uprv', 'vprv', 'Yprv', 'Zprv', 'Ltpv', 'Mtpv', 'dgpv'];

/** Version byte, 32 bytes, and perhaps one that says that the public key is short. */
function isPrivateKey(run: string): boolean {
  if (!'5KLc96TQ'.includes(run[0] as string) || !isBase58(run)) return false;
  return isBase58Check(fromBase58(run));
}

function findPrivateKey(scan: Scan, from: number, to: number): void {
  const length = to - from;
  if ((length === 51 || length === 52) && isPrivateKey(scan.text.slice(from, to))) scan.add(from, to);
}

const key: Detector = {
  type: 'CRYPTO_PRIVATE_KEY',
  kind: 'secret',
  title: 'Private keys of crypto wallets: extended keys, and wallet import format',
  example: `«${'xprv'}${'9s21ZrQH143K3Qa1'.repeat(6)}»`,
  check: 'what an extended key begins with, and its length; for the import format its checksum',
  tells: 'structure',
  rank: 8,
  names: ['wif', 'xprv', 'extendedprivatekey'],
  anchors: EXTENDED.map((text) => ({ text, exact: true })),
  find(scan, at, to) {
    if (to < scan.covered) return;
    const end = endOfRun(scan.text, to, '', scan.text.length);
    if (end - to >= 80 && isBase58(scan.text.slice(to, to + 80))) scan.add(at, end);
  },
  stretches: [{ letter: true, run: [[51, 54]] }],
  digits(scan, at, to) {
    mixedRuns(scan, at, to, 51, findPrivateKey);
  },
  whole: (value) => value.length >= 50 && value.length <= 120 && isBase58(value),
};

export const detectors = [wallet, key];
