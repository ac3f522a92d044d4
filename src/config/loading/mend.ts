// What the policies can be judged against where other files have faults: those files without what is wrong in them. So
// that one fault does not hide the others, and is not taken for one of a policy either.
import type { z } from 'zod';
import type { Fault } from '../model.ts';
import { at, type Path } from './access.ts';
import type { Shape } from './explain.ts';
import { type Kind, SCHEMAS } from './schema/index.ts';

/** What is left out may leave more that no longer fits. */
const MOST_TURNS = 5;

function placesOf(issue: z.core.$ZodIssue): readonly Path[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
}

/** Whether there was something to leave out. */
function leaveOut(data: unknown, path: Path): boolean {
  const last = path.at(-1);
  const holder = at(data, path.slice(0, -1));
  if (last === undefined || holder === null || typeof holder !== 'object' || !Object.hasOwn(holder, last)) {
    return false;
  }
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else Reflect.deleteProperty(holder, last);
  return true;
}

/** Undefined where too little is left. */
export function withoutFaults<K extends Kind>(kind: K, data: unknown): Shape<K> | undefined {
  const rest = structuredClone(data);
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const result = SCHEMAS[kind].safeParse(rest);
    if (result.success) return result.data as Shape<K>;
    // From behind, so that of a list the places of those before stay what they are.
    const left = result.error.issues
      .flatMap(placesOf)
      .toReversed()
      .map((path) => leaveOut(rest, path));
    if (!left.includes(true)) return undefined;
  }
  return undefined;
}

const IN_QUOTES = /"([^"]*)"|`([^`]*)`/gu;
/** Of `"tickets:read"` and of `context.parameters.prefix`, the last. */
const LAST_WORD = /[\p{L}\p{N}_-]+(?=[^\p{L}\p{N}_-]*$)/u;
const NEVER_APPLIES = 'the policy never applies';

/** Whether a policy may well be right, once the faults of these files are mended: they have what it is said to lack. */
export function mayBeRight({ problem }: Fault, faultyTexts: readonly string[]): boolean {
  if (problem.startsWith(NEVER_APPLIES)) return true;
  // Behind the colon stands what would be right.
  const [accused = ''] = problem.split(': ');
  const words = [...accused.matchAll(IN_QUOTES)].flatMap(
    ([, plain, code]) => LAST_WORD.exec(plain ?? code ?? '')?.[0] ?? [],
  );
  return words.some((word) => faultyTexts.some((text) => text.includes(word)));
}
