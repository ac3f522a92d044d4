// What a provider says to the broker by way of the browser (RFC 6749, 4.1.2; RFC 9207).

export interface AnswerOfProvider {
  readonly state?: string;
  readonly code?: string;
  readonly iss?: string;
  readonly error?: string;
}

const NAMES = ['state', 'code', 'iss', 'error'] as const;
/** More than any provider's code has. */
const MOST_CHARACTERS = 4096;

/** What stands twice, or is no value, counts as not said: nobody can tell which of them is meant. */
export function answerIn(query: readonly (readonly [string, string])[]): AnswerOfProvider {
  const said = NAMES.flatMap((name) => {
    const values = query.filter(([given]) => given === name).map(([, value]) => value);
    const [value = '', another] = values;
    return value === '' || another !== undefined || value.length > MOST_CHARACTERS ? [] : [[name, value]];
  });
  return Object.fromEntries(said) as AnswerOfProvider;
}
