// Whether a request names another method than its own where some frameworks look for one: a field of its query or form.
import { parseMediaType } from './media-type.ts';

export interface OverrideContent {
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const NAMES = /^(?:_method|(?:x-)?http-method-override|x-method-override)$/iu;
/** In a form with parts, a name stands in quotes or without. */
const IN_PARTS = /name\s*=\s*"?(?:_method|(?:x-)?http-method-override|x-method-override)(?:["\s;]|$)/iu;

function namesInForm(body: Uint8Array): readonly string[] {
  return [...new URLSearchParams(Buffer.from(body).toString('utf8')).keys()];
}

export function namesMethod({ query, body, headers }: OverrideContent): boolean {
  if (query.some(([name]) => NAMES.test(name.trim()))) return true;
  if (body === undefined || body.length === 0) return false;
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const media = parseMediaType(type ?? '')?.type ?? '';
  if (media === 'application/x-www-form-urlencoded') {
    return namesInForm(body).some((name) => NAMES.test(name.trim()));
  }
  return media.startsWith('multipart/') && IN_PARTS.test(Buffer.from(body).toString('latin1'));
}
