// Signs with keys of the data directory.
import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Signer } from '../../ports/signer.ts';
import { asUnavailable } from '../faults.ts';
import { keyWithId, signingKeyOf } from '../signing-key.ts';

export interface KeySignerDependencies {
  /** The private keys, the oldest first. Asked each time, since another process may add one. */
  readonly keys: () => Promise<readonly KeyObject[]>;
}

export function createKeySigner(dependencies: KeySignerDependencies): Signer {
  async function keys() {
    try {
      const found = await dependencies.keys();
      return found.map((privateKey) => ({ ...signingKeyOf(createPublicKey(privateKey)), privateKey }));
    } catch (error) {
      throw asUnavailable('signer', error);
    }
  }

  return {
    keys: async () => (await keys()).map(({ id, publicKey }) => ({ id, publicKey })),
    async sign(keyId, message) {
      const { privateKey } = keyWithId(await keys(), keyId);
      return sign('sha256', message, { key: privateKey, dsaEncoding: 'der' });
    },
  };
}
