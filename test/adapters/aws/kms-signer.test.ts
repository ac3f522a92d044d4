// What KMS is asked when something is signed, and which keys are not signed with.
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import { expect, it, onTestFinished } from 'vitest';
import { createKmsSigner } from '../../../src/adapters/aws/kms-signer.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { impatientOptions } from '../../contract/support/aws.ts';
import { arnOf, startFakeKms } from '../../contract/support/fake-kms.ts';

const onCurve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;

async function setUp(keys: Readonly<Record<string, KeyObject>> = { 'alias/one': onCurve('P-256') }) {
  const kms = await startFakeKms();
  onTestFinished(kms.close);
  for (const [keyId, key] of Object.entries(keys)) kms.signing.set(keyId, key);
  const client = new KMSClient(impatientOptions(kms.endpoint));
  return { ...kms, client, signer: createKmsSigner({ client, keyIds: Object.keys(keys) }) };
}

const idOf = async ({ keys }: { keys: () => Promise<readonly { id: string }[]> }) =>
  (await keys())[0]?.id ?? '';

it('asks for each public key once, and has the digest of a message signed', async () => {
  const { asked, signer } = await setUp();
  const message = Buffer.alloc(10_000, 'x');
  const id = await idOf(signer);
  await signer.keys();
  await signer.sign(id, message);
  await signer.sign(id, message);
  const sign = {
    operation: 'Sign',
    input: {
      KeyId: arnOf('alias/one'),
      Message: createHash('sha256').update(message).digest('base64'),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'ECDSA_SHA_256',
    },
  };
  expect(asked).toEqual([{ operation: 'GetPublicKey', input: { KeyId: 'alias/one' } }, sign, sign]);
});

it('signs with the key whose public half it told, whatever an alias has come to mean', async () => {
  const { signing, signer } = await setUp();
  const id = await idOf(signer);
  const key = signing.get('alias/one');
  if (key === undefined) throw new Error('no key');
  signing.clear();
  signing.set(arnOf('alias/one'), key).set('alias/one', onCurve('P-256'));
  await signer.sign(id, Buffer.from('x'));
  expect(await idOf(signer)).toBe(id);
});

it.each([
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ['P-384', onCurve('P-384')],
  ['secp256k1', onCurve('secp256k1')],
  ['Ed25519', generateKeyPairSync('ed25519').privateKey],
])('refuses a key of %s', async (_, key) => {
  const { asked, signer } = await setUp({ 'alias/one': onCurve('P-256'), 'alias/odd': key });
  const fault: unknown = await signer.keys().catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(Unavailable);
  expect(String((fault as Unavailable).cause)).toContain('not an elliptic-curve key on P-256');
  await expect(signer.sign('a'.repeat(64), Buffer.from('x'))).rejects.toThrow(Unavailable);
  expect(asked.some(({ operation }) => operation === 'Sign')).toBe(false);
});

it('refuses a key that is not for signing', async () => {
  const { client, signer } = await setUp();
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      return { ...answer, output: { ...answer.output, KeyUsage: 'KEY_AGREEMENT' } };
    },
    { step: 'initialize' },
  );
  await expect(signer.keys()).rejects.toThrow(Unavailable);
});

it('has a key, or is none', () => {
  const client = new KMSClient({ region: 'eu-west-1' });
  expect(() => createKmsSigner({ client, keyIds: [] })).toThrow(TypeError);
});

it.each([
  'AccessDeniedException',
  'KMSInvalidStateException',
  'DisabledException',
  'NotFoundException',
  'KMSInternalException',
  'ThrottlingException',
])('asks again after %s', async (name) => {
  const { failing, signer } = await setUp();
  failing.with = name;
  await expect(signer.keys()).rejects.toThrow(Unavailable);
  delete failing.with;
  const id = await idOf(signer);
  failing.with = name;
  await expect(signer.sign(id, Buffer.from('x'))).rejects.toThrow(Unavailable);
  expect(await idOf(signer)).toBe(id);
  delete failing.with;
  expect((await signer.sign(id, Buffer.from('x'))).length).toBeGreaterThan(60);
});
