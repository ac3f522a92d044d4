// What lets whoever has a URL read what it points to: signatures and credentials in its query.
import type { Detector } from '../detector.ts';
import { isAlnum } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';

const LEAST = 16;
const LONGEST = 8192;

/** What may stand before a parameter's name: `?`, `&`, `;`, `,` and blanks as in headers, `%26`, `&amp;`, `~`. */
function isParameter(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text.charCodeAt(at - 1);
  if ('?&;#~'.includes(String.fromCharCode(before))) return true;
  const encoded = text.slice(Math.max(0, at - 3), at).toLowerCase();
  return encoded === '%26' || encoded === '%3f' || text.startsWith('\\u0026', at - 6);
}

function isOfValue(code: number): boolean {
  return isAlnum(code) || '%+/=_-.~*$!'.includes(String.fromCharCode(code));
}

function find(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  if (to < scan.covered) return;
  let name = at;
  // `X-Amz-Signature`: the anchor is its end.
  while (name > 0 && at - name < 16 && (isAlnum(text.charCodeAt(name - 1)) || text[name - 1] === '-'))
    name -= 1;
  // Encoded: the digits after `%` are no part of it.
  if (text[name - 1] === '%') name += 2;
  if (!isParameter(text, name)) return;
  const isEncoded = text.charCodeAt(to - 1) !== 61;
  const most = Math.min(text.length, to + LONGEST);
  let end = to;
  while (
    end < most &&
    isOfValue(text.charCodeAt(end)) &&
    !(isEncoded && /^%26/u.test(text.slice(end, end + 3)))
  )
    end += 1;
  while (end > to && '.!'.includes(text[end - 1] as string)) end -= 1;
  if (end - to >= LEAST) scan.add(to, end);
}

const ENDINGS = ['signature', 'sig', 'amz-security-token', 'amz-credential', 'goog-credential', '~hmac'];

const signedUrl: Detector = {
  type: 'SIGNED_URL',
  kind: 'secret',
  title: 'Signatures and credentials of signed URLs',
  example: `https://b.s3.amazonaws.com/a.pdf?X-Amz-Expires=900&X-Amz-Signature=«${'0a1b2c3d'.repeat(8)}»`,
  check: 'a parameter that clouds name so, with at least 16 characters',
  tells: 'structure',
  rank: 8,
  names: ['xamzsignature', 'xamzsecuritytoken', 'xamzcredential', 'xgoogsignature', 'xgoogcredential'],
  anchors: ENDINGS.flatMap((ending) => [{ text: `${ending}=` }, { text: `${ending}%3d` }]),
  whole: (value) => value.length >= LEAST && /^[\w%+/=.~-]+$/u.test(value),
  find,
};

export const detectors = [signedUrl];
