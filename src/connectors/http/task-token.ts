// Where in a request's headers the task token stands: wherever clients put theirs.
import type { Injection } from '../../config/index.ts';

type Headers = readonly (readonly [name: string, value: string])[];

export interface FoundToken {
  readonly token: string;
  /** Lower case. */
  readonly header: string;
  /** None where it stands in the header of the target's own credential. */
  readonly scheme?: 'bearer' | 'dpop' | 'token' | 'basic';
}

const LOOKS_LIKE_ONE = /^bwt_[\w.-]+$/u;
const SCHEME = /^(Bearer|DPoP|Token|Basic) +([^\s]+)$/iu;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/u;

/** The password alone: what stands for the user is the client's own business. */
function passwordOf(encoded: string): string | undefined {
  if (!BASE64.test(encoded)) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = pair.indexOf(':');
  return colon === -1 ? undefined : pair.slice(colon + 1);
}

function tokenOfScheme(value: string): FoundToken | undefined {
  const [, scheme, rest = ''] = SCHEME.exec(value.trim()) ?? [];
  const name = scheme?.toLowerCase() as FoundToken['scheme'];
  if (name === undefined) return undefined;
  const token = name === 'basic' ? passwordOf(rest) : rest;
  return token === undefined ? undefined : { token, header: 'authorization', scheme: name };
}

const FIELD = /\$\{[^}]*\}/u;

/** What stands in the place of one of the template's fields, and begins as a task token. */
function tokenOfTemplate(template: string, value: string): string | undefined {
  if (LOOKS_LIKE_ONE.test(value)) return value;
  const [first = '', ...literals] = template.split(FIELD);
  if (!value.toLowerCase().startsWith(first.toLowerCase())) return undefined;
  let rest = value.slice(first.length);
  const parts: string[] = [];
  for (const [index, literal] of literals.entries()) {
    const isLast = index === literals.length - 1;
    const end = isLast ? rest.length - literal.length : literal === '' ? -1 : rest.indexOf(literal);
    if (end < 0 || !rest.startsWith(literal, end)) return undefined;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end + literal.length);
  }
  return parts.find((part) => LOOKS_LIKE_ONE.test(part));
}

function tokensOfInjection(headers: Headers, inject: readonly Injection[]): readonly FoundToken[] {
  return inject.flatMap((one) => {
    if (!('header' in one)) return [];
    const header = one.header.toLowerCase();
    return headers.flatMap(([name, value]) => {
      const token = name.toLowerCase() === header ? tokenOfTemplate(one.value, value.trim()) : undefined;
      return token === undefined ? [] : [{ token, header }];
    });
  });
}

const ORDER = ['bearer', 'dpop', 'token', 'basic'] as const;

/**
 * In the order of the contract, the first that looks like a task token. Where none does, the bearer token, whatever it is:
 * it is refused by who knows why.
 */
export function taskTokenIn(
  headers: Headers,
  inject: readonly Injection[] | undefined,
): FoundToken | undefined {
  const authorizations: FoundToken[] = [];
  for (const [name, value] of headers) {
    const found = name.toLowerCase() === 'authorization' ? tokenOfScheme(value) : undefined;
    if (found !== undefined) authorizations.push(found);
  }
  const place = ({ scheme }: FoundToken) => Math.max(1, ORDER.indexOf(scheme ?? 'basic'));
  authorizations.sort((one, other) => place(one) - place(other));
  const looksLikeOne = ({ token }: FoundToken) => LOOKS_LIKE_ONE.test(token);
  return (
    authorizations.find(looksLikeOne) ??
    tokensOfInjection(headers, inject ?? []).find(looksLikeOne) ??
    authorizations.find(({ scheme }) => scheme === 'bearer' || scheme === 'dpop')
  );
}
