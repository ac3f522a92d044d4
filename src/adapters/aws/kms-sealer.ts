// Seals under a data key of its own, which KMS wraps: whoever may only seal can open nothing, not even their own.
import {
  DecryptCommand,
  GenerateDataKeyCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  type KMSClient,
} from '@aws-sdk/client-kms';
import type { Sealer, Unsealer } from '../../ports/sealer.ts';
import { withinDeadline } from '../faults.ts';
import { type Binding, bindingOf, closeBox, KEY_BYTES, openBox } from '../sealed-box.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';

export interface KmsSealerDependencies {
  readonly client: KMSClient;
  /** The key's id, ARN or alias. Nothing that was sealed under another is opened. */
  readonly keyId: string;
  readonly deadlineMilliseconds?: number;
}

/** The first byte: version, the wrapped key's length in two bytes, the wrapped key, and the box. */
const VERSION = 1;
const HEADER_BYTES = 3;
/** KMS takes no more. */
const MOST_WRAPPED_BYTES = 6144;

function headerOf(wrapped: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(VERSION, 0);
  header.writeUInt16BE(wrapped.length, 1);
  return Buffer.concat([header, wrapped]);
}

interface Parts {
  readonly header: Uint8Array;
  readonly wrapped: Uint8Array;
  readonly box: Uint8Array;
}

function partsOf(sealed: Uint8Array): Parts | undefined {
  const [version, high = 0, low = 0] = sealed;
  const length = high * 256 + low;
  const end = HEADER_BYTES + length;
  if (version !== VERSION || length < 1 || length > MOST_WRAPPED_BYTES || sealed.length < end)
    return undefined;
  return {
    header: sealed.subarray(0, end),
    wrapped: sealed.subarray(HEADER_BYTES, end),
    box: sealed.subarray(end),
  };
}

/** Undefined where KMS says that this key, for this use, never wrapped it. */
async function unwrap(
  { client, keyId }: KmsSealerDependencies,
  wrapped: Uint8Array,
  binding: Binding,
  abortSignal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    const { Plaintext } = await client.send(
      new DecryptCommand({ KeyId: keyId, CiphertextBlob: wrapped, EncryptionContext: binding }),
      { abortSignal },
    );
    return Plaintext;
  } catch (error) {
    if (error instanceof InvalidCiphertextException || error instanceof IncorrectKeyException) {
      return undefined;
    }
    throw error;
  }
}

export function createKmsSealer(dependencies: KmsSealerDependencies): Sealer {
  const { client, keyId, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  return {
    async seal(plain, context) {
      const binding = bindingOf(context);
      return withinDeadline('sealer', deadlineMilliseconds, async (abortSignal) => {
        const { Plaintext: key, CiphertextBlob: wrapped } = await client.send(
          new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: binding }),
          { abortSignal },
        );
        if (key?.length !== KEY_BYTES || wrapped === undefined || wrapped.length > MOST_WRAPPED_BYTES) {
          throw new Error('KMS answered without a data key');
        }
        try {
          const header = headerOf(wrapped);
          return Buffer.concat([header, closeBox(key, plain, header, binding)]);
        } finally {
          key.fill(0);
        }
      });
    },
  };
}

export function createKmsUnsealer(dependencies: KmsSealerDependencies): Unsealer {
  const { deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  return {
    async unseal(sealed, context) {
      const parts = partsOf(sealed);
      if (parts === undefined) return undefined;
      const { header, wrapped, box } = parts;
      const binding = bindingOf(context);
      return withinDeadline('sealer', deadlineMilliseconds, async (abortSignal) => {
        const key = await unwrap(dependencies, wrapped, binding, abortSignal);
        try {
          return key?.length === KEY_BYTES ? openBox(key, box, header, binding) : undefined;
        } finally {
          key?.fill(0);
        }
      });
    },
  };
}
