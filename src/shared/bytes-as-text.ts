// What a byte is as text where it is no part of a character of UTF-8, or is not taken for one.

/** What the bytes from 0x80 to 0x9f are in windows-1252; each of the others is the character of its number. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** By byte. */
export const WINDOWS_1252: Readonly<Uint16Array> = Uint16Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x80 && byte <= 0x9f ? HIGH.charCodeAt(byte - 0x80) : byte,
);

/** For private use: one for each byte from 0x80 on, in text that is UTF-8 but for some bytes. */
export const FIRST_STAND_IN = 0xf780;
