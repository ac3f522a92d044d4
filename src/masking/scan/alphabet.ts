// Characters, by their codes.

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;
export const isUpper = (code: number): boolean => code >= 65 && code <= 90;
export const isLower = (code: number): boolean => code >= 97 && code <= 122;
export const isLetter = (code: number): boolean => isUpper(code) || isLower(code);

export const isHexDigit = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);

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
