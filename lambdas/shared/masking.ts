// What a deployed broker masks by: the packed config, and the key of pseudonyms from Secrets Manager where a rule needs it.
import { systemIds as ids } from '../../src/adapters/system.ts';
import { createMasking, type Masking, needsKeys } from '../../src/broker/index.ts';
import type { Config } from '../../src/config/index.ts';
import { type PseudonymKeys, pseudonymKeysOf } from '../../src/masking/index.ts';
import { packedConfig } from './config.ts';
import { secretsManager } from './secrets.ts';
import type { Tools } from './tools.ts';

/** Where no rule makes pseudonyms, a key is of no use: nothing is fetched for it. */
function noKeys(): PseudonymKeys {
  return { current: { id: 'k1', key: ids.random(32) } };
}

/** One for as long as the key is the same: the secret is read anew every few minutes. */
export function maskingFrom(tools: Tools, secret: string): () => Promise<Masking> {
  const secrets = secretsManager(tools);
  let made: { readonly masking: Masking; readonly key: string | undefined } | undefined;
  const keyed = async (config: Config) => {
    const keys = pseudonymKeysOf(await secrets.read(secret));
    if (made?.key === keys.current.id) return made.masking;
    made = { masking: createMasking(config, keys), key: keys.current.id };
    return made.masking;
  };
  return async () => {
    const config = await packedConfig();
    if (made === undefined ? needsKeys(config) : made.key !== undefined) return keyed(config);
    made ??= { masking: createMasking(config, noKeys()), key: undefined };
    return made.masking;
  };
}
