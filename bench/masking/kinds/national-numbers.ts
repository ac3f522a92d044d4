// How numbers that states give out are made, check digits and all.
import { luhnDigit, mod1110Digit, verhoeffDigit, weighted } from '../checks.ts';
import { DIGITS, type Random, UPPER, type World } from '../random.ts';

const two = (number: number) => String(number).padStart(2, '0');

export function ssn(random: Random, between: string): string {
  const area = random.pick([random.between(1, 665), random.between(667, 899)]);
  const parts = [
    String(area).padStart(3, '0'),
    two(random.between(1, 99)),
    String(random.between(1, 9999)).padStart(4, '0'),
  ];
  return parts.join(between);
}

export function itin(random: Random): string {
  return `9${random.digits(2)}-${random.pick([random.between(70, 88), random.between(90, 92), random.between(94, 99)])}-${random.digits(4)}`;
}

export function nhs(random: Random): string {
  for (;;) {
    const body = String(random.between(4, 7)) + random.digits(8);
    const check = 11 - (weighted(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
    if (check === 10) continue;
    const whole = body + (check % 11);
    return random.chance(0.6) ? whole.replace(/(...)(...)(....)/u, '$1 $2 $3') : whole;
  }
}

export function nino(random: Random): string {
  const start = random.from('ABCEGHJKLMPRSTWXYZ', 1) + random.from('ABCEGHJKLMPRSTWXYZ', 1);
  if (['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ'].includes(start)) return nino(random);
  const whole = start + random.digits(6) + random.from('ABCD', 1);
  return random.chance(0.5) ? whole.replace(/(..)(..)(..)(..)(.)/u, '$1 $2 $3 $4 $5') : whole;
}

export function sin(random: Random): string {
  const body = String(random.between(1, 7)) + random.digits(7);
  const whole = body + luhnDigit(body);
  return whole.replace(/(...)(...)(...)/u, random.pick(['$1 $2 $3', '$1-$2-$3', '$1$2$3']));
}

function mod11Pair(body: string, first: readonly number[], second: readonly number[]): string {
  const digit = (text: string, weights: readonly number[]) => {
    const values = [...text].reduce((sum, one, at) => sum + (one.charCodeAt(0) - 48) * (weights[at] ?? 0), 0);
    return values % 11 < 2 ? 0 : 11 - (values % 11);
  };
  const one = digit(body, first);
  return `${body}${one}${digit(`${body}${one}`, second)}`;
}

export const cpf = (random: Random) =>
  mod11Pair(random.digits(9), [10, 9, 8, 7, 6, 5, 4, 3, 2], [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
export const cnpj = (random: Random, start = random.digits(8)) =>
  mod11Pair(`${start}0001`, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);

export function aadhaar(random: Random): string {
  const body = String(random.between(2, 9)) + random.digits(10);
  const whole = body + verhoeffDigit(body);
  return whole.replace(/(....)(....)(....)/u, random.pick(['$1 $2 $3', '$1-$2-$3', '$1$2$3']));
}

const NIF = 'TRWAGMYFPDXBNJZSQVHLCKE';
export const nif = (random: Random) => {
  const body = random.digits(8);
  return body + random.pick(['', '', '-']) + NIF[Number(body) % 23];
};
export const nie = (random: Random) => {
  const first = random.below(3);
  const body = random.digits(7);
  return `${'XYZ'[first]}${random.pick(['', '', '-'])}${body}${random.pick(['', '', '-'])}${NIF[Number(`${first}${body}`) % 23]}`;
};

const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

export function codiceFiscale(random: Random): string {
  const consonants = 'BCDFGLMNPRSTVZ';
  const day = random.between(1, 28) + (random.chance(0.5) ? 40 : 0);
  const body =
    random.from(consonants, 6) +
    random.digits(2) +
    random.from('ABCDEHLMPRST', 1) +
    two(day) +
    random.from('ABCDEFGHIL', 1) +
    random.digits(3);
  const sum = [...body].reduce((total, character, at) => {
    const value = Number.parseInt(character, 36);
    const rank = value < 10 ? value : value - 10;
    return total + (at % 2 === 0 ? (ODD[rank] as number) : rank);
  }, 0);
  return body + UPPER[sum % 26];
}

export function nir(random: Random): string {
  const body = `${random.pick(['1', '2'])}${random.digits(2)}${two(random.between(1, 12))}${two(random.between(1, 95))}${random.digits(3)}${random.digits(3)}`;
  const key = two(97 - Number(BigInt(body) % 97n));
  const whole = body + key;
  return random.chance(0.5) ? whole.replace(/(.)(..)(..)(..)(...)(...)(..)/u, '$1 $2 $3 $4 $5 $6 $7') : whole;
}

export function pesel(random: Random): string {
  const year = random.between(1940, 2015);
  const month = random.between(1, 12) + (year >= 2000 ? 20 : 0);
  const body = two(year % 100) + two(month) + two(random.between(1, 28)) + random.digits(4);
  return body + ((10 - (weighted(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
}

function untilPasses(make: () => string, passes: (text: string) => boolean): string {
  for (;;) {
    const text = make();
    if (passes(text)) return text;
  }
}

export const bsn = (random: Random) =>
  untilPasses(
    () => String(random.between(1, 9)) + random.digits(8),
    (text) => weighted(text, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
  );
export const tfn = (random: Random) =>
  untilPasses(
    () => String(random.between(1, 9)) + random.digits(8),
    (text) => weighted(text, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
  ).replace(/(...)(...)(...)/u, random.pick(['$1 $2 $3', '$1$2$3']));
export const abn = (random: Random) =>
  untilPasses(
    () => String(random.between(1, 9)) + random.digits(10),
    (text) => (weighted(text, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0,
  ).replace(/(..)(...)(...)(...)/u, random.pick(['$1 $2 $3 $4', '$1$2$3$4']));

export function medicare(random: Random): string {
  const body = String(random.between(2, 6)) + random.digits(7);
  const whole = body + (weighted(body, [1, 3, 7, 9, 1, 3, 7, 9]) % 10) + random.between(1, 9);
  return whole.replace(/(....)(.....)(.)/u, random.pick(['$1 $2 $3', '$1$2$3']));
}

export function steuerId(random: Random): string {
  // Ten digits in which one occurs twice and one not at all.
  const order = [...DIGITS].sort(() => random.below(3) - 1);
  const body = untilPasses(
    () => [...order.slice(0, 9), order[random.below(9)]].sort(() => random.below(3) - 1).join(''),
    (text) => !text.startsWith('0'),
  );
  const whole = body + mod1110Digit(body);
  return random.chance(0.4) ? whole.replace(/(..)(...)(...)(...)/u, '$1 $2 $3 $4') : whole;
}

export function pan(random: Random): string {
  return (
    random.from(UPPER, 3) +
    random.from('PCHFATBLJG', 1) +
    random.from(UPPER, 1) +
    random.digits(4) +
    random.from(UPPER, 1)
  );
}

export const PASSPORTS: Readonly<Record<string, (random: Random) => string>> = {
  en_US: (random) => random.pick([random.digits(9), random.from('ACE', 1) + random.digits(8)]),
  en_GB: (random) => random.digits(9),
  en_CA: (random) => random.from(UPPER, 2) + random.digits(6),
  en_AU: (random) => random.from('NEP', 1) + random.digits(7),
  en_IN: (random) => random.from('KLMNPRSTUVZ', 1) + random.digits(7),
  de: (random) => random.from('CFGHJK', 1) + random.from('0123456789CFGHJKLMNPRTVWXYZ', 7) + random.digits(1),
  es: (random) => random.from(UPPER, 3) + random.digits(6),
  fr: (random) => random.digits(2) + random.from(UPPER, 2) + random.digits(5),
  it: (random) => random.from(UPPER, 2) + random.digits(7),
  nl: (random) =>
    `N${random.from('BCDEFGHJKLMNPRSTVWXYZ', 1)}${random.from('123456789BCDFGHJKLMNPRSTVWXYZ', 6)}${random.digits(1)}`,
  pl: (random) => random.from(UPPER, 2) + random.digits(7),
  pt_BR: (random) => random.from(UPPER, 2) + random.digits(6),
};

export const LICENCES: Readonly<Record<string, (random: Random) => string>> = {
  en_US: (random) =>
    random.pick([
      random.from(UPPER, 1) + random.digits(7),
      random.digits(8),
      random.from(UPPER, 1) + random.digits(12),
      `${random.from(UPPER, 1)}${random.digits(3)}-${random.digits(4)}-${random.digits(4)}`,
      random.digits(9),
    ]),
  en_GB: (random) =>
    `${random.from(UPPER, 5)}${random.digits(1)}${two(random.between(1, 12))}${two(random.between(1, 28))}${random.digits(1)}${random.from(UPPER, 2)}9${random.from(UPPER, 2)}`,
  de: (random) =>
    `${random.from(UPPER, 1)}${random.from(DIGITS, 3)}${random.from(UPPER + DIGITS, 6)}${random.digits(1)}`,
};

export const here = <T>(map: Readonly<Record<string, T>>, world: World, otherwise: string): T =>
  (map[world.locale] ?? map[otherwise]) as T;
