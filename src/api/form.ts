// Reads a form: a body of names and values as OAuth 2.0 clients send it.
import { Refusal } from '../shared/errors.ts';
import { TOO_LARGE, textOf } from './body.ts';
import { type ApiRequest, MAX_BODY_BYTES } from './http.ts';

const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Throws at what is no escape, or no UTF-8: the usual parser would quietly take it for something else. */
function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** Names that nobody knows are ignored, but not without end: nobody has been asked who they are yet. */
const MOST_PAIRS = 1000;

function pairsIn(text: string): readonly (readonly [string, string])[] {
  const pairs = text.split('&', MOST_PAIRS + 1);
  if (pairs.length > MOST_PAIRS) throw new URIError('too many pairs');
  return pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const border = pair.indexOf('=');
      const [name, value] = border < 0 ? [pair, ''] : [pair.slice(0, border), pair.slice(border + 1)];
      return [decoded(name), decoded(value)];
    });
}

/** Every name with its values in their order. A name without a value counts as left out (RFC 6749, 3.2). */
export function parseForm({ body, headers }: ApiRequest): ReadonlyMap<string, readonly string[]> | Refusal {
  if (body === undefined || body.length > MAX_BODY_BYTES) return TOO_LARGE;
  if (!FORM_TYPE.test(headers['content-type'] ?? '')) {
    return new Refusal(
      'unsupported_media_type',
      'The body must be sent as `content-type: application/x-www-form-urlencoded`.',
    );
  }
  const form = new Map<string, string[]>();
  try {
    const text = textOf(body);
    if (text === undefined) throw new URIError('not UTF-8');
    for (const [name, value] of pairsIn(text)) {
      if (value === '') continue;
      const values = form.get(name);
      if (values === undefined) form.set(name, [value]);
      else values.push(value);
    }
  } catch {
    return new Refusal(
      'malformed_request',
      `The body is not a form of at most ${MOST_PAIRS} names and values in UTF-8.`,
    );
  }
  return form;
}
