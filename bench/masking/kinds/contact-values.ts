// How addresses, numbers and dates of people are made, as each country writes them.
import { luhnDigit } from '../checks.ts';
import { type Random, UPPER, type World } from '../random.ts';

export function email({ random, faker }: World): string {
  const made = faker.internet.email();
  const [user = 'x', host = 'example.com'] = made.split('@');
  return random.pick([
    made,
    made,
    made.toLowerCase(),
    made.toUpperCase(),
    `${user.toLowerCase()}+news@${host}`,
    `${faker.internet.username().toLowerCase()}@mail.${faker.internet.domainName()}`,
    `${random.from('abcdefgh', 1)}.${user.toLowerCase()}@${faker.internet.domainWord()}.co.uk`,
    `o'brien.${random.digits(2)}@${faker.internet.domainName()}`,
    `${user}_${random.digits(3)}@sub-domain.${host}`,
  ]);
}

export const PREFIX: Readonly<Record<string, string>> = {
  ...{
    en_US: '1',
    en_CA: '1',
    en_GB: '44',
    en_AU: '61',
    en_IN: '91',
    de: '49',
    es: '34',
    fr: '33',
    it: '39',
  },
  ...{ nl: '31', pl: '48', pt_BR: '55' },
};

const nanp = (random: Random) => [
  `${random.between(2, 9)}${random.between(0, 8)}${random.between(0, 9)}`,
  `${random.between(2, 9)}${random.digits(2)}`,
  random.digits(4),
];

/** As people of each country write them at home. Each `n` is a digit. */
const AT_HOME: Readonly<Record<string, readonly string[]>> = {
  en_GB: ['07nnn nnnnnn', '020 7nnn nnnn', '(020) 7nnn nnnn', '01nnn nnnnnn', '07nnnnnnnnn'],
  en_AU: ['04nn nnn nnn', '(02) 9nnn nnnn', '1300 nnn nnn'],
  en_IN: ['98nnn nnnnn', '080-4nnn nnnn', '9nnnnnnnnn'],
  de: ['030 nnnnnnn', '0171 nnnnnnn', '(089) nnn nnn', '0221/nnnnnn', '0176-nnnnnnnn', '040 / nnn nn nn'],
  es: ['6nn nnn nnn', '91 nnn nn nn', '6nn nn nn nn'],
  fr: ['06 nn nn nn nn', '01.nn.nn.nn.nn', '06-nn-nn-nn-nn', '07nnnnnnnn'],
  it: ['06 nnnn nnnn', '3nn nnn nnnn', '02 nnnnnnn'],
  nl: ['06 nnnnnnnn', '020-nnnnnnn', '06-nnnnnnnn', '(010) nnn nn nn'],
  pl: ['nnn nnn nnn', '22 nnn nn nn', '6nn-nnn-nnn'],
  pt_BR: ['(11) 9nnnn-nnnn', '(21) nnnn-nnnn', '11 9nnnn-nnnn'],
};

const filled = (random: Random, form: string) => form.replaceAll('n', () => random.digits(1));

