// Takes a compact JWS apart without trusting any of it.
import { TokenRefused } from './model.ts';

/** Larger tokens are nobody's: the largest in the field are a few kilobytes. */
const MAX_TOKEN_CHARACTERS = 16_384;
const BASE64URL_PARTS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

export interface TakenApart {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

function jsonObject(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    // Fatal: bytes that are not UTF-8 must not be read as something else than the issuer meant.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

export function takeApart(token: string): TakenApart | TokenRefused {
  if (token.length > MAX_TOKEN_CHARACTERS) return new TokenRefused('too_large');
  if (!BASE64URL_PARTS.test(token)) return new TokenRefused('not_compact');
  const [first, second] = token.split('.');
  const header = jsonObject(first ?? '');
  if (header === undefined) return new TokenRefused('header_malformed');
  const payload = jsonObject(second ?? '');
  if (payload === undefined) return new TokenRefused('payload_malformed');
  return { header, payload };
}
