// Seals under a key of the data directory: from it, a key of its own for every call.
import { hkdfSync } from 'node:crypto';
import type { Sealer, Unsealer } from '../../ports/sealer.ts';
import { sha256 } from '../../shared/hash.ts';
import { canonicalJson } from '../../shared/json.ts';
import type { Secret } from '../../shared/secret.ts';
import { asUnavailable } from '../faults.ts';
import { type Binding, bindingOf, closeBox, KEY_BYTES, openBox } from '../sealed-box.ts';

export interface KeySealerDependencies {
  /** Asked at first use, and again where it could not be had. */
  readonly key: () => Promise<Secret>;
}

/** The first byte, and the whole header. Another than that of what KMS sealed. */
const VERSION = 2;
const HEADER = Buffer.from([VERSION]);

function keyFor(binding: Binding, key: Secret): Buffer {
  // Hashed, since what a derived key is for may be said in 1024 bytes at most.
  const use = `bailiwick sealing v1\n${sha256(canonicalJson(binding))}`;
  return Buffer.from(hkdfSync('sha256', key.open(), '', use, KEY_BYTES));
}

export function createKeySealer(dependencies: KeySealerDependencies): Sealer & Unsealer {
  let opened: Promise<Secret> | undefined;

  async function master(): Promise<Secret> {
    opened ??= dependencies.key();
    try {
      return await opened;
    } catch (error) {
      opened = undefined;
      throw asUnavailable('sealer', error);
    }
  }

  return {
    async seal(plain, context) {
      const binding = bindingOf(context);
      const key = keyFor(binding, await master());
      try {
        return Buffer.concat([HEADER, closeBox(key, plain, HEADER, binding)]);
      } finally {
        key.fill(0);
      }
    },
    async unseal(sealed, context) {
      const binding = bindingOf(context);
      const key = keyFor(binding, await master());
      try {
        return sealed[0] === VERSION ? openBox(key, sealed.subarray(1), HEADER, binding) : undefined;
      } finally {
        key.fill(0);
      }
    },
  };
}
