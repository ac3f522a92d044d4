// The marks beyond ASCII that part groups as a blank or a hyphen does.

const BLANK = 32;
const DASH = 45;
/** As long as a hyphen between groups, but between two numbers just as often: from one to the other. */
export const EN_DASH = 0x2013;

function plainOfFar(code: number): number {
  // No-break blanks, wide and narrow, and thin ones.
  if (code === 0xa0 || code === 0x202f || code === 0x2009 || code === 0x2007) return BLANK;
  // Hyphens, one of which no line is broken at.
  return code === 0x2010 || code === 0x2011 ? DASH : code;
}

/** The blank or hyphen that a mark stands for; any other as it is. */
export function plainMark(code: number): number {
  return code < 128 ? code : plainOfFar(code);
}
