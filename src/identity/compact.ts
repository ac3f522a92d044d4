// Takes a compact JWS apart without trusting any of it.
import { TokenRefused } from './model.ts';

export type JsonMembers = Readonly<Record<string, unknown>>;

export interface CompactParts {
  readonly header: JsonMembers;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** What the signature is over. */
  readonly signed: string;
}

export interface TakenApart extends Omit<CompactParts, 'payload'> {
  readonly payload: JsonMembers;
}

/** Larger tokens are nobody's: the largest in the field are a few kilobytes. */
const MAX_TOKEN_CHARACTERS = 16_384;
/** Room for a chain of certificates, which some issuers send and nobody here reads. */
const MAX_HEADER_CHARACTERS = 8192;
/** How many objects and lists may stand in each other. Issuers nest two or three. */
const MAX_DEPTH = 16;
/** A payload may be empty in a JWS; a token's is then no JSON. */
const THREE_PARTS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+$/;

// Fatal: bytes that are not UTF-8 must not be read as something else than the issuer meant. A byte order mark stays,
// and is then no JSON.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The bytes of base64url without padding, if it is their one spelling. Bits left over at the end must be zero: else
 * one token could be written in several ways, and each would have a hash of its own.
 */
export function base64urlBytes(text: unknown): Buffer | undefined {
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

function jsonMembers(bytes: Uint8Array): JsonMembers | undefined {
  try {
    const value: unknown = JSON.parse(UTF8.decode(bytes));
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is an object of JSON, and no list. */
export function isMembers(value: unknown): value is JsonMembers {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(member, levels - 1));
}

export function splitCompact(token: string): CompactParts | TokenRefused {
  // Whoever runs other people's vectors may hand over what is no text.
  if (typeof token !== 'string') return new TokenRefused('not_compact');
  if (token.length > MAX_TOKEN_CHARACTERS) return new TokenRefused('too_large');
  if (!THREE_PARTS.test(token)) return new TokenRefused('not_compact');
  const [first = '', second = '', third = ''] = token.split('.');
  if (first.length > MAX_HEADER_CHARACTERS) return new TokenRefused('too_large');
  const [head, payload, signature] = [first, second, third].map(base64urlBytes);
  if (head === undefined || payload === undefined || signature === undefined) {
    return new TokenRefused('not_compact');
  }
  const header = jsonMembers(head);
  if (header === undefined) return new TokenRefused('header_malformed');
  if (isDeeperThan(header, MAX_DEPTH)) return new TokenRefused('too_large');
  return { header, payload, signature, signed: `${first}.${second}` };
}

export function takeApart(token: string): TakenApart | TokenRefused {
  const parts = splitCompact(token);
  if (parts instanceof TokenRefused) return parts;
  const payload = jsonMembers(parts.payload);
  if (payload === undefined) return new TokenRefused('payload_malformed');
  if (isDeeperThan(payload, MAX_DEPTH)) return new TokenRefused('too_large');
  return { ...parts, payload };
}
