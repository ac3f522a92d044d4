// Remembers what follows from a short text alone, such as a header's name, of which few different ones come.

const MOST_REMEMBERED = 1000;
/** What is longer is somebody's own, and would be kept for nobody. */
const MOST_CHARACTERS = 64;

/** The same function, for one that is pure and whose texts are no secrets. */
export function remembered<Result>(of: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, { readonly result: Result }>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before.result;
    const result = of(text);
    if (text.length > MOST_CHARACTERS) return result;
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(text, { result });
    return result;
  };
}
