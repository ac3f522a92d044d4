// Task tokens: they name a task under a MAC, so that a forgery is refused before anything is read.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { sha256 } from '../shared/hash.ts';
import { isId } from '../shared/ids.ts';
import type { Secret } from '../shared/secret.ts';
import type { Ancestor } from './model.ts';

/**
 * Two keys at once, so that they can rotate without refusing anyone: functions learn of a new key some minutes
 * apart, so until `currentFrom` the previous one still signs, while both are accepted.
 */
export interface TokenKeys {
  readonly current: Secret;
  readonly previous?: Secret;
  readonly currentFrom?: Date;
}

export interface TaskTokenClaims {
  readonly task: string;
  readonly agent: string;
  readonly ancestors: readonly Ancestor[];
  /** The thumbprint of the key that whoever sends it must prove to hold. */
  readonly boundTo?: string;
  readonly expiresAt: Date;
}

/** `bwt_`, the claims, the MAC (43 characters), the checksum (8): found by /bwt_[\w-]+\.[\w-]{43}[0-9a-f]{8}/. */
const FORM = /^bwt_([A-Za-z0-9_-]{1,4096})\.([A-Za-z0-9_-]{43})([0-9a-f]{8})$/;

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function mac(key: Secret, use: string, text: string): Buffer {
  return createHmac('sha256', key.open()).update(`bailiwick task token ${use}\n${text}`).digest();
}

/** Names a key without saying anything of it. */
function keyId(key: Secret): string {
  return mac(key, 'key id', '').toString('base64url').slice(0, 8);
}

/** The one that makes what is new: while the current one is being learnt, the one before it. */
export function signingKey(keys: TokenKeys, now: Date): Secret {
  const notYet = keys.currentFrom !== undefined && now.getTime() < keys.currentFrom.getTime();
  return notYet && keys.previous !== undefined ? keys.previous : keys.current;
}

export function mintTaskToken(claims: TaskTokenClaims, keys: TokenKeys, now: Date): string {
  const key = signingKey(keys, now);
  const payload = Buffer.from(
    JSON.stringify({
      k: keyId(key),
      t: claims.task,
      a: claims.agent,
      c: claims.ancestors.map(({ task, agent }) => [task, agent]),
      x: claims.expiresAt.getTime(),
      ...(claims.boundTo === undefined ? {} : { j: claims.boundTo }),
    }),
  ).toString('base64url');
  const signed = `bwt_${payload}.${mac(key, 'v1', payload).toString('base64url')}`;
  return signed + checksum(signed);
}

/** Its claims and its MAC, both still in base64. */
function partsOf(text: string): readonly [payload: string, given: string] | undefined {
  const [, payload, given, sum] = FORM.exec(text) ?? [];
  if (payload === undefined || given === undefined) return undefined;
  return checksum(text.slice(0, -8)) === sum ? [payload, given] : undefined;
}

/** Whether a text is a task token as far as can be told offline: secret scanners ask just this. */
export function isTaskTokenForm(text: string): boolean {
  return partsOf(text) !== undefined;
}

interface Payload {
  readonly k: string;
  readonly t: string;
  readonly a: string;
  readonly c: readonly (readonly [string, string])[];
  readonly x: number;
  readonly j?: string;
}

/**
 * What good tokens said, by their hash: of a token itself nothing is kept, and how long a look-up takes says nothing of
 * one. It follows from the token and the keys alone, and other keys are another object. What may change is asked each time.
 */
const OPENED = new WeakMap<TokenKeys, Map<string, TaskTokenClaims>>();
const MOST_OPENED = 256;

/** The claims of a token signed with one of the keys. Its deadline is not judged here: the task's record is. */
export function openTaskToken(token: string, keys: TokenKeys): TaskTokenClaims | undefined {
  const opened = OPENED.get(keys) ?? new Map<string, TaskTokenClaims>();
  OPENED.set(keys, opened);
  const hash = sha256(token);
  const known = opened.get(hash);
  if (known !== undefined) return known;
  const claims = verified(token, keys);
  if (claims === undefined) return undefined;
  if (opened.size >= MOST_OPENED) opened.clear();
  opened.set(hash, claims);
  return claims;
}

function verified(token: string, keys: TokenKeys): TaskTokenClaims | undefined {
  const parts = partsOf(token);
  if (parts === undefined) return undefined;
  const [payload, given] = parts;
  const signature = Buffer.from(given, 'base64url');
  const signedBy = [keys.current, keys.previous].find(
    (key) => key !== undefined && timingSafeEqual(mac(key, 'v1', payload), signature),
  );
  if (signedBy === undefined) return undefined;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Payload;
  // The MAC vouches for the rest; a key shared with some other use of it would not.
  if (!isId('task', claims.t)) return undefined;
  return {
    task: claims.t,
    agent: claims.a,
    ancestors: claims.c.map(([task, agent]) => ({ task, agent })),
    expiresAt: new Date(claims.x),
    ...(claims.j === undefined ? {} : { boundTo: claims.j }),
  };
}
