// Masks a body by its type and its charset; what has nothing to mask in it comes out byte for byte.
import type { Format } from '../../masking/index.ts';
import { remembered } from '../../shared/remembered.ts';
import { readsOtherwise } from './byte-by-byte.ts';
import { type DecodedText, decodeIfText, decodeText, encodingOf, hasMark, isAsSaid } from './charset.ts';
import { charsetsOf, type MediaType, parseMediaType, withCharset } from './media-type.ts';
import { maskedMultipart } from './multipart.ts';
import { saidInside } from './said-inside.ts';
import { told } from './told.ts';
import { isWide } from './wide-text.ts';

export interface BodyMasking {
  /** Masks and scrubs; what is large may take its time. `name`: of the field whose value it is. */
  text(text: string, format: Format, name?: string): string | Promise<string>;
  /** Scrubs alone. */
  scrub(text: string): string;
  /** It goes to a target, which may not heed the charset: what then reads otherwise is not taken. */
  readonly isRequest?: true;
}

export interface MaskedBody {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  /** As masked, for the record; undefined where it is binary. */
  readonly text: string | undefined;
  /** Others could have the same text: something stands in it for bytes that are none, or is not in it. */
  readonly isLossy?: true;
}

/** Nothing of it may go on: what can't be read can't be masked. */
export interface UnreadableBody {
  /** A sentence. */
  readonly problem: string;
}

const JSON_TYPE =
  /^(?:application|text)\/(?:x-)?(?:json|ndjson|jsonl|jsonlines|json-lines|json-seq|manifest\+json)$|\+json(?:-seq)?$/u;
const CSV_TYPE = /^(?:text|application)\/(?:x-)?(?:csv|tsv|tab-separated-values|comma-separated-values)$/u;
const FORM_TYPE = 'application/x-www-form-urlencoded';
const TEXT_TYPE =
  /^(?:text|message)\/|^application\/(?:x-)?(?:xml|xml-dtd|javascript|ecmascript|yaml|toml|graphql|sql|sh|http|jwt|jose|sdp|rtf|pem-file|httpd-php|typescript)$|\+(?:xml|yaml)$/u;

/** Undefined: only its bytes can say whether it is text. */
function formatOf(type: string): Format | undefined {
  if (JSON_TYPE.test(type)) return 'json';
  if (CSV_TYPE.test(type)) return 'csv';
  if (type === FORM_TYPE) return 'form';
  if (type === 'text/event-stream') return 'events';
  if (type === 'text/plain') return 'auto';
  return TEXT_TYPE.test(type) ? 'text' : undefined;
}

