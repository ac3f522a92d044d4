// Cards, accounts, wallets: values that move money.
import { base58, base58Check, bech32, ibanOf, luhnDigit } from '../checks.ts';
import { DIGITS, HEX, type Random, UPPER, type World } from '../random.ts';
import type { Kind } from './kind.ts';

/** First digits, and how many there are in all: by network. */
const CARDS: readonly (readonly [readonly string[], readonly number[]])[] = [
  [['4'], [16, 16, 16, 16, 13, 19]],
  [['51', '52', '53', '54', '55', '2221', '2345', '2500', '2720'], [16]],
  [['34', '37'], [15]],
  [
    ['6011', '644', '649', '65'],
    [16, 16, 19],
  ],
  [['300', '305', '36', '38', '39'], [14]],
  [['3528', '3589', '356'], [16]],
  [
    ['622126', '6288', '6250', '62'],
    [16, 17, 18, 19],
  ],
  [
    ['5018', '5020', '5038', '5893', '6304', '6759', '6761'],
    [16, 18, 19],
  ],
  [['2200', '2204'], [16]],
  [['508', '606', '652', '817'], [16]],
  [['5019', '9792', '5066'], [16]],
  [['1354', '1220'], [15]],
];
const SHORT_CARDS = [['5018', '5020', '5038', '6304', '6759', '6761', '6762', '6763']];

function grouped(random: Random, number: string): string {
  const between = random.pick(['', '', ' ', ' ', '-']);
  const groups = { 14: [4, 6, 4], 15: [4, 6, 5] }[number.length] ?? [4, 4, 4, 4, 4];
  const starts = groups.map((_, index) => groups.slice(0, index).reduce((sum, length) => sum + length, 0));
  return groups
    .map((length, index) => number.slice(starts[index], (starts[index] ?? 0) + length))
    .filter((group) => group !== '')
    .join(between);
}

function cardOf(random: Random, starts: readonly string[], length: number): string {
  const start = random.pick(starts);
  const body = start + random.digits(length - start.length - 1);
  return grouped(random, body + luhnDigit(body));
}

function card({ random, faker }: World): string {
  if (random.chance(0.25)) {
    const made = faker.finance.creditCardNumber();
    if (made.replace(/\D/gu, '').length >= 14) return made;
  }
  const [starts, lengths] = random.pick(CARDS);
  return cardOf(random, starts, random.pick(lengths));
}

/** N digits, A letters, C either. */
const IBANS: Readonly<Record<string, string>> = {
  ...{ AD: 'N8C12', AE: 'N19', AT: 'N16', BE: 'N12', BG: 'A4N6C8', BR: 'N23A1C1', CH: 'N5C12', CY: 'N8C16' },
  ...{ CZ: 'N20', DE: 'N18', DK: 'N14', EE: 'N16', ES: 'N20', FI: 'N14', FR: 'N10C11N2', GB: 'A4N14' },
  ...{ GR: 'N7C16', HR: 'N17', HU: 'N24', IE: 'A4N14', IL: 'N19', IS: 'N22', IT: 'A1N10C12', LI: 'N5C12' },
  ...{ LT: 'N16', LU: 'N3C13', LV: 'A4C13', MC: 'N10C11N2', MT: 'A4N5C18', NL: 'A4N10', NO: 'N11' },
  ...{
    PL: 'N24',
    PT: 'N21',
    RO: 'A4C16',
    SA: 'N2C18',
    SE: 'N20',
    SI: 'N15',
    SK: 'N20',
    TR: 'N6C16',
    UA: 'N6C19',
  },
};

function iban({ random, faker }: World): string {
  let text = random.chance(0.3) ? faker.finance.iban() : '';
  if (text === '') {
    const country = random.pick(Object.keys(IBANS));
    const account = [...(IBANS[country] ?? '').matchAll(/([NAC])(\d+)/gu)]
      .map(([, kind, length]) =>
        random.from(kind === 'N' ? DIGITS : kind === 'A' ? UPPER : UPPER + DIGITS, Number(length)),
      )
      .join('');
    text = ibanOf(country, account);
  }
  if (random.chance(0.35)) text = text.replace(/(.{4})(?=.)/gu, '$1 ');
  return random.chance(0.1) ? text.toLowerCase() : text;
}

const bytes = (random: Random, length: number) => Buffer.from(random.from(HEX, 2 * length), 'hex');
const versioned = (random: Random, version: number, length = 20) =>
  base58Check(Buffer.concat([Buffer.from([version]), bytes(random, length)]));

const WALLETS: readonly ((random: Random) => string)[] = [
  (random) => versioned(random, 0),
  (random) => versioned(random, 5),
  (random) => bech32('bc', bytes(random, 20), 0),
  (random) => bech32('bc', bytes(random, 32), 1),
  (random) => `0x${random.from(HEX, 40)}`,
  (random) => `0x${random.from('0123456789abcdefABCDEF', 40)}`,
  (random) => versioned(random, 48),
  (random) => bech32('ltc', bytes(random, 20), 0),
  (random) => versioned(random, 30),
  (random) => versioned(random, 65),
  (random) => bech32('addr', bytes(random, 57)),
  (random) => bech32('cosmos', bytes(random, 20)),
];

function routing({ random }: World): string {
  const start = random.pick(['01', '02', '05', '11', '12', '21', '26', '31', '32']) + random.digits(6);
  const weights = [3, 7, 1, 3, 7, 1, 3, 7];
  const sum = [...start].reduce((total, digit, at) => total + Number(digit) * (weights[at] ?? 0), 0);
  return start + ((10 - (sum % 10)) % 10);
}

