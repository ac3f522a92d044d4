// Parses what is read again and again, as a task is by each of its calls, once for as long as its text stays the same.
import type { Json } from '../../shared/json.ts';

const MOST_REMEMBERED = 256;
/** What is longer is parsed each time: it would take much memory, and its parsing is not what its reader waits for. */
const MOST_CHARACTERS = 8 * 1024;

function freeze(value: Json): void {
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) if (member !== undefined) freeze(member);
  Object.freeze(value);
}

/** Several have the same value, so that none of them can change it. `name` is where the text stands. */
export function createParser(): (name: string, text: string) => Json {
  const known = new Map<string, { readonly text: string; readonly value: Json }>();
  return (name, text) => {
    if (text.length > MOST_CHARACTERS) return JSON.parse(text);
    const before = known.get(name);
    if (before?.text === text) return before.value;
    const value: Json = JSON.parse(text);
    freeze(value);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(name, { text, value });
    return value;
  };
}
