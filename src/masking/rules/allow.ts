// Values that look sensitive and are not, as operators list them: whole values, however they are written.

/** What people put between the characters of one value, each in their own way. */
const BETWEEN = /[\s.-]+/gu;

const plain = (value: string): string => value.replaceAll(BETWEEN, '').toLowerCase();

/** Whether anything is left of a value to compare. */
export function canBeAllowed(value: string): boolean {
  return /[\p{L}\p{N}]/u.test(value);
}

/** Separators may be any number; a value that is much longer is not looked at, though. */
const MOST_PER_CHARACTER = 4;

/** Undefined where nothing is allowed. */
export function createAllows(values: readonly string[]): ((value: string) => boolean) | undefined {
  const allowed = new Set(values.filter(canBeAllowed).map(plain));
  if (allowed.size === 0) return undefined;
  const longest = Math.max(...[...allowed].map(({ length }) => length)) * MOST_PER_CHARACTER;
  return (value) => value.length <= longest && allowed.has(plain(value));
}
