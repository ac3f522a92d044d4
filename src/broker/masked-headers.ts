// Headers masked as the text that they are: as people read them, and as they go on, in the bytes that they came in.
import { headerText, headerValue, withoutStandIns } from '../connectors/http/index.ts';
import type { Masker } from '../masking/index.ts';
import type { MaskTally } from './mask-counts.ts';
import { toldApart } from './recorded-body.ts';

type Headers = readonly (readonly [name: string, value: string])[];

export interface MaskedHeaders {
  readonly shown: Headers;
  readonly given: Headers;
  /** Whether others could be shown the same, but for what they are told apart by. */
  readonly isLossy: boolean;
}

/** With what it is told apart by, where some of its bytes are no text. */
function shownValue(text: string): string {
  const shown = withoutStandIns(text);
  if (shown === text) return text;
  const { bytes, sha256 } = toldApart(Buffer.from(headerValue(text), 'latin1'));
  return `${shown} [not all of this is text: ${bytes} bytes, SHA-256 ${sha256}]`;
}

export function maskedHeaders(masker: Masker, headers: Headers, tally: MaskTally): MaskedHeaders {
  const texts = headers.map(([, value]) => headerText(value));
  const read = headers.map(([name, value], place) => [name, texts[place] ?? value] as const);
  const masked = masker.headers(read, tally);
  const of = (write: (text: string) => string) =>
    masked.map(([name, value], place) => [name, texts[place] === undefined ? value : write(value)] as const);
  const shown = of(shownValue);
  return {
    shown,
    given: of(headerValue),
    isLossy: shown.some(([, value], place) => value !== masked[place]?.[1]),
  };
}
