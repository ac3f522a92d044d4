// The query of a request's target, as it was sent: its pairs, and whether every server reads them alike.

/** Whether its escapes are UTF-8. A `%` that begins none stands for itself, and is sent on as `%25`. */
export function isUtf8(query: string): boolean {
  if (!query.includes('%')) return true;
  try {
    decodeURIComponent(query.replace(/%(?![0-9a-f]{2})/giu, '%25'));
    return true;
  } catch {
    return false;
  }
}

/** Decoded, in order. */
export function pairsOf(query: string): readonly (readonly [name: string, value: string])[] {
  return query === '' ? [] : [...new URLSearchParams(query)];
}
