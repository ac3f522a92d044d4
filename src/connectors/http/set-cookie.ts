// A target's cookie, kept to that target: without a path of its own it would be sent to every target behind the broker.
import { withoutBlanks } from './blanks.ts';
import type { Links } from './links.ts';

interface Attribute {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  readonly text: string;
}

function attributeOf(given: string): Attribute {
  const text = withoutBlanks(given);
  const equals = text.indexOf('=');
  const name = equals === -1 ? text : text.slice(0, equals);
  return {
    name: name.trim().toLowerCase(),
    value: equals === -1 ? '' : text.slice(equals + 1).trim(),
    text,
  };
}

const REWRITTEN: readonly string[] = ['path', 'domain', ''];

/** Undefined where it is for paths that are not below the target's base URL. */
export function keptToTarget(cookie: string, links: Links): string | undefined {
  const [pair = '', ...rest] = cookie.split(';');
  const attributes = rest.map(attributeOf);
  // The last one counts (RFC 6265, 5.3).
  const path = links.cookiePath(attributes.findLast(({ name }) => name === 'path')?.value);
  if (path === undefined) return undefined;
  const others = attributes.flatMap(({ name, text }) => (REWRITTEN.includes(name) ? [] : [text]));
  return [withoutBlanks(pair), ...others, `Path=${path}`].join('; ');
}
