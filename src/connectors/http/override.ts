// Whether a request names another method than its own where some frameworks look for one: a field of its query or form.
import { type MediaType, parseMediaType } from './media-type.ts';

export interface OverrideContent {
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Frameworks take off what stands around a name, and read `.` and blanks in it as `_`. */
const NAME = String.raw`(?:[_.]method|(?:x[-_. ])?http[-_. ]method[-_. ]override|x[-_. ]method[-_. ]override)(?![\w-]|\.\w)`;
const IN_FORM = new RegExp(String.raw`^[\s\0-\x1f'"\\[\]]*${NAME}`, 'iu');
/** In a form with parts: as it stands there, or with its charset before it (`name*=UTF-8''…`). Some servers take a part's id. */
const IN_PARTS = new RegExp(
  String.raw`(?:name[\s*\d]*=|content-id\s*:)[^\w.;-]*(?:[\w-]{0,40}'[\w-]{0,40}')?${NAME}`,
  'iu',
);
/** One of the pieces that a long name may come in: `name*0=…; name*1=…`. */
const PIECE = /(?<!file)name\s{0,9}\*\s{0,9}\d[\s*\d]*=[^\w.;-]*([^;\s]*)/giu;

const PERCENT = 37;
const DIGITS = Int8Array.from({ length: 256 }, (_, code) =>
  /[0-9a-f]/iu.test(String.fromCharCode(code)) ? Number.parseInt(String.fromCharCode(code), 16) : -1,
);

/** Of the characters that matter here, each is one byte; some servers know `%u005F` for it, too. */
function unescaped(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = Buffer.from(text.replace(/%u00/giu, '%'), 'latin1');
  let size = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const high = DIGITS[bytes[at + 1] ?? 0] ?? -1;
    const low = DIGITS[bytes[at + 2] ?? 0] ?? -1;
    const isEscape = bytes[at] === PERCENT && high >= 0 && low >= 0;
    bytes[size] = isEscape ? high * 16 + low : (bytes[at] ?? 0);
    size += 1;
    if (isEscape) at += 2;
  }
  return bytes.toString('latin1', 0, size);
}

/** Some servers part a form at `;`, too. What has no `=` says no method. */
function isNamedInForm(form: string): boolean {
  for (const [, name = ''] of `&${form}`.matchAll(/[&;]([^=&;]*)(?==)/gu)) {
    if (IN_FORM.test(unescaped(name.replaceAll('+', ' ')))) return true;
  }
  return false;
}

/** What comes decoded is parted no further, but where a `;` may have been meant to. */
function isNamedInPair([name, value]: readonly [string, string]): boolean {
  if (IN_FORM.test(name)) return true;
  if (!name.includes(';') && !value.includes(';')) return false;
  const pieces = `${name}=${value}`.split(';').map((piece) => piece.split('='));
  return pieces.some(([one = '', ...rest]) => rest.length > 0 && IN_FORM.test(one));
}

const ENCODED_WORD = /=\?[^?\s]{0,40}\?([bq])\?([^?\s]*)\?=/giu;

/** As mail has names that are not ASCII, and some servers read them in forms. */
function decodedWord(_: string, how: string, text: string): string {
  return how.toLowerCase() === 'b'
    ? Buffer.from(text, 'base64').toString('latin1')
    : unescaped(text.replaceAll('_', ' ').replaceAll('=', '%'));
}

function isNamedInHead(head: string): boolean {
  const words = head.includes('=?') ? head.replace(ENCODED_WORD, decodedWord) : head;
  const plain = unescaped(words.replace(/["\\]/gu, ''));
  if (IN_PARTS.test(plain)) return true;
  if (!plain.includes('*')) return false;
  return IN_FORM.test(Array.from(plain.matchAll(PIECE), ([, piece = '']) => piece).join(''));
}

/** In what every server finds alike, whatever else it is lenient with. */
const PLAIN_BOUNDARY = /^[\w.-]+$/u;

function boundaryOf(type: string, media: MediaType | undefined): string | undefined {
  const boundary = media?.parameters.find(([name]) => name === 'boundary')?.[1] ?? '';
  return PLAIN_BOUNDARY.test(boundary) && type.split(/boundary/iu).length === 2 ? boundary : undefined;
}

/** What is said of a part, and not what is in it. Where it is not sure what parts them, all of it. */
function isNamedInParts(form: string, boundary: string | undefined): boolean {
  if (boundary === undefined) return isNamedInHead(form);
  return form.split(`--${boundary}`).some((part) => isNamedInHead(part.split('\r\n\r\n', 1)[0] ?? ''));
}

interface Kinds {
  readonly form: boolean;
  readonly parts: boolean;
  readonly boundary?: string | undefined;
}

/** Of what is written as no type is, servers read the beginning, or whatever they find in it. */
function kindsOf(type: string): Kinds {
  const media = parseMediaType(type);
  if (media !== undefined) {
    const parts = media.type.startsWith('multipart/');
    const boundary = parts ? boundaryOf(type, media) : undefined;
    return { form: media.type === 'application/x-www-form-urlencoded', parts, boundary };
  }
  const isNone = /^\s*(?:[;,]|$)/u.test(type);
  return {
    form: isNone || /x-www-form-urlencoded/iu.test(type),
    parts: isNone || /multipart\//iu.test(type),
  };
}

export function namesMethod({ query, body, headers }: OverrideContent): boolean {
  if (query.some(isNamedInPair)) return true;
  if (body === undefined || body.length === 0) return false;
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const { form, parts, boundary } = kindsOf(type ?? '');
  if (!form && !parts) return false;
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
  return (form && isNamedInForm(text)) || (parts && isNamedInParts(text, boundary));
}
