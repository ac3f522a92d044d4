// Whether a candidate is written as telephone numbers are, abroad or in their country: no word is needed then.
import { isAlnum } from '../../scan/alphabet.ts';
import {
  BLANK,
  before,
  Candidate,
  CLOSE,
  DASH,
  DOT,
  ends,
  MOST,
  OPEN,
  PLUS,
  SLASH,
  starts,
  ZERO,
} from './phone-groups.ts';
import { isInternational, WITH_ZERO } from './phone-numbers.ts';

/** The one that is looked at: there is one text at a time. */
export const one = new Candidate();

/** A letter, a digit, or what ends a label. */
const endsValue = (code: number): boolean => isAlnum(code) || code === 93;

/** `+49`, `+(49)`, and `%2B49` of a query. */
function hasPlus(text: string, start: number): boolean {
  let at = start - 1;
  if (text.charCodeAt(at) === OPEN) at -= 1;
  if (text.charCodeAt(at) === BLANK && text.charCodeAt(at - 1) === PLUS) at -= 1;
  const code = text.charCodeAt(at);
  if (code === PLUS) return at === 0 || !endsValue(text.charCodeAt(at - 1)) || isEscape(text, at - 1);
  return code === 66 && text.startsWith('%2', at - 2);
}

/** The `n` of a line end that is written as `\n`. */
export function isEscape(text: string, at: number): boolean {
  return text.charCodeAt(at - 1) === 92 && /[nrt]/u.test(text[at] as string);
}

/** `+44 (0)20 …`: the zero belongs to no international number. */
export function isAbroad(): boolean {
  const { text, first, last } = one;
  if (hasPlus(text, one.start)) {
    const { digits } = one;
    if (isInternational(digits)) return true;
    const zero =
      first < last && before[first + 1] === OPEN && text.charCodeAt(starts[first + 1] as number) === ZERO;
    const code = (ends[first] as number) - one.start;
    return zero && isInternational(digits.slice(0, code) + digits.slice(code + 1));
  }
  if (
    one.digitAt(0) !== ZERO ||
    one.digitAt(1) !== ZERO ||
    one.groups < 2 ||
    one.length < 11 ||
    one.length > MOST + 2
  )
    return false;
  const isApart =
    (ends[first] as number) - one.start === 2 && one.after(0) !== BLANK && one.after(0) !== OPEN;
  if (isApart) return false;
  return isInternational(one.digits.slice(2)) && (one.after(0) !== DOT || one.digits[2] === '1');
}

export function isAmerican(): boolean {
  const { shape } = one;
  const isLong = shape === 0x1334 && one.digitAt(0) === ZERO + 1;
  if (shape !== 0x334 && !isLong) return false;
  const { digits } = one;
  const from = isLong ? 1 : 0;
  const area = digits.charCodeAt(from);
  if (one.after(from) === CLOSE) return true;
  if (area < 50) return false;
  const next = one.after(from + 1);
  if (one.after(from) === BLANK && next === BLANK) return digits.charCodeAt(from + 3) >= 50;
  return next === DASH || next === DOT || next === BLANK;
}

/** With its zero and in groups as in its country; `(0…)` is enough of a mark whatever the groups. */
export function isOfCountry(): boolean {
  const { shape, length } = one;
  const isBracketed = one.isOpened && one.groups > 1 && one.after(0) === CLOSE;
  if (one.digitAt(0) === ZERO) {
    if (isBracketed) return length >= 8 && length <= 14;
    if (one.digitAt(1) === ZERO || length < 9) return false;
    return (
      WITH_ZERO.has(shape) && one.isUniform(1) && (one.groups === 2 || one.after(one.groups - 2) !== SLASH)
    );
  }
  if (isBracketed) return length >= 9 && length <= 11 && !/^(?:19|20)\d\d$/u.test(firstGroup());
  return shape === 0x2322 && one.after(0) === DASH && one.isUniform(0);
}

function firstGroup(): string {
  return one.text.slice(starts[one.first], ends[one.first]);
}
