// Labels: what stands where a value stood. They are opaque: what is in one is never looked into again.

const LONGEST_TYPE = 40;
/** A pseudonym, a hash, a last four: nothing else may stand in a label, so that nothing else can hide in one. */
const REST = /(?:\]|:(?:…[0-9A-Za-z]{1,4}|k\d{1,4}-[a-z2-7]{16}|sha256-[0-9a-f]{64})\])/uy;

/** The end of the label that begins at `at`, where there is a `[`; or -1. */
export function labelEnd(text: string, at: number, types: ReadonlySet<string>): number {
  let to = at + 1;
  const most = Math.min(text.length, at + 1 + LONGEST_TYPE);
  while (to < most && isOfType(text.charCodeAt(to))) to += 1;
  const next = text.charCodeAt(to);
  if (next !== 93 && next !== 58) return -1;
  if (!types.has(text.slice(at + 1, to))) return -1;
  REST.lastIndex = to;
  return REST.test(text) ? REST.lastIndex : -1;
}

function isOfType(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}
