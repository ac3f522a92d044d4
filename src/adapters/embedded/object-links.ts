// Links to objects of the embedded broker: a URL that says which object, as what type and until when, under a MAC.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectKey } from '../../ports/objects.ts';
import { keepOf } from '../keys.ts';
import { assertSeconds, servedType } from '../links.ts';

export interface ObjectLinksDependencies {
  /** Where the broker is reached. */
  readonly publicUrl: () => string;
  /** A link holds no longer than the key that it was made with. */
  readonly key: Uint8Array;
  readonly clock: Clock;
}

export interface LinkedObject {
  readonly key: ObjectKey;
  readonly contentType: string;
}

export interface ObjectLinks {
  make(key: ObjectKey, contentType: string, seconds: number): string;
  /** Undefined for a link that was not made here, was changed, or holds no longer. `path` as it was sent. */
  read(path: string, query: readonly (readonly [string, string])[]): LinkedObject | undefined;
}

export const LINKED_PATH = '/objects/';

/** Twelve digits of milliseconds would have ended in 2001, sixteen end in the year 300,000. */
const MOMENT = /^[0-9]{13,15}$/;

interface Parts {
  readonly type: string;
  readonly until: string;
  readonly mac: string;
}

function macOf(secret: Uint8Array, key: string, { type, until }: Omit<Parts, 'mac'>): Buffer {
  const said = JSON.stringify(['object link', key, type, until]);
  return createHmac('sha256', secret).update(said).digest();
}

/** All three, each once, and nothing beside. */
function partsOf(query: readonly (readonly [string, string])[]): Parts | undefined {
  const { type, until, mac, ...others } = Object.fromEntries(query);
  if (query.length !== 3 || Object.keys(others).length > 0) return undefined;
  if (type === undefined || until === undefined || mac === undefined) return undefined;
  return { type, until, mac };
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

export function createObjectLinks({ publicUrl, key: secret, clock }: ObjectLinksDependencies): ObjectLinks {
  return {
    make(key, contentType, seconds) {
      keepOf(key);
      assertSeconds(seconds);
      const type = servedType(contentType);
      const until = String(clock.now().getTime() + seconds * 1000);
      const mac = macOf(secret, key, { type, until }).toString('base64url');
      return `${publicUrl()}${LINKED_PATH}${key}?${new URLSearchParams({ type, until, mac })}`;
    },
    read(path, query) {
      const parts = partsOf(query);
      if (parts === undefined || !path.startsWith(LINKED_PATH)) return undefined;
      const key = path.slice(LINKED_PATH.length);
      if (!isSame(macOf(secret, key, parts), Buffer.from(parts.mac, 'base64url'))) return undefined;
      if (!MOMENT.test(parts.until) || Number(parts.until) <= clock.now().getTime()) return undefined;
      return { key: key as ObjectKey, contentType: parts.type };
    },
  };
}