const BANKS = [
  'DEUT',
  'COBA',
  'BNPA',
  'CHAS',
  'BARC',
  'INGB',
  'ABNA',
  'UNCR',
  'BBVA',
  'PKOP',
  'ITAU',
  'HSBC',
];

export const FINANCIAL: readonly Kind[] = [
  {
    type: 'CREDIT_CARD',
    tells: 'structure',
    make: card,
    words: ['credit card', 'card', 'debit card', 'card number', 'Visa', 'Mastercard', 'cc', 'PAN', 'Amex'],
    local: {
      de: ['Kreditkarte', 'Kartennummer'],
      fr: ['carte bancaire', 'numéro de carte'],
      es: ['tarjeta de crédito', 'número de tarjeta'],
      it: ['carta di credito'],
      nl: ['creditcard', 'kaartnummer'],
      pt: ['cartão de crédito'],
      pl: ['numer karty'],
    },
    keys: [
      'card_number',
      'cardNumber',
      'credit_card',
      'pan',
      'cc_number',
      'card',
      'payment_card',
      'primaryAccountNumber',
    ],
    sentences: [
      'Can you raise the limit of {v} to 5,000?',
      'I lost {v} on the train, please block it',
      'charge {v} exp 09/28 and send me the receipt',
      '2026-03-02T10:22:41Z INFO payment-svc charging {v} amount=129.00 EUR',
      'Kunde zahlt mit {v}, gültig bis 11/27.',
    ],
  },
  {
    type: 'CREDIT_CARD_SHORT',
    tells: 'context',
    make: ({ random }) => cardOf(random, random.pick(SHORT_CARDS), random.pick([12, 13])),
    words: ['Maestro card', 'debit card', 'card number', 'card'],
    keys: ['card_number', 'cardNumber', 'debit_card', 'card_no'],
  },
  {
    type: 'IBAN',
    tells: 'structure',
    make: iban,
    words: ['IBAN', 'bank account', 'account'],
    local: {
      de: ['IBAN', 'Kontoverbindung'],
      fr: ['IBAN'],
      es: ['IBAN', 'cuenta'],
      it: ['IBAN'],
      nl: ['IBAN', 'rekeningnummer'],
      pl: ['numer konta'],
    },
    keys: ['iban', 'IBAN', 'bank_account', 'creditor_iban', 'accountIban'],
    sentences: [
      'Please wire 250.00 to {v} by Friday.',
      'Bitte auf {v} überweisen, Verwendungszweck Rechnung 4711',
      'Are there charges for a transfer from {v} to other banks?',
    ],
  },
  {
    type: 'CRYPTO_WALLET',
    tells: 'structure',
    make: ({ random }) => random.pick(WALLETS)(random),
    words: ['wallet', 'bitcoin address', 'deposit address', 'ETH wallet', 'payout address'],
    keys: ['wallet', 'wallet_address', 'btc_address', 'depositAddress', 'payout_wallet'],
    sentences: ['Send 0.05 BTC to {v} within the hour', 'tx from {v} confirmed in block 812345'],
  },
  {
    type: 'CRYPTO_WALLET_NAMED',
    tells: 'context',
    make: ({ random }) => base58(bytes(random, 32)),
    words: ['Solana wallet', 'wallet address', 'SOL address'],
    keys: ['wallet_address', 'solana_wallet', 'walletAddress'],
  },
  {
    type: 'US_ROUTING',
    tells: 'context',
    make: routing,
    words: ['routing number', 'ABA routing number', 'ABA', 'routing', 'bank routing number'],
    keys: ['routing_number', 'routingNumber', 'aba_routing', 'bank_routing'],
    locales: ['en_US'],
    sentences: ['Routing {v}, checking account as on file.', 'Wire instructions: ABA # {v}, attn: Treasury'],
  },
  {
    type: 'BANK_ACCOUNT',
    tells: 'context',
    make: ({ random }) => random.digits(random.between(8, 12)),
    words: ['account number', 'bank account number', 'checking account', 'acct number', 'savings account'],
    local: { de: ['Kontonummer'], es: ['número de cuenta'], nl: ['rekeningnummer'], pt: ['número da conta'] },
    keys: ['account_number', 'accountNumber', 'bank_account', 'acct_no', 'bank_account_number'],
    sentences: ['Direct deposit goes to account no. {v} at First National.'],
  },
  {
    type: 'BIC',
    tells: 'context',
    make: ({ random, locale }) => {
      const country =
        { de: 'DE', es: 'ES', fr: 'FR', it: 'IT', nl: 'NL', pl: 'PL' }[locale as string] ?? 'GB';
      const bank = random.pick(BANKS) + country + random.from(UPPER + DIGITS, 2);
      return random.chance(0.5) ? bank : bank + random.from(UPPER + DIGITS, 3);
    },
    words: ['BIC', 'SWIFT code', 'SWIFT', 'BIC/SWIFT', 'swift/bic code'],
    keys: ['bic', 'swift', 'swift_code', 'bank_bic', 'swiftCode'],
  },
  {
    type: 'CARD_CVV',
    tells: 'context',
    make: ({ random }) => random.digits(random.pick([3, 3, 4])),
    words: ['CVV', 'CVC', 'security code', 'CVV2'],
    keys: ['cvv', 'cvc', 'card_cvv', 'cvv2'],
  },
];
