// Binds an approval to what was shown: a MAC, so that a record of it gives nothing to guess at.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { AgentDefinition, TargetDefinition } from '../config/index.ts';
import { canonicalJson, type Json } from '../shared/json.ts';
import type { Secret } from '../shared/secret.ts';
import { signingKey, type TokenKeys } from '../tasks/index.ts';

/** All that must be the same when it is carried out. */
export interface Bound {
  readonly task: string;
  /** As it was asked for, raw: what comes to the target, or what is granted. */
  readonly operation: Json;
  /** Of the whole chain, the agent itself first. */
  readonly agents: readonly Omit<AgentDefinition, 'digest'>[];
  readonly targets: readonly TargetDefinition[];
}

/** Of its own use: no token's MAC says anything of it. */
function macOf(key: Secret, bound: Bound): string {
  const own = hkdfSync('sha256', key.open(), '', 'bailiwick approval fingerprint v1', 32);
  const text = canonicalJson(JSON.parse(JSON.stringify(bound)) as Json);
  return createHmac('sha256', Buffer.from(own)).update(text).digest('hex');
}

export function fingerprintOf(bound: Bound, keys: TokenKeys, now: Date): string {
  return macOf(signingKey(keys, now), bound);
}

/** Keys rotate while people think. */
export function fingerprintsOf(bound: Bound, { current, previous }: TokenKeys): readonly string[] {
  return [current, ...(previous === undefined ? [] : [previous])].map((key) => macOf(key, bound));
}

export function isBoundTo(fingerprint: string, bound: Bound, keys: TokenKeys): boolean {
  const known = Buffer.from(fingerprint, 'utf8');
  return fingerprintsOf(bound, keys).some((one) => {
    const mac = Buffer.from(one, 'utf8');
    return mac.length === known.length && timingSafeEqual(mac, known);
  });
}
