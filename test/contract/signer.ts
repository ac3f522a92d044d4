// What every adapter of Signer must do.
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Signer, SigningKey } from '../../src/ports/signer.ts';
import { type Open, useSubject } from './support/subject.ts';

function isSigned({ publicKey }: SigningKey, message: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return verify('sha256', message, { key, dsaEncoding: 'der' }, signature);
}

/** Of a signer with two keys. */
export function signerContract(open: Open<Signer>): void {
  const subject = useSubject(open);
  const keysOf = async (port: Signer) => {
    const [older, newer, ...others] = await port.keys();
    if (older === undefined || newer === undefined) throw new Error('the signer has not two keys');
    expect(others).toEqual([]);
    return { older, newer };
  };

  it('says what its keys are: on P-256, and called by their hashes', async () => {
    const { port } = subject();
    const { older, newer } = await keysOf(port);
    expect(older.id).not.toBe(newer.id);
    for (const key of [older, newer]) {
      expect(Object.keys(key).sort()).toEqual(['id', 'publicKey']);
      expect(key.id).toBe(createHash('sha256').update(key.publicKey).digest('hex'));
      const { asymmetricKeyDetails } = createPublicKey({
        key: Buffer.from(key.publicKey),
        format: 'der',
        type: 'spki',
      });
      expect(asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    }
  });

  it('has the same keys in the same order each time', async () => {
    const { port } = subject();
    const first = await port.keys();
    expect(await Promise.all(Array.from({ length: 10 }, () => port.keys()))).toEqual(Array(10).fill(first));
  });

  // KMS takes 4096 bytes as they are, a digest may have more.
  it.each([0, 1, 32, 4096, 4097, 3_000_000])(
    'signs %i bytes by the key that is asked for',
    async (length) => {
      const { port } = subject();
      const { older, newer } = await keysOf(port);
      const message = randomBytes(length);
      const kept = Buffer.from(message);
      for (const [key, other] of [
        [older, newer],
        [newer, older],
      ] as const) {
        const signature = await port.sign(key.id, message);
        expect(message.equals(kept)).toBe(true);
        expect(isSigned(key, message, signature)).toBe(true);
        expect(isSigned(other, message, signature)).toBe(false);
        expect(isSigned(key, Buffer.concat([message, Buffer.of(0)]), signature)).toBe(false);
      }
    },
  );

  it('keeps apart what is signed at once', async () => {
    const { port } = subject();
    const { older } = await keysOf(port);
    const messages = Array.from({ length: 20 }, (_, at) => Buffer.from(`message ${at}`));
    const signatures = await Promise.all(messages.map((message) => port.sign(older.id, message)));
    signatures.forEach((signature, at) => {
      messages.forEach((message, place) => {
        expect(isSigned(older, message, signature)).toBe(place === at);
      });
    });
  });

  it.each(['', 'a'.repeat(64), 'alias/one', 'signing-key.pem'])('signs by no key called %j', async (id) => {
    const { port } = subject();
    await expect(port.sign(id, Buffer.from('x'))).rejects.toThrow(TypeError);
  });
}
