// Masks a body by its type and its charset; what has nothing to mask in it comes out byte for byte.
import type { Format } from '../../masking/index.ts';
import { type DecodedText, decodeIfText, decodeText } from './charset.ts';
import { charsetsOf, type MediaType, parseMediaType, withCharset } from './media-type.ts';

export interface BodyMasking {
  /** Masks and scrubs. */
  text(text: string, format: Format): string;
  /** Scrubs alone. */
  scrub(text: string): string;
}

export interface MaskedBody {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  /** As masked, for the record; undefined where it is binary. */
  readonly text: string | undefined;
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
  if (type === 'text/plain') return 'auto';
  return TEXT_TYPE.test(type) ? 'text' : undefined;
}

/** Much that is JSON says that it is something else. */
function sniffed(format: Format | undefined, text: string): Format {
  if (format === undefined || format === 'text') return /^\s*[{[]/u.test(text) ? 'auto' : (format ?? 'auto');
  return format;
}

/** What can be told of one that is not written as it should be: what clients, too, make of it. */
function mediaTypeOf(contentType: string): MediaType {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const charset = /;[ \t]*charset[ \t]*=[ \t]*["']?([^"';, \t]+)/iu.exec(contentType)?.[1];
  return { type, parameters: charset === undefined ? [] : [['charset', charset]] };
}

/** One character a byte, so that what is not taken out stays as it is. */
function scrubbedBinary(body: Uint8Array, scrub: BodyMasking['scrub']): Uint8Array {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const scrubbed = scrub(text);
  return scrubbed === text ? body : Buffer.from(scrubbed, 'latin1');
}

interface Content {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly media: MediaType | undefined;
}

function maskedText({ body, contentType, media }: Content, { text, encode }: DecodedText, masked: string) {
  if (masked === text) return { body, contentType, text };
  const own = encode(masked);
  if (own !== undefined) return { body: own, contentType, text: masked };
  return {
    body: Buffer.from(masked, 'utf8'),
    contentType: media === undefined ? contentType : withCharset(media, 'utf-8'),
    text: masked,
  };
}

export function maskedBody(
  body: Uint8Array,
  contentType: string | undefined,
  masking: BodyMasking,
): MaskedBody {
  const media =
    contentType === undefined ? undefined : (parseMediaType(contentType) ?? mediaTypeOf(contentType));
  const format = media === undefined ? undefined : formatOf(media.type);
  const said = {
    label: media === undefined ? undefined : charsetsOf(media)[0],
    isUtf8First: format === 'json',
  };
  const decoded = format === undefined ? decodeIfText(body) : decodeText(body, said);
  if (decoded === undefined)
    return { body: scrubbedBinary(body, masking.scrub), contentType, text: undefined };
  const masked = masking.text(decoded.text, sniffed(format, decoded.text));
  return maskedText({ body, contentType, media }, decoded, masked);
}
