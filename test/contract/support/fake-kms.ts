// As much of KMS as Sealer and Signer use: GenerateDataKey and Decrypt, with the context authenticated, and keys that sign.
import { createCipheriv, createDecipheriv, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../../../src/shared/json.ts';
import { fakeServer, type Listening } from './servers.ts';
import { signDigest } from './sign-digest.ts';

interface Asked {
  readonly operation: string;
  readonly input: JsonObject;
}

export interface FakeKms extends Listening {
  /** Every request, in order. */
  readonly asked: Asked[];
  /** The name of an error that is answered to everything, or nothing. */
  readonly failing: { with?: string };
  /** Every data key that was given out, in base64. */
  readonly dataKeys: string[];
  /** Private keys by the ids that they are asked for with. */
  readonly signing: Map<string, KeyObject>;
}

class KmsError extends Error {}

const NAME_BYTES = 32;

function named(keyId: string): Buffer {
  return Buffer.from(keyId.padEnd(NAME_BYTES));
}

function context(input: JsonObject): Buffer {
  return Buffer.from(canonicalJson(input['EncryptionContext'] ?? {}));
}

function wrap(master: Buffer, input: JsonObject, key: Buffer): Buffer {
  const name = named(String(input['KeyId']));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', master, nonce).setAAD(Buffer.concat([name, context(input)]));
  return Buffer.concat([name, nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

function unwrap(master: Buffer, input: JsonObject): Buffer {
  const blob = Buffer.from(String(input['CiphertextBlob']), 'base64');
  const [name, nonce] = [blob.subarray(0, NAME_BYTES), blob.subarray(NAME_BYTES, NAME_BYTES + 12)];
  try {
    const decipher = createDecipheriv('aes-256-gcm', master, nonce, { authTagLength: 16 })
      .setAAD(Buffer.concat([name, context(input)]))
      .setAuthTag(blob.subarray(-16));
    const key = Buffer.concat([decipher.update(blob.subarray(NAME_BYTES + 12, -16)), decipher.final()]);
    if (name.equals(named(String(input['KeyId'])))) return key;
  } catch {
    throw new KmsError('InvalidCiphertextException');
  }
  throw new KmsError('IncorrectKeyException');
}

/** The ARN, which is a key's name too. */
export function arnOf(keyId: string): string {
  return `arn:aws:kms:eu-west-1:111122223333:key/${keyId.replaceAll('/', '-')}`;
}

function signingKey(signing: FakeKms['signing'], input: JsonObject): { name: string; key: KeyObject } {
  for (const [name, key] of signing) {
    if (input['KeyId'] === name || input['KeyId'] === arnOf(name)) return { name, key };
  }
  throw new KmsError('NotFoundException');
}

function publicKeyOf(signing: FakeKms['signing'], input: JsonObject): JsonObject {
  const { name, key } = signingKey(signing, input);
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return { KeyId: arnOf(name), KeyUsage: 'SIGN_VERIFY', PublicKey: der.toString('base64') };
}

function signed(signing: FakeKms['signing'], input: JsonObject): JsonObject {
  const { name, key } = signingKey(signing, input);
  const digest = Buffer.from(String(input['Message']), 'base64');
  const isIt = input['MessageType'] === 'DIGEST' && input['SigningAlgorithm'] === 'ECDSA_SHA_256';
  if (!isIt || digest.length !== 32) throw new KmsError('ValidationException');
  const signature = signDigest(key, digest);
  return { KeyId: arnOf(name), Signature: signature.toString('base64'), SigningAlgorithm: 'ECDSA_SHA_256' };
}

export async function startFakeKms(): Promise<FakeKms> {
  const master = randomBytes(32);
  const asked: Asked[] = [];
  const dataKeys: string[] = [];
  const signing: FakeKms['signing'] = new Map();
  const failing: FakeKms['failing'] = {};

  function answer({ operation, input }: Asked): JsonObject {
    if (failing.with !== undefined) throw new KmsError(failing.with);
    if (operation === 'GetPublicKey') return publicKeyOf(signing, input);
    if (operation === 'Sign') return signed(signing, input);
    if (operation === 'Decrypt') return { Plaintext: unwrap(master, input).toString('base64') };
    if (operation !== 'GenerateDataKey' || input['KeySpec'] !== 'AES_256') {
      throw new KmsError('ValidationException');
    }
    const key = randomBytes(32);
    dataKeys.push(key.toString('base64'));
    return {
      Plaintext: key.toString('base64'),
      CiphertextBlob: wrap(master, input, key).toString('base64'),
    };
  }

  const server = await fakeServer((request, body, response) => {
    const operation = String(request.headers['x-amz-target']).replace(/^TrentService\./, '');
    const one: Asked = { operation, input: JSON.parse(body.toString('utf8')) };
    asked.push(one);
    const type = { 'content-type': 'application/x-amz-json-1.1' };
    try {
      const said = JSON.stringify(answer(one));
      response.writeHead(200, type).end(said);
    } catch (error) {
      const name = error instanceof KmsError ? error.message : 'KMSInternalException';
      response
        .writeHead(name === 'KMSInternalException' ? 500 : 400, type)
        .end(JSON.stringify({ __type: name }));
    }
  });
  return { ...server, asked, failing, dataKeys, signing };
}