/** Much that is JSON says that it is something else. */
function sniffed(format: Format | undefined, text: string): Format {
  if (format === undefined || format === 'text' || format === 'events')
    return /^\s*[{[]/u.test(text) ? 'auto' : (format ?? 'auto');
  return format;
}

/** What can be told of one that is not written as it should be: what clients, too, make of it. */
function mediaTypeOf(contentType: string): MediaType {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const charsets = contentType.matchAll(/;[ \t]*charset[ \t]*=[ \t]*["']?([^"';, \t]+)/giu);
  return { type, parameters: Array.from(charsets, ([, charset = '']) => ['charset', charset] as const) };
}

const TWO_CHARSETS: UnreadableBody = {
  problem: "The body or its content type says more than one charset, so it can't be masked.",
};

/** What `file` says of all that is none in particular. */
const NO_CHARSET = ['', 'binary', 'none'];

/** In canonical form; undefined where none is said. */
function charsetOf(said: readonly string[]): string | undefined | UnreadableBody {
  const labels = said.filter((one) => !NO_CHARSET.includes(one));
  const [encoding, ...others] = labels.map(encodingOf);
  const unknown = labels.find((label) => encodingOf(label) === undefined);
  if (unknown !== undefined)
    return {
      problem: `The body says that its charset is ${told(unknown)}, which the broker can't read, so it can't be masked.`,
    };
  return others.every((other) => other === encoding) ? encoding : TWO_CHARSETS;
}

interface ReadType {
  readonly media: MediaType;
  readonly encoding: string | undefined | UnreadableBody;
  readonly format: Format | undefined;
}

const readType = remembered((contentType): ReadType => {
  const media = parseMediaType(contentType) ?? mediaTypeOf(contentType);
  return { media, encoding: charsetOf(charsetsOf(media)), format: formatOf(media.type) };
});

/** Where nothing is said of what it is. */
const UNTOLD = { media: undefined, format: undefined } as const;

const NO_TEXT: UnreadableBody = {
  problem:
    "The body's content type says that it is text, and it has zeros in it as no charset has that the broker can read, so it can't be masked.",
};

const TWO_READINGS: UnreadableBody = {
  problem:
    'Read byte by byte, as some servers read it whatever its charset, the body says something else than in its charset. Send it as UTF-8.',
};

const NOT_AS_SAID: UnreadableBody = {
  problem: "Some of the body's bytes are not of the charset that it is said to be in. Send it as UTF-8.",
};

/** One character a byte, so that what is not taken out stays as it is. */
function scrubbedBinary(body: Uint8Array, scrub: BodyMasking['scrub']): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const scrubbed = scrub(text);
  return scrubbed === text ? body : Buffer.from(scrubbed, 'latin1');
}

const MARK = '\ufeff';

interface Content {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly media: MediaType | undefined;
}

/** As people read it. The mark that a request begins with goes on: so it is there for them, too. */
function shownText({ readable, isMarked, isCut }: DecodedText, masked: string, isRequest: boolean) {
  const shown = readable?.(masked) ?? masked.toWellFormed();
  const text = isRequest && isMarked ? `${MARK}${shown}` : shown;
  return { text, ...(isCut || shown !== masked ? { isLossy: true as const } : {}) };
}

function maskedText(
  { body, contentType, media }: Content,
  decoded: DecodedText,
  masked: string,
  isRequest: boolean,
): MaskedBody {
  const shown = shownText(decoded, masked, isRequest);
  if (masked === decoded.text) return { body, contentType, ...shown };
  const own = decoded.encode(masked);
  if (own !== undefined) return { body: own, contentType, ...shown };
  return {
    body: Buffer.from(masked, 'utf8'),
    contentType: media === undefined ? contentType : withCharset(media, 'utf-8'),
    ...shown,
  };
}

/**
 * As its content type says, or as it says itself. Servers heed the one or the other: what says two is no request. What was read
 * byte by byte is nothing wider.
 */
function charsetIn(
  body: Uint8Array,
  { media, encoding }: ReadType,
  isRequest: boolean,
): string | undefined | UnreadableBody {
  if (typeof encoding === 'object' || hasMark(body)) return encoding;
  const inside = saidInside(media.type, body);
  if (!isRequest) {
    const own = encoding ?? charsetOf(inside.slice(0, 1));
    return encoding === undefined && typeof own === 'string' && isWide(own) ? 'utf-8' : own;
  }
  const own = charsetOf(inside);
  if (typeof own === 'object' || encoding === undefined) return own;
  return own === undefined || own === encoding ? encoding : TWO_CHARSETS;
}

const ANY_TYPE = 'application/octet-stream';
/** Multipart in multipart: further in, it is text. */
const MOST_NESTED = 3;

async function maskedAsParts(
  body: Uint8Array,
  contentType: string | undefined,
  { type, parameters }: MediaType,
  masking: BodyMasking,
  nested: number,
): Promise<MaskedBody | undefined> {
  const boundaries = new Set(parameters.flatMap(([name, value]) => (name === 'boundary' ? [value] : [])));
  const [boundary] = boundaries;
  if (!type.startsWith('multipart/') || nested >= MOST_NESTED) return undefined;
  if (boundary === undefined || boundaries.size > 1) return undefined;
  const made = await maskedMultipart(body, boundary, async (part, partType, name) => {
    const masked = await maskedWhole(part, partType, { ...masking, ...named(masking, name) }, nested + 1);
    if (!('problem' in masked)) return masked;
    // What it says of its charset can't be heeded: what can be read of its bytes is masked.
    const asBytes = await maskedWhole(part, ANY_TYPE, { ...masking, ...named(masking, name) }, nested + 1);
    return 'problem' in asBytes
      ? { body: scrubbedBinary(part, masking.scrub), contentType: partType, text: undefined }
      : { ...asBytes, contentType: partType };
  });
  if (made === undefined) return undefined;
  const isBinary = made.isPartlyBinary && decodeIfText(body) === undefined;
  const lossy = made.isLossy ? { isLossy: true as const } : {};
  return { body: made.body, contentType, text: isBinary ? undefined : made.text, ...lossy };
}

function named({ text }: BodyMasking, name: string | undefined): Pick<BodyMasking, 'text'> {
  return { text: (given, format, own) => text(given, format, own ?? name) };
}

export function maskedBody(
  body: Uint8Array,
  contentType: string | undefined,
  masking: BodyMasking,
): Promise<MaskedBody | UnreadableBody> {
  return maskedWhole(body, contentType, masking, 0);
}

async function maskedWhole(
  body: Uint8Array,
  contentType: string | undefined,
  masking: BodyMasking,
  nested: number,
): Promise<MaskedBody | UnreadableBody> {
  if (body.length === 0) return { body, contentType, text: '' };
  const type = contentType === undefined ? undefined : readType(contentType);
  const { media, format } = type ?? UNTOLD;
  const encoding = type && charsetIn(body, type, masking.isRequest === true);
  if (typeof encoding === 'object') return encoding;
  const ofParts = media && (await maskedAsParts(body, contentType, media, masking, nested));
  if (ofParts !== undefined) return ofParts;
  const said = { encoding, isUtf8First: format === 'json' };
  const decoded = format === undefined ? decodeIfText(body) : decodeText(body, said);
  if (decoded === undefined) {
    if (format !== undefined) return NO_TEXT;
    return { body: scrubbedBinary(body, masking.scrub), contentType, text: undefined };
  }
  const isForText = format !== undefined || contentType === undefined;
  if (masking.isRequest && isForText && readsOtherwise(body, decoded.text)) return TWO_READINGS;
  if (masking.isRequest && format !== undefined && !isAsSaid(body, decoded, said)) return NOT_AS_SAID;
  const masked = await masking.text(decoded.text, sniffed(format, decoded.text));
  const made = maskedText({ body, contentType, media }, decoded, masked, masking.isRequest === true);
  return decoded.isWide ? { ...made, body: scrubbedBinary(made.body, masking.scrub) } : made;
}
