// Signs by KMS: the private keys never leave it.
import { createPublicKey, hash } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { Signer, SigningKey } from '../../ports/signer.ts';
import { withinDeadline } from '../faults.ts';
import { keyWithId, signingKeyOf } from '../signing-key.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';

export interface KmsSignerDependencies {
  readonly client: KMSClient;
  /** Ids, ARNs or aliases, the oldest key first; at least one. */
  readonly keyIds: readonly string[];
  readonly deadlineMilliseconds?: number;
}

interface KmsKey extends SigningKey {
  /** Where it is: an alias could come to mean another key, whose signatures this one's public half refuses. */
  readonly arn: string;
}

async function publicKey(client: KMSClient, keyId: string, abortSignal: AbortSignal): Promise<KmsKey> {
  const answer = await client.send(new GetPublicKeyCommand({ KeyId: keyId }), { abortSignal });
  if (answer.PublicKey === undefined) throw new Error('KMS answered without a public key');
  if (answer.KeyUsage !== 'SIGN_VERIFY') throw new Error('the key in KMS is not for signing');
  const key = createPublicKey({ key: Buffer.from(answer.PublicKey), format: 'der', type: 'spki' });
  return { ...signingKeyOf(key), arn: answer.KeyId ?? keyId };
}

export function createKmsSigner(dependencies: KmsSignerDependencies): Signer {
  const { client, keyIds, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  if (keyIds.length === 0) throw new TypeError('a signer has at least one key');
  /** By the ids of KMS. What a key is never changes. */
  const known = new Map<string, KmsKey>();

  function keys(): Promise<readonly KmsKey[]> {
    return withinDeadline('signer', deadlineMilliseconds, (abortSignal) =>
      Promise.all(
        keyIds.map(async (keyId) => {
          const key = known.get(keyId) ?? (await publicKey(client, keyId, abortSignal));
          known.set(keyId, key);
          return key;
        }),
      ),
    );
  }

  return {
    keys: async () => (await keys()).map(({ id, publicKey: der }) => ({ id, publicKey: der })),
    async sign(keyId, message) {
      const { arn } = keyWithId(await keys(), keyId);
      // KMS takes no messages of more than 4096 bytes.
      const input = {
        KeyId: arn,
        Message: hash('sha256', message, 'buffer'),
        MessageType: 'DIGEST',
        SigningAlgorithm: 'ECDSA_SHA_256',
      } as const;
      return withinDeadline('signer', deadlineMilliseconds, async (abortSignal) => {
        const { Signature } = await client.send(new SignCommand(input), { abortSignal });
        if (Signature === undefined) throw new Error('KMS answered without a signature');
        return Signature;
      });
    },
  };
}
