// A multipart body, masked part by part: each as what its head says that it is, under its field's name.
import { sha256 } from '../../shared/hash.ts';
import { type Part, partsOf, readPartHead, type Stretch } from './multipart-parts.ts';

/** What was made of a stretch of the body. */
export interface MaskedPart {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  /** Undefined where it is binary. */
  readonly text: string | undefined;
  /** Others could have the same text. */
  readonly isLossy?: boolean;
}

/** Masks one that may be of any type. */
export type MaskPart = (
  bytes: Uint8Array,
  contentType: string | undefined,
  name?: string,
) => Promise<MaskedPart>;

/** Heads are text in whole lines. */
const HEAD = 'message/rfc822';
const BETWEEN = 'application/octet-stream';
const LINE_END = 2;

interface Made {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly isBinary: boolean;
  readonly isLossy: boolean;
}

function asWritten(bytes: Buffer): Made {
  return { bytes, text: bytes.toString('latin1'), isBinary: false, isLossy: false };
}

function made({ body, text, isLossy = false }: MaskedPart): Made {
  const told = text ?? `(${body.length} bytes, SHA-256 ${sha256(body)})`;
  return { bytes: body, text: told, isBinary: text === undefined, isLossy };
}

async function maskedOne(bytes: Buffer, { head, content }: Part, mask: MaskPart): Promise<readonly Made[]> {
  const written = bytes.toString('latin1', head.start, head.end);
  const { name, contentType, typeAt } = readPartHead(written);
  const masked = await mask(bytes.subarray(content.start, content.end), contentType, name);
  // Its charset could not write what was masked.
  const isOther = masked.contentType !== undefined && masked.contentType !== contentType;
  const said = isOther
    ? written.slice(0, typeAt.start) + masked.contentType + written.slice(typeAt.end)
    : written;
  const ofHead = said === '' ? [] : [made(await mask(Buffer.from(said, 'latin1'), HEAD))];
  return [...ofHead, asWritten(bytes.subarray(head.end, content.start)), made(masked)];
}

export interface MaskedMultipart {
  readonly body: Uint8Array;
  readonly text: string;
  /** Some of its parts are no text. */
  readonly isPartlyBinary: boolean;
  /** Others could have the same text. */
  readonly isLossy: boolean;
}

/** Undefined where it has no parts. */
export async function maskedMultipart(
  body: Uint8Array,
  boundary: string,
  mask: MaskPart,
): Promise<MaskedMultipart | undefined> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const found = partsOf(bytes, boundary);
  if (found === undefined) return undefined;
  const all: Made[] = [];
  let done = 0;
  const upTo = async ({ start, end }: Stretch) => {
    const before = bytes.subarray(done, start);
    all.push(before.length <= LINE_END ? asWritten(before) : made(await mask(before, BETWEEN)));
    all.push(asWritten(bytes.subarray(start, end)));
    done = end;
  };
  for (const part of found.parts) {
    await upTo(part.delimiter);
    all.push(...(await maskedOne(bytes, part, mask)));
    done = part.content.end;
  }
  if (found.last !== undefined) await upTo(found.last);
  await upTo({ start: bytes.length, end: bytes.length });
  const joined = Buffer.concat(all.map((one) => one.bytes));
  return {
    body: joined.equals(bytes) ? body : joined,
    text: all.map((one) => one.text).join(''),
    isPartlyBinary: all.some(({ isBinary }) => isBinary),
    isLossy: all.some(({ isLossy }) => isLossy),
  };
}
