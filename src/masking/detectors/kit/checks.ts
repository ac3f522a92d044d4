// Check digits: what tells a number that was given out from one that only looks like it.

const ZERO = 48;

/** Of a digit, `0` to `9`. */
export function digitAt(text: string, at: number): number {
  return text.charCodeAt(at) - ZERO;
}

/** Of digits and capitals: `0` to `9` are 0 to 9, `A` to `Z` are 10 to 35. */
export function valueAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 65 ? code - ZERO : code - 55;
}

/** ISO/IEC 7812: cards, IMEIs, and many a state's numbers. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, doubled = false; at >= 0; at -= 1, doubled = !doubled) {
    const digit = digitAt(digits, at);
    sum += doubled ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/** Each digit times its weight; digits without one count nothing. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at += 1) sum += digitAt(digits, at) * (weights[at] as number);
  return sum;
}

/** Barcodes, and Swiss insurance numbers. */
export function ean13(digits: string): boolean {
  return weightedSum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}

/** What is left of digits and capitals read as one number, `A` being 10, after division by 97. */
export function mod97(text: string): number {
  let rest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const value = valueAt(text, at);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** ISO 7064, mod 11,10: German tax ids, Croatian OIBs. */
export function mod1110(digits: string): boolean {
  let product = 10;
  for (let at = 0; at < digits.length - 1; at += 1) {
    const sum = (digitAt(digits, at) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (product + digitAt(digits, digits.length - 1)) % 10 === 1;
}

/** ISO 7064, mod 11-2: the last character may be `X`, which is ten. */
export function mod112(text: string): boolean {
  let rest = 0;
  for (let at = 0; at < text.length - 1; at += 1) rest = ((rest + digitAt(text, at)) * 2) % 11;
  const last = text.endsWith('X') ? 10 : digitAt(text, text.length - 1);
  return (rest + last) % 11 === 1;
}

/** Multiplication in the dihedral group of ten elements: turns below five, mirrored ones from five on. */
function turned(one: number, other: number): number {
  const mirrored = one > 4;
  const place = mirrored ? one - (other % 5) : one + (other % 5);
  return ((place + 5) % 5) + (mirrored === other > 4 ? 0 : 5);
}

const TURNS = Array.from({ length: 100 }, (_, at) => turned(Math.floor(at / 10), at % 10));

/** Verhoeff's permutation, from the last digit on, applied once more at each. */
const PERMUTED = ((): readonly (readonly number[])[] => {
  const once = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  const all = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]];
  while (all.length < 8) all.push((all.at(-1) as number[]).map((digit) => once[digit] as number));
  return all;
})();

/** Aadhaar. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const row = PERMUTED[at % 8] as readonly number[];
    const digit = row[digitAt(digits, digits.length - 1 - at)] as number;
    check = TURNS[check * 10 + digit] as number;
  }
  return check === 0;
}

/** A check digit that is 11 less the sum's rest, and 0 where that is more than nine: Brazil's, among others. */
export function mod11Digit(sum: number): number {
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isDay(month: number, day: number): boolean {
  return day >= 1 && day <= (DAYS[month - 1] ?? 0);
}

/** The number that two digits make. */
export function pairAt(digits: string, at: number): number {
  return digitAt(digits, at) * 10 + digitAt(digits, at + 1);
}

/** `YYMMDD` at `at`. */
export function isDateAt(digits: string, at: number): boolean {
  return isDay(pairAt(digits, at + 2), pairAt(digits, at + 4));
}

/** `DDMMYY` at `at`. */
export function isDayFirstAt(digits: string, at: number): boolean {
  return isDay(pairAt(digits, at + 2), pairAt(digits, at));
}

/** All of one digit: passes many a check, and is never given out. */
export function isMonotone(text: string): boolean {
  for (let at = 1; at < text.length; at += 1) if (text.charCodeAt(at) !== text.charCodeAt(0)) return false;
  return true;
}
