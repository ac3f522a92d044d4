// Characters in 64 classes: letters whatever their case, digits as one, each mark by itself. What the one pass looks at.

export const CLASSES = 64;
export const OTHER = 0;
export const DIGIT = 27;
/** Line ends and tabs; the text begins with one, too. */
export const BREAK = 62;

const MARKS = ' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

export const CLASS_OF = new Uint8Array(128);
for (let code = 0; code < 26; code += 1) {
  CLASS_OF[65 + code] = 1 + code;
  CLASS_OF[97 + code] = 1 + code;
}
for (let code = 48; code < 58; code += 1) CLASS_OF[code] = DIGIT;
for (let index = 0; index < MARKS.length; index += 1) CLASS_OF[MARKS.charCodeAt(index)] = DIGIT + 1 + index;
for (const mark of '\t\n\r') CLASS_OF[mark.charCodeAt(0)] = BREAK;

export function classOf(code: number): number {
  return code < 128 ? (CLASS_OF[code] as number) : OTHER;
}

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;
export const isUpper = (code: number): boolean => code >= 65 && code <= 90;
export const isLower = (code: number): boolean => code >= 97 && code <= 122;
export const isLetter = (code: number): boolean => isUpper(code) || isLower(code);

const ALNUM = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) if (isDigit(code) || isLetter(code)) ALNUM[code] = 1;

export function isAlnum(code: number): boolean {
  return code < 128 && ALNUM[code] === 1;
}

/** Whether a word begins at `at`: after what is no letter or digit, and with the capital of camelCase. */
export function beginsWord(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  const here = text.charCodeAt(at);
  if (before >= 128) return !isAlnum(here) || !/\p{L}/u.test(text[at - 1] as string);
  if (!isAlnum(before) || !isAlnum(here)) return true;
  if (isDigit(before) !== isDigit(here)) return true;
  return isLower(before) && isUpper(here);
}

/** Whether a word ends before `at`. */
export function endsWord(text: string, at: number): boolean {
  return at >= text.length || beginsWord(text, at);
}
