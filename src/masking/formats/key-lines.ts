// A private key whose lines are the items of a list: what an item is the rest of.

const BEGIN = '-----BEGIN ';
const BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/gu;
const END = '-----END ';
const LINE = /^[A-Za-z0-9+/=\s]*$/u;
const HEADER = /^(?:Version|Comment|Proc-Type|DEK-Info|Hash|MessageID): /u;
/** So long is a line that tells by itself that it is one of a key. */
const FULL = 16;
const MOST = 128;

/** What the next item goes on with, after `text`, which itself went on with `before`. */
export function goesOnAfter(text: string, before: string | undefined): string | undefined {
  if (before === undefined && text.length < BEGIN.length) return undefined;
  const begin = text.includes(BEGIN) ? [...text.matchAll(BEGINS)].at(-1) : undefined;
  if (begin !== undefined) {
    const rest = text.slice(begin.index);
    return rest.includes(END) ? undefined : `${begin[0]}\n${lastOf(rest.slice(begin[0].length))}`;
  }
  if (before === undefined || text.includes(END)) return undefined;
  if (HEADER.test(text) || text.trim() === '') return before;
  if (!LINE.test(text.slice(-MOST))) return undefined;
  return `${before.slice(0, before.indexOf('\n') + 1)}${lastOf(text)}`;
}

/** Enough of a text's end that a short line after it is one of a key, too. */
function lastOf(text: string): string {
  const last = text.slice(-MOST).trim();
  return last.length < FULL ? '' : `${last}\n`;
}
