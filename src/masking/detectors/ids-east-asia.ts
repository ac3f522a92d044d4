// Numbers of people in China, Hong Kong, Taiwan, Korea and Japan.
import type { Detector } from '../detector.ts';
import { isAlnum, isLetter } from '../scan/alphabet.ts';
import { LETTERS } from './kit/beside.ts';
import { digitAt, isDateAt, isMonotone, mod112, valueAt, weightedSum } from './kit/checks.ts';
import { identity } from './kit/identity.ts';

const resident = identity({
  type: 'CN_RESIDENT_ID',
  title: 'China: resident identity card numbers',
  example: 'resident ID «11010519491231002X»',
  check: 'a date of birth, and its check character (mod 11-2)',
  own: [{ shape: 'D18' }, { shape: 'D17L1' }],
  test: (plain) => /^[1-9]\d{5}(?:18|19|20)\d{9}[0-9X]$/u.test(plain) && isDateAt(plain, 8) && mod112(plain),
  words: ['resident id', 'shenfenzheng'],
  names: ['residentid', 'chineseid', 'shenfenzheng', 'idcard', 'idcardno', 'residentidentity'],
  countries: ['cn'],
  loose: '[1-9]\\d{16}[0-9X]',
});

/** A second letter before it stands for its place in the alphabet, none for 36. */
function isHongKong(plain: string): boolean {
  const letters = plain.length === 9 ? plain : ` ${plain}`;
  const first = letters[0] === ' ' ? 36 : valueAt(letters, 0);
  const last = letters[8] === 'A' ? 10 : digitAt(letters, 8);
  const middle = weightedSum(letters.slice(2), [7, 6, 5, 4, 3, 2]);
  return (first * 9 + valueAt(letters, 1) * 8 + middle + last) % 11 === 0;
}

const hongKongNumber = identity({
  type: 'HK_ID',
  title: 'Hong Kong: identity card numbers',
  example: 'HKID «A123456(3)»',
  check: 'its check digit (mod 11); without its brackets only with context',
  near: ['L1D7', 'L2D7', 'L1D6L1', 'L2D6L1'].map((shape) => ({ shape })),
  test: isHongKong,
  words: ['hkid', 'hong kong id', 'hong kong identity'],
  names: ['hkid', 'hkidnumber', 'hongkongid'],
  countries: ['hk'],
  loose: '[A-Z]{1,2}\\d{6}\\(?[0-9A]\\)?',
});

const OPENS = 40;
const CLOSES = 41;

const hongKong: Detector = {
  ...hongKongNumber,
  tells: 'structure',
  stretches: [{ digits: [6, 48], before: LETTERS }],
  digits(scan, at) {
    const { text } = scan;
    if (at === 0 || at + 8 >= text.length) return;
    if (text.charCodeAt(at + 6) !== OPENS || text.charCodeAt(at + 8) !== CLOSES) return;
    let from = at;
    while (from > 0 && at - from < 3 && isLetter(text.charCodeAt(from - 1))) from -= 1;
    if (from === at || at - from > 2 || (from > 0 && isAlnum(text.charCodeAt(from - 1)))) return;
    const plain = (text.slice(from, at + 6) + text[at + 7]).toUpperCase();
    if (isHongKong(plain)) scan.add(from, at + 9);
  },
};

/** Taiwan's letters stand for two digits each. */
const TAIWAN = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';

function isTaiwanese(plain: string): boolean {
  const place = TAIWAN.indexOf(plain[0] as string) + 10;
  const sum =
    Math.floor(place / 10) + (place % 10) * 9 + weightedSum(plain.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1]);
  return /^.[1289]/u.test(plain) && sum % 10 === 0;
}

const taiwan = identity({
  type: 'TW_ID',
  title: 'Taiwan: identity card numbers',
  example: 'Taiwan ID «A123456789»',
  check: 'its check digit (mod 10); only with context',
  near: [{ shape: 'L1D9' }],
  test: isTaiwanese,
  words: ['taiwan'],
  names: ['taiwanid', 'twid'],
  countries: ['tw'],
  loose: '[A-Z][1289]\\d{8}',
});

const korean = identity({
  type: 'KR_RRN',
  title: 'South Korea: resident registration numbers',
  example: 'RRN «850715-1000006»',
  check: 'a date of birth, the digit of the century, and the check digit; with context any check digit',
  own: [{ shape: 'D6 D7', between: '-' }],
  near: [{ shape: 'D6 D7', check: (digits) => isDateAt(digits, 0) }, { shape: 'D13' }],
  test: (digits) =>
    /^.{6}[1-8]/u.test(digits) &&
    isDateAt(digits, 0) &&
    (11 - (weightedSum(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10 === digitAt(digits, 12),
  words: ['rrn', 'resident registration', 'jumin'],
  names: ['rrn', 'residentregistration', 'residentregistrationnumber', 'jumin'],
  countries: ['kr'],
  loose: '\\d{6}-?[1-8]\\d{6}',
});

function isMyNumber(digits: string): boolean {
  const rest = weightedSum(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? 0 : 11 - rest) === digitAt(digits, 11) && !isMonotone(digits);
}

const myNumber = identity({
  type: 'JP_MY_NUMBER',
  title: 'Japan: individual numbers (My Number)',
  example: 'My Number «1234 5678 9018»',
  check: 'its check digit (mod 11); only with context',
  near: [{ shape: 'D4 D4 D4' }, { shape: 'D12' }],
  test: isMyNumber,
  words: ['my number', 'individual number', 'kojin bango'],
  names: ['mynumber', 'individualnumber', 'kojinbango'],
  countries: ['jp'],
  loose: '\\d{4}[ -]?\\d{4}[ -]?\\d{4}',
});

export const detectors = [resident, hongKong, taiwan, korean, myNumber];
