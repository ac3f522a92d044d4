// Whose cards begin with what, and how long they are.

/** First digits from and to (of the same length), and lengths; `also` lengths are so common elsewhere that they need context. */
interface Range {
  readonly from: string;
  readonly to: string;
  readonly lengths: readonly number[];
  readonly also?: readonly number[];
}

const range = (
  from: string,
  to: string,
  lengths: readonly number[],
  also: readonly number[] = [],
): Range => ({
  from,
  to,
  lengths,
  also,
});
const one = (start: string, lengths: readonly number[], also?: readonly number[]) =>
  range(start, start, lengths, also);

const SIXTEEN_UP = [16, 17, 18, 19];
const TWELVE_UP = [12, 13, 14, 15, 16, 17, 18, 19];

const RANGES: readonly Range[] = [
  // Visa.
  one('4', [13, 16, 19], [14, 15, 17, 18]),
  // Mastercard.
  range('51', '55', [16]),
  range('2221', '2720', [16]),
  // American Express.
  one('34', [15]),
  one('37', [15]),
  // Diners Club.
  range('300', '305', [14, 15, 16], [17, 18, 19]),
  one('3095', [14, 15, 16], [17, 18, 19]),
  one('36', [14], [15, 16, 17, 18, 19]),
  range('38', '39', [14], [15, 16, 17, 18, 19]),
  // Discover.
  one('6011', SIXTEEN_UP),
  range('644', '649', [16], [17, 18, 19]),
  one('65', [16], [17, 18, 19]),
  // JCB.
  range('3528', '3589', SIXTEEN_UP),
  one('2131', [15, 16]),
  one('1800', [15, 16]),
  // UnionPay.
  one('62', SIXTEEN_UP, [14, 15]),
  one('81', [16], [17, 18, 19]),
  // Maestro: ranges of its own, and those that it shares with nobody known.
  ...['5018', '5020', '5038', '5893', '6304', '6759', '6761', '6762', '6763', '0604', '6390'].map((start) =>
    one(start, TWELVE_UP),
  ),
  one('50', [16, 19], TWELVE_UP),
  range('56', '59', [], TWELVE_UP),
  one('6', [], TWELVE_UP),
  // Mir.
  range('2200', '2204', SIXTEEN_UP),
  // Troy.
  range('9792', '9792', [16]),
  // RuPay.
  ...['508', '606', '607', '608', '652', '817', '353', '356'].map((start) => one(start, [16])),
  // Elo.
  ...['401178', '401179', '438935', '457631', '457632', '431274', '451416', '457393', '504175', '506699'].map(
    (start) => one(start, [16]),
  ),
  range('506700', '506778', [16]),
  range('509000', '509999', [16]),
  ...['627780', '636297', '636368'].map((start) => one(start, [16])),
  // Hipercard.
  one('606282', [13, 16, 19]),
  ...['637095', '637568', '637599', '637609', '637612'].map((start) => one(start, [16])),
  one('3841', [16], [13, 19]),
  // Verve.
  range('506099', '506198', [16, 18, 19]),
  range('650002', '650027', [16, 18, 19]),
  range('507865', '507964', [16, 18, 19]),
  // UATP.
  one('1', [15]),
  // Dankort.
  one('5019', [16]),
  one('4571', [16]),
  // InterPayment.
  one('636', [16, 17, 18, 19]),
  // LankaPay.
  one('357111', [16]),
  // Humo, Uzcard, Napas.
  one('9860', [16]),
  one('8600', [16]),
  one('5614', [16]),
  one('9704', [16, 19]),
  // GPN, BORICA, NPS.
  one('1946', [16]),
  one('2205', [16]),
];

/** How many first digits tell the network. */
const TELLING = 4;

/** By four digits: a bit a length that counts by itself, and sixteen bits higher one that needs context. */
const BY_START = new Int32Array(10_000);
/** Ranges of more digits than that: six. From, to, and a bit a length. */
const LONGER: (readonly [number, number, number])[] = [];
const MOST_TELLING = 6;
/** Beside the lengths: some longer range begins so. */
const HAS_LONGER = 1 << 30;

const LEAST = 12;
const bitsOf = (lengths: readonly number[]) =>
  lengths.reduce((bits, length) => bits | (1 << (length - LEAST)), 0);

for (const given of RANGES) {
  const isLonger = given.from.length > TELLING;
  if (isLonger) LONGER.push([Number(given.from), Number(given.to), bitsOf(given.lengths)]);
  const from = Number(given.from.slice(0, TELLING).padEnd(TELLING, '0'));
  const to = Number(given.to.slice(0, TELLING).padEnd(TELLING, '9'));
  const bits = isLonger
    ? HAS_LONGER
    : bitsOf(given.lengths) | (bitsOf([...given.lengths, ...(given.also ?? [])]) << 16);
  for (let start = from; start <= to; start += 1) BY_START[start] = (BY_START[start] ?? 0) | bits;
}

function numberOf(digits: string, length: number): number {
  let number = 0;
  for (let at = 0; at < length; at += 1) number = number * 10 + digits.charCodeAt(at) - 48;
  return number;
}

function isInLonger(digits: string): boolean {
  const start = numberOf(digits, MOST_TELLING);
  const length = 1 << (digits.length - LEAST);
  return LONGER.some(([from, to, lengths]) => start >= from && start <= to && (lengths & length) !== 0);
}

function isAmong(digits: string, shift: number): boolean {
  const bits = BY_START[numberOf(digits, TELLING)] as number;
  if (((bits >>> (shift + digits.length - LEAST)) & 1) === 1) return true;
  return (bits & HAS_LONGER) !== 0 && isInLonger(digits);
}

/** Whether some network's cards begin so and are so long. Of digits only, twelve to nineteen. */
export function isOfNetwork(digits: string): boolean {
  return isAmong(digits, 0);
}

/** The same, or so long a number in a range that is known for other lengths, or too wide. */
export function mayBeOfNetwork(digits: string): boolean {
  return isAmong(digits, 16);
}
