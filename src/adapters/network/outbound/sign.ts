// Signs a request with AWS's Signature Version 4. Loaded with the first request that is to be signed.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsSignature, NoAnswer } from '../../../ports/outbound.ts';
import { refused } from './no-answer.ts';
import type { Draft } from './wire.ts';

export interface ToSign {
  readonly draft: Draft;
  readonly method: string;
  /** As the header says it. */
  readonly host: string;
  readonly body: Uint8Array | undefined;
}

const HASH = 'x-amz-content-sha256';
/** What the signature brings, or what one made elsewhere has left behind. */
const REPLACED = new Set(['authorization', 'x-amz-date', 'x-amz-security-token', 'date', HASH]);
/** In chunks that are not signed one by one: what stands in the place of the body's hash is part of its format. */
const UNSIGNED_CHUNKS = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

type Source = string | ArrayBuffer | ArrayBufferView;

function bytesOf(source: Source): string | Uint8Array {
  if (typeof source === 'string') return source;
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** SHA-256, or its HMAC with a key, as the signer wants it. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(key?: Source) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(key));
  }

  update(data: Source): void {
    this.#hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

/** S3 and its kin take the path as it is; all others encode it once more. */
function takesPathAsItIs(service: string): boolean {
  return /^s3($|-|express$)/.test(service);
}

/** In the one spelling that AWS checks a signature against: all but the unreserved is encoded. */
function awsPath(path: string): string {
  return path.replace(
    /[^A-Za-z0-9\-._~/%]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function grouped(pairs: Draft['query']): Record<string, string[]> {
  const groups: Record<string, string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    groups[name] = [...(groups[name] ?? []), value];
  }
  return groups;
}

export async function signed(toSign: ToSign, signature: AwsSignature): Promise<Draft | NoAnswer> {
  const { draft, method, host, body } = toSign;
  const { service, region, session, at } = signature;
  const claimed = draft.headers.find(([name]) => name.toLowerCase() === HASH)?.[1];
  if (claimed?.startsWith('STREAMING-') && claimed !== UNSIGNED_CHUNKS) {
    return refused('The body is in chunks that are signed one by one, and cannot be signed again.');
  }
  // The signer keeps names as those of an object's properties, and this is none.
  if ([...draft.query, ...draft.headers].some(([name]) => name === '__proto__')) {
    return refused('A header, or a field of the query, has the name `__proto__`, which cannot be signed.');
  }
  const signer = new SignatureV4({
    service,
    region,
    sha256: Sha256,
    uriEscapePath: !takesPathAsItIs(service),
    credentials: {
      accessKeyId: session.accessKeyId,
      secretAccessKey: session.secretAccessKey.open(),
      sessionToken: session.sessionToken.open(),
    },
  });
  const headers = draft.headers.filter(([name]) => !REPLACED.has(name.toLowerCase()));
  const path = awsPath(draft.path);
  const named = grouped(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const joined = Object.entries(named).map(([name, values]) => [name, values.join(',')]);
  const chunked = claimed === UNSIGNED_CHUNKS ? { [HASH]: claimed } : {};
  const result = await signer.sign(
    {
      method,
      protocol: 'https:',
      hostname: host,
      path,
      query: grouped(draft.query),
      headers: { ...Object.fromEntries(joined), ...chunked, host },
      body,
    },
    { signingDate: at },
  );
  const added = [...REPLACED].flatMap((name) => {
    const value = result.headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...draft, path, headers: [...headers, ...added] };
}
