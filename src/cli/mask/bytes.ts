// Between bytes and text, so that bytes which are no UTF-8 come out as they went in: each is half of a pair meanwhile,
// which no text in UTF-8 holds.
import { isUtf8 } from 'node:buffer';

/** A byte that is part of no character stands for itself as this and the byte. */
const ESCAPED = 0xdc00;
const ESCAPES = /[\udc80-\udcff]/u;

/** How long a character is that begins with this byte; 0 where none does. */
function lengthFrom(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte >= 0xc2 && byte <= 0xdf) return 2;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  return byte >= 0xf0 && byte <= 0xf4 ? 4 : 0;
}

/** Where a character begins at the end that is not all there yet; the end where none does. */
function borderOf(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const at = bytes.length - back;
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80 && byte < 0xc0) continue;
    return lengthFrom(byte) > back ? at : bytes.length;
  }
  return bytes.length;
}

/** Character by character: only where something is no UTF-8. */
function carefully(bytes: Buffer): string {
  const parts: string[] = [];
  let at = 0;
  let good = 0;
  while (at < bytes.length) {
    const length = lengthFrom(bytes[at] ?? 0);
    if (
      length > 0 &&
      at + length <= bytes.length &&
      (length === 1 || isUtf8(bytes.subarray(at, at + length)))
    ) {
      at += length;
      continue;
    }
    parts.push(bytes.toString('utf8', good, at), String.fromCharCode(ESCAPED + (bytes[at] ?? 0)));
    at += 1;
    good = at;
  }
  parts.push(bytes.toString('utf8', good));
  return parts.join('');
}

function decoded(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : carefully(bytes);
}

export interface Decoder {
  push(bytes: Buffer): string;
  end(): string;
}

export function createDecoder(): Decoder {
  let held: Buffer = Buffer.alloc(0);
  return {
    push(bytes) {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const border = borderOf(all);
      held = all.subarray(border);
      return decoded(all.subarray(0, border));
    },
    end: () => decoded(held),
  };
}

function carefullyEncoded(text: string): Buffer {
  const parts: Buffer[] = [];
  let good = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.codePointAt(at) ?? 0;
    if (code > 0xffff) at += 1;
    if (code < 0xdc80 || code > 0xdcff) continue;
    parts.push(Buffer.from(text.slice(good, at), 'utf8'), Buffer.of(code - ESCAPED));
    good = at + 1;
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(good), 'utf8')]);
}

/** Bytes of text that may come in pieces: what is half of a pair at a piece's end waits for the other half. */
export function createEncoder(): { push(text: string): Buffer } {
  let held = '';
  return {
    push(text) {
      let all = held + text;
      const last = all.charCodeAt(all.length - 1);
      const isHalf = last >= 0xd800 && last < 0xdc00;
      held = isHalf ? all.slice(-1) : '';
      all = isHalf ? all.slice(0, -1) : all;
      return all.isWellFormed() || !ESCAPES.test(all) ? Buffer.from(all, 'utf8') : carefullyEncoded(all);
    },
  };
}