export function american(random: Random): string {
  const [area = '', exchange = '', line = ''] = nanp(random);
  const base = random.pick([
    `(${area}) ${exchange}-${line}`,
    `${area}-${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
    `1-${area}-${exchange}-${line}`,
    `(${area})${exchange}-${line}`,
  ]);
  return random.chance(0.2)
    ? base + random.pick([' x', ' ext. ', ' ext ', 'x']) + random.digits(random.between(2, 5))
    : base;
}

export function international({ random, faker, locale }: World): string {
  if (random.chance(0.3)) return faker.phone.number({ style: 'international' });
  const country = PREFIX[locale] ?? '1';
  if (country === '1') {
    const [area = '', exchange = '', line = ''] = nanp(random);
    return random.pick([
      `+1 (${area}) ${exchange}-${line}`,
      `+1-${area}-${exchange}-${line}`,
      `+1 ${area} ${exchange} ${line}`,
      `001-${area}-${exchange}-${line}`,
    ]);
  }
  const home = filled(random, random.pick(AT_HOME[locale] ?? ['06 nnnn nnnn'])).replace(/[()]/gu, '');
  const bare = home.replace(/^0/u, '').replace(/\s*\/\s*/u, ' ');
  return random.pick([
    `+${country} ${bare}`,
    `+${country} ${bare}`,
    `+${country} (0)${bare}`,
    `00${country} ${bare}`,
    `+${country}${bare.replace(/\D/gu, '')}`,
  ]);
}

/** What carries no sign of being a phone number but its groups. */
export function national({ random, faker, locale }: World): string {
  if (random.chance(0.35)) return faker.phone.number({ style: random.pick(['national', 'human'] as const) });
  const forms = AT_HOME[locale];
  if (forms !== undefined) return filled(random, random.pick(forms));
  return random.chance(0.4) ? nanp(random).join('') : american(random);
}

export function postcode({ random, faker, locale }: World): string {
  if (locale === 'en_GB')
    return `${random.pick(['SW', 'EC', 'M', 'LS', 'G', 'EH', 'B'])}${random.between(1, 9)} ${random.digits(1)}${random.from('ABDEFGHJLNPQRSTUWXYZ', 2)}`;
  if (locale === 'en_CA')
    return `${random.from('KLMNVT', 1)}${random.digits(1)}${random.from('ABCEGHJKLM', 1)} ${random.digits(1)}${random.from('ABCEGHJKLM', 1)}${random.digits(1)}`;
  if (locale === 'nl')
    return `${random.between(1000, 9999)}${random.pick([' ', ''])}${random.from('ABCDEFGHJKLM', 2)}`;
  return faker.location.zipCode();
}

/** As envelopes have it: number first or last, with the flat sometimes. */
export function street({ random, faker, locale }: World): string {
  const first = locale.startsWith('en') || locale === 'fr';
  const name = faker.location.street();
  const number = String(random.between(1, 9800));
  const line = first
    ? `${number} ${name}`
    : `${name}${locale === 'pt_BR' || locale === 'it' || locale === 'es' ? ', ' : ' '}${random.between(1, 240)}`;
  return random.chance(0.2) && locale.startsWith('en')
    ? `${line}, ${random.pick(['Apt', 'Suite', 'Flat', 'Unit'])} ${random.between(1, 90)}`
    : line;
}

export function birthday({ random, locale }: World): string {
  const year = random.between(1938, 2012);
  const month = random.between(1, 12);
  const day = random.between(1, 28);
  const two = (number: number) => String(number).padStart(2, '0');
  const english = [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ];
  if (locale === 'de' || locale === 'pl')
    return random.pick([`${two(day)}.${two(month)}.${year}`, `${year}-${two(month)}-${two(day)}`]);
  if (!locale.startsWith('en'))
    return random.pick([`${two(day)}/${two(month)}/${year}`, `${two(day)}-${two(month)}-${year}`]);
  return random.pick([
    `${year}-${two(month)}-${two(day)}`,
    `${two(month)}/${two(day)}/${year}`,
    `${month}/${day}/${year}`,
    `${two(day)}/${two(month)}/${year}`,
    `${english[month - 1]} ${day}, ${year}`,
    `${day} ${english[month - 1]} ${year}`,
  ]);
}

const VIN_LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ';
const VIN_VALUES = Object.fromEntries(
  [...'ABCDEFGH']
    .map((c, at) => [c, at + 1])
    .concat(
      [...'JKLMN'].map((c, at) => [c, at + 1]),
      [
        ['P', 7],
        ['R', 9],
      ],
      [...'STUVWXYZ'].map((c, at) => [c, at + 2]),
    ),
);

export function vin(random: Random): string {
  const start = random.pick(['1HG', '1FT', '2T1', '5YJ', '3VW', '1C4', '4T1', 'JHM', 'WBA', 'KMH']);
  const body =
    start +
    random.from(`${VIN_LETTERS}0123456789`, 5) +
    '0' +
    random.from('ABCDEFGHJKLMNPRSTVWXY123456789', 1) +
    random.from(`${UPPER.replace(/[IOQ]/gu, '')}0123456789`, 1) +
    random.digits(6);
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  const rest =
    [...body].reduce(
      (sum, character, at) => sum + Number(VIN_VALUES[character] ?? character) * (weights[at] ?? 0),
      0,
    ) % 11;
  return body.slice(0, 8) + (rest === 10 ? 'X' : rest) + body.slice(9);
}

export function imei(random: Random): string {
  const body = random.pick(['35', '86', '01', '99']) + random.digits(12);
  return body + luhnDigit(body);
}
