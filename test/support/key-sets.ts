// KeySets of issuers that stand in this process, which remember what they were asked for.
import type { JWK } from 'jose';
import type { KeySets } from '../../src/ports/key-sets.ts';
import { Unavailable } from '../../src/shared/errors.ts';

export interface RecordedKeySets extends KeySets {
  readonly asked: { readonly issuer: string; readonly kid: string | undefined }[];
}

export function fixedKeySets(keys: Readonly<Record<string, readonly JWK[]>>): RecordedKeySets {
  const asked: RecordedKeySets['asked'] = [];
  return {
    asked,
    async keys({ issuer }, kid) {
      asked.push({ issuer, kid });
      const found = keys[issuer];
      if (found === undefined) throw new Unavailable('keys');
      return found;
    },
  };
}
