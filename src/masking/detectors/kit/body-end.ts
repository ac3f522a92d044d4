// The end of a run of letters and digits.
import { isAlnum } from '../../scan/alphabet.ts';

/** A token is masked to the end of its run, so that nothing that follows it can show its tail. */
export function endOfBody(text: string, from: number, also: string, most = text.length): number {
  const last = Math.min(most, text.length);
  let to = from;
  while (to < last && isOfBody(text.charCodeAt(to), also)) to += 1;
  return to;
}

function isOfBody(code: number, also: string): boolean {
  return isAlnum(code) || (also !== '' && code < 128 && also.includes(String.fromCharCode(code)));
}
