// Kinds of characters that stand beside a number, as detectors name them.

export const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const LETTERS = CAPITALS + CAPITALS.toLowerCase();
export const ALNUM = `${LETTERS}0123456789`;
/** Stands for all that is not ASCII. */
export const FAR = '\u0080';
/** Every blank there is, but for those that end a line. */
export const BLANKS = ` \t${FAR}`;
