// Reads a content type: `text/csv; charset=utf-8`.

export interface MediaType {
  /** `text/csv`, in lower case. */
  readonly type: string;
  /** Names in lower case, values as they are without their quotes, in order. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

const TYPE = /[ \t]*([\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+)[ \t]*/uy;
const PARAMETER = /;[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([\w!#$%&'*+.^`|~-]+)))?[ \t]*/uy;
const MOST_CHARACTERS = 1024;

/** Undefined where it is not written as one: the beginning may look like a type, and mean something else to others. */
export function parseMediaType(text: string): MediaType | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  TYPE.lastIndex = 0;
  const type = TYPE.exec(text)?.[1]?.toLowerCase();
  if (type === undefined) return undefined;
  const parameters: [string, string][] = [];
  PARAMETER.lastIndex = TYPE.lastIndex;
  let at = TYPE.lastIndex;
  while (at < text.length) {
    const [whole, name, quoted, token] = PARAMETER.exec(text) ?? [];
    if (whole === undefined) return undefined;
    at += whole.length;
    if (name !== undefined)
      parameters.push([name.toLowerCase(), quoted?.replace(/\\(.)/gu, '$1') ?? token ?? '']);
  }
  return { type, parameters };
}

export function charsetsOf({ parameters }: MediaType): readonly string[] {
  return parameters.flatMap(([name, value]) => (name === 'charset' ? [value.toLowerCase()] : []));
}

const PLAIN = /^[\w!#$%&'*+.^`|~-]+$/u;

/** As it is written with another charset. */
export function withCharset({ type, parameters }: MediaType, charset: string): string {
  const others = parameters.filter(([name]) => name !== 'charset');
  const written = [...others, ['charset', charset] as const].map(([name, value]) => {
    return `; ${name}=${PLAIN.test(value) ? value : `"${value.replace(/["\\]/gu, '\\$&')}"`}`;
  });
  return type + written.join('');
}

export function isJsonType(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json');
}
