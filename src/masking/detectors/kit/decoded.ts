// A value as it was before it was put into a query or a form, so that `Anna%20Berg` reads as `Anna Berg`.

const ENCODED = /%[0-9A-Fa-f]{2}|[^\s+]\+[^\s+]/u;

/** The value itself where nothing in it is encoded, or what is cannot be. */
export function decoded(value: string): string {
  if (value.includes(' ') || !(value.includes('%') || value.includes('+'))) return value;
  if (!ENCODED.test(value)) return value;
  try {
    return decodeURIComponent(value.replaceAll(/(?<=.)\+/gu, ' '));
  } catch {
    return value;
  }
}
