// As much of KMS as Sealer uses: GenerateDataKey and Decrypt, with the context authenticated.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../../../src/shared/json.ts';
import { fakeServer, type Listening } from './servers.ts';

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

export async function startFakeKms(): Promise<FakeKms> {
  const master = randomBytes(32);
  const asked: Asked[] = [];
  const dataKeys: string[] = [];
  const failing: FakeKms['failing'] = {};

  function answer({ operation, input }: Asked): JsonObject {
    if (failing.with !== undefined) throw new KmsError(failing.with);
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
  return { ...server, asked, failing, dataKeys };
}
