// How each country's IBAN is made: what stands after the country and its check digits.
import { isDigit, isLetter } from '../../scan/alphabet.ts';

/** `n` digits, `a` capitals, `c` either, and how many. */
const STRUCTURES =
  'AD:n8c12 AE:n19 AL:n8c16 AT:n16 AZ:a4c20 BA:n16 BE:n12 BG:a4n6c8 BH:a4c14 BI:n23 BR:n23a1c1 BY:c4n4c16 ' +
  'CH:n5c12 CR:n18 CY:n8c16 CZ:n20 DE:n18 DJ:n23 DK:n14 DO:c4n20 EE:n16 EG:n25 ES:n20 FI:n14 FK:a2n12 FO:n14 ' +
  'FR:n10c11n2 GB:a4n14 GE:a2n16 GI:a4c15 GL:n14 GR:n7c16 GT:c24 HN:a4n20 HR:n17 HU:n24 IE:a4n14 IL:n19 IQ:a4n15 ' +
  'IS:n22 IT:a1n10c12 JO:a4n4c18 KW:a4c22 KZ:n3c13 LB:n4c20 LC:a4c24 LI:n5c12 LT:n16 LU:n3c13 LV:a4c13 LY:n21 ' +
  'MC:n10c11n2 MD:c20 ME:n18 MK:n3c10n2 MN:n16 MR:n23 MT:a4n5c18 MU:a4n19a3 NI:a4n20 NL:a4n10 NO:n11 OM:n3c16 ' +
  'PK:a4c16 PL:n24 PS:a4c21 PT:n21 QA:a4c21 RO:a4c16 RS:n18 RU:n14c15 SA:n2c18 SC:a4n20a3 SD:n14 SE:n20 SI:n15 ' +
  'SK:n20 SM:a1n10c12 SO:n19 ST:n21 SV:a4n20 TL:n19 TN:n20 TR:n6c16 UA:n6c19 VA:n18 VG:a4n16 XK:n16 YE:a4n4c18 ' +
  'AO:n21 BF:c2n22 BJ:c2n22 CF:n23 CG:n23 CI:a2n22 CM:n23 CV:n21 DZ:n22 GA:n23 GQ:n23 GW:c2n19 IR:n22 KM:n23 ' +
  'MA:n24 MG:n23 ML:c2n22 MZ:n21 NE:a2n22 SN:a2n22 TD:n23 TG:a2n22';

function spelledOut(structure: string): string {
  return structure.replaceAll(/([nac])(\d+)/gu, (_, kind: string, many: string) => kind.repeat(Number(many)));
}

const DIGIT = 1;
const LETTER = 2;
const KINDS = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) KINDS[code] = isDigit(code) ? DIGIT : isLetter(code) ? LETTER : 0;

/** By country: a letter a character. */
const BY_COUNTRY = new Map(
  STRUCTURES.split(' ').map((entry) => [entry.slice(0, 2), spelledOut(entry.slice(3))] as const),
);

/** By the two letters' places: the structure, in the kinds below; nothing where they are no country's. */
const BY_PLACE: (Uint8Array | undefined)[] = new Array(26 * 26).fill(undefined);
for (const [country, structure] of BY_COUNTRY)
  BY_PLACE[placeOf(country.charCodeAt(0), country.charCodeAt(1))] = Uint8Array.from(structure, kindOf);

function kindOf(letter: string): number {
  return letter === 'n' ? DIGIT : letter === 'a' ? LETTER : DIGIT | LETTER;
}

function placeOf(first: number, second: number): number {
  return ((first | 32) - 97) * 26 + ((second | 32) - 97);
}

/** What stands after the country and its check digits, of two letters in either case: a kind for each character. */
export function ibanStructure(first: number, second: number): Uint8Array | undefined {
  return BY_PLACE[placeOf(first, second)];
}

/** Whether a character is of a kind. */
export function fits(kind: number, code: number): boolean {
  return code < 128 && ((KINDS[code] as number) & kind) !== 0;
}

/** What is left of a number to which a digit or a letter of either case is added, after division by 97. */
export function restWith(rest: number, code: number): number {
  return code < 65 ? (rest * 10 + code - 48) % 97 : (rest * 100 + (code | 32) - 87) % 97;
}

/** Whether the check digits are right: `rest` is that of the account. Country and check digits count behind it. */
export function isChecked(rest: number, first: number, second: number, tens: number, ones: number): boolean {
  return restWith(restWith(restWith(restWith(rest, first), second), tens), ones) === 1;
}

/** Of capitals and digits without marks: whether it is made as its country's are, and its check digits are right. */
export function isIban(plain: string): boolean {
  const [first, second] = [plain.charCodeAt(0), plain.charCodeAt(1)];
  const structure = ibanStructure(first, second);
  if (structure === undefined || structure.length !== plain.length - 4) return false;
  let rest = 0;
  for (let at = 4; at < plain.length; at += 1) {
    const code = plain.charCodeAt(at);
    if (!fits(structure[at - 4] as number, code)) return false;
    rest = restWith(rest, code);
  }
  return isChecked(rest, first, second, plain.charCodeAt(2), plain.charCodeAt(3));
}

/** Countries whose IBANs mix letters with digits so that four digits in a row, and four more, may stand in them. */
export const MIXED: readonly string[] = [...BY_COUNTRY]
  .filter(([, one]) => /[ac]/u.test(one) && !one.startsWith('aaaa'))
  .map(([country]) => country);

/** Lengths of countries' IBANs that have no letters but the first two. */
export const ALL_DIGITS: readonly number[] = [
  ...new Set([...BY_COUNTRY.values()].filter((one) => !one.includes('a')).map((one) => one.length)),
].sort((a, b) => a - b);
