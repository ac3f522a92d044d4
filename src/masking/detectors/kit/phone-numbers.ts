// How telephone numbers are grouped, and what else is grouped like that: country codes, shapes, dates, thousands.

/** Country codes of E.164. */
const CODES = (
  '1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 ' +
  '90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 ' +
  '238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 ' +
  '267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 379 ' +
  '380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 ' +
  '597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850 852 ' +
  '853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 ' +
  '979 992 993 994 995 996 998'
).split(' ');

/** By the first digits as a number: how many of them are a country's code. */
const CODE_LENGTHS = new Uint8Array(1000);
for (const code of CODES) CODE_LENGTHS[Number(code)] = code.length;

/** How many digits the country code at the start of `digits` has; 0 where there is none. */
function codeLength(digits: string): number {
  let code = 0;
  const most = Math.min(3, digits.length);
  for (let length = 1; length <= most; length += 1) {
    code = code * 10 + digits.charCodeAt(length - 1) - 48;
    if (CODE_LENGTHS[code] === length) return length;
  }
  return 0;
}

/** Digits with a country code, without `+` or `00`. */
export function isInternational(digits: string): boolean {
  const code = codeLength(digits);
  if (code === 0) return false;
  const rest = digits.length - code;
  if (digits.charCodeAt(0) === 49) return rest === 10;
  return rest >= 6 && digits.length <= 15;
}

/** Of numbers that begin with the 0 of their own country, as they are grouped there: 3, 3, 4 digits are 0x334. */
export const WITH_ZERO = new Set([
  ...[0x56, 0x55, 0x47, 0x46, 0x48, 0x38, 0x37, 0x36, 0x39, 0x28, 0x27, 0x57, 0x58, 0x65, 0x49],
  ...[
    0x344, 0x434, 0x533, 0x433, 0x334, 0x244, 0x343, 0x234, 0x335, 0x443, 0x425, 0x452, 0x542, 0x454, 0x536,
  ],
  ...[
    0x22222, 0x3222, 0x3322, 0x3422, 0x4222, 0x4322, 0x2333, 0x3232, 0x3223, 0x5222, 0x4223, 0x2322, 0x42222,
    0x4232,
  ],
]);

/** Day, month and year in any order, and what follows of a time. */
export function isDateLike(given: { readonly shape: number; readonly digits: string }): boolean {
  let first = given.shape;
  while (first > 0xfff) first >>= 4;
  if (first === 0x222) return given.shape === 0x222;
  if (first === 0x422) return /^(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d/u.test(given.digits);
  const isLast = first === 0x224 || first === 0x124 || first === 0x214 || first === 0x114;
  return isLast && /^\d{2,4}(?:19|20)\d\d/u.test(given.digits);
}

/** `20240115`, `2024011512`…: a date without anything between. */
export function beginsWithDate(digits: string): boolean {
  return /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:$|\d{2}$|\d{4}$|\d{6})/u.test(digits);
}

const EXTENSION =
  /(?:;ext=|[ ,]{0,2}(?:x|ext(?:ension|n)?|durchwahl|dw|poste|int(?:erno|erne)?|ramal|wew|anexo|#)[.:]?[ ]?#?)\d{1,6}(?![\w-]|\.\d)/iuy;

const EXTENSION_STARTS = new Uint8Array(128);
for (const mark of 'xXeEdDpPiIrRwWaA#;, ') EXTENSION_STARTS[mark.charCodeAt(0)] = 1;

function mayStartExtension(text: string, at: number): boolean {
  const code = at < text.length ? text.charCodeAt(at) : 0;
  return code < 128 && EXTENSION_STARTS[code] === 1;
}

/** Where an extension that stands at `at` ends; `at` where none does. */
export function endOfExtension(text: string, at: number): number {
  if (!mayStartExtension(text, at)) return at;
  const code = text.charCodeAt(at);
  if ((code === 32 || code === 44) && !mayStartExtension(text, at + 1)) return at;
  EXTENSION.lastIndex = at;
  return EXTENSION.test(text) ? EXTENSION.lastIndex : at;
}

const WHOLE =
  /^(?:tel:|whatsapp:|sms:)?[+(]{0,2}\d(?:[\d\s.()/\u2010-\u2013-]{4,30})\d(?:(?:;ext=|[\s,]{0,2}(?:x|ext(?:ension|n)?|durchwahl|poste|int|#)[.:]?\s?)\d{1,6})?$/iu;

/** Whether a value under a name that says so is a number to call. */
export function isWholeNumber(value: string): boolean {
  if (!WHOLE.test(value)) return false;
  const main = value.replace(/(?:[x#;,]|ext|durch|poste|int).*$/iu, '');
  const digits = main.replace(/\D/gu, '');
  if (digits.length < 6 || digits.length > 17 || /^\d+\.\d+$/u.test(main)) return false;
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/u.test(main)) return false;
  return !/^\d{4}-\d\d-\d\d(?:\s|$)|^\d{1,2}[./]\d{1,2}[./]\d{4}$/u.test(main);
}
