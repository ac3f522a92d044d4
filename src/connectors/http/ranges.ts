// The part of an answer that a request asks for: cut out of what is masked, by the broker alone.

/** `end` is the last byte's place, as Content-Range writes it. */
export type RangeAnswer =
  | { readonly status: 206; readonly start: number; readonly end: number }
  | { readonly status: 416 };

const SINGLE = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/iu;
const STRONG = /^"[\x21\x23-\x7e\x80-\xff]*"$/u;

/** A range of the answer that is here, not of another: only a strong tag says so for every byte. */
function isOfThis(ifRange: string | undefined, etag: string | undefined): boolean {
  return ifRange === undefined || (STRONG.test(ifRange.trim()) && ifRange.trim() === etag?.trim());
}

/**
 * `header`, `ifRange`: as the request has them. `etag`: the answer's. `size`: of its body, masked. Undefined: the whole, also
 * where several ranges are asked for. Only for a GET that the target answered with 200.
 */
export function rangeOf(
  header: string | undefined,
  ifRange: string | undefined,
  etag: string | undefined,
  size: number,
): RangeAnswer | undefined {
  const [whole, first, last, suffix] = SINGLE.exec(header?.trim() ?? '') ?? [];
  if (whole === undefined || !isOfThis(ifRange, etag)) return undefined;
  if (suffix !== undefined) return ofSuffix(Number(suffix), size);
  const start = Number(first);
  const end = last === undefined || last === '' ? Number.POSITIVE_INFINITY : Number(last);
  if (start > end) return undefined;
  return start >= size ? { status: 416 } : { status: 206, start, end: Math.min(end, size - 1) };
}

function ofSuffix(length: number, size: number): RangeAnswer | undefined {
  if (length === 0) return { status: 416 };
  // Of nothing there is no last byte to name.
  return size === 0 ? undefined : { status: 206, start: Math.max(0, size - length), end: size - 1 };
}
