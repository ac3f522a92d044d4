// What KMS is asked when something is sealed and opened, and what its answers come to.
import { KMSClient } from '@aws-sdk/client-kms';
import { expect, it, onTestFinished } from 'vitest';
import { createKmsSealer, createKmsUnsealer } from '../../../src/adapters/aws/kms-sealer.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { impatientOptions } from '../../contract/support/aws.ts';
import { startFakeKms } from '../../contract/support/fake-kms.ts';

const CONTEXT = { task: 'task_a', call: 'call_b' };
const BOUND = { task: 'task_a', call: 'call_b', purpose: 'bailiwick-sealed-operation' };

async function setUp(keyId = 'alias/one') {
  const kms = await startFakeKms();
  onTestFinished(kms.close);
  const client = new KMSClient(impatientOptions(kms.endpoint));
  const sealer = createKmsSealer({ client, keyId });
  const unsealerOf = (key: string) => createKmsUnsealer({ client, keyId: key });
  return { ...kms, client, sealer, unsealer: unsealerOf(keyId), unsealerOf };
}

it('asks for a key of 256 bits for this task, this call and this use, and names the key both times', async () => {
  const { asked, sealer, unsealer } = await setUp();
  const sealed = await sealer.seal(Buffer.from('x'), CONTEXT);
  await unsealer.unseal(sealed, CONTEXT);
  expect(asked).toEqual([
    {
      operation: 'GenerateDataKey',
      input: { KeyId: 'alias/one', KeySpec: 'AES_256', EncryptionContext: BOUND },
    },
    {
      operation: 'Decrypt',
      input: { KeyId: 'alias/one', CiphertextBlob: expect.any(String), EncryptionContext: BOUND },
    },
  ]);
});

it('keeps the wrapped key beside what it opens, and not the key', async () => {
  const { dataKeys, sealer } = await setUp();
  const sealed = Buffer.from(await sealer.seal(Buffer.from('x'), CONTEXT));
  expect(sealed[0]).toBe(1);
  expect(dataKeys).toHaveLength(1);
  expect(sealed.includes(Buffer.from(dataKeys[0] ?? '', 'base64'))).toBe(false);
});

it('wipes the data key once it has been used', async () => {
  const { client, sealer, unsealer } = await setUp();
  const keys: Uint8Array[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if ('Plaintext' in answer.output && answer.output.Plaintext) keys.push(answer.output.Plaintext);
      return answer;
    },
    { step: 'initialize' },
  );
  const sealed = await sealer.seal(Buffer.from('x'), CONTEXT);
  await unsealer.unseal(sealed, CONTEXT);
  await unsealer.unseal(
    Uint8Array.from(sealed, (byte, at) => (at === sealed.length - 1 ? byte ^ 1 : byte)),
    CONTEXT,
  );
  expect(keys).toEqual([new Uint8Array(32), new Uint8Array(32), new Uint8Array(32)]);
});

it('opens nothing that was sealed under another key, even one that it may use', async () => {
  const { sealer, unsealerOf } = await setUp();
  const sealed = await sealer.seal(Buffer.from('x'), CONTEXT);
  expect(await unsealerOf('alias/other').unseal(sealed, CONTEXT)).toBeUndefined();
});

it('does not trouble KMS with what has not its form', async () => {
  const { asked, unsealer } = await setUp();
  const wrappedOf = (length: number) =>
    Buffer.concat([Buffer.from([1, length >> 8, length & 255]), Buffer.alloc(9000)]);
  for (const odd of [[], [1], [1, 0], [1, 0, 0, 1, 2], [1, 0, 9, 1], [2, 0, 1, 1], wrappedOf(6145)]) {
    expect(await unsealer.unseal(Uint8Array.from(odd), CONTEXT)).toBeUndefined();
  }
  expect(asked).toEqual([]);
});

it.each([
  'AccessDeniedException',
  'KMSInvalidStateException',
  'DisabledException',
  'NotFoundException',
  'KMSInternalException',
  'DependencyTimeoutException',
  'ThrottlingException',
  'ValidationException',
])('does not take %s for a seal that is broken', async (name) => {
  const { failing, sealer, unsealer } = await setUp();
  const sealed = await sealer.seal(Buffer.from('x'), CONTEXT);
  failing.with = name;
  await expect(unsealer.unseal(sealed, CONTEXT)).rejects.toThrow(Unavailable);
  await expect(sealer.seal(Buffer.from('x'), CONTEXT)).rejects.toThrow(Unavailable);
});
