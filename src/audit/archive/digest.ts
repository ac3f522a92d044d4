// What is signed of a span of time: everything that was archived in it, and the digest before it.
import * as z from 'zod/mini';
import { canonicalJson, type Json } from '../../shared/json.ts';

export const DIGEST_FORMAT = 'bailiwick-digest-1';
export const SIGNATURE_ALGORITHM = 'ECDSA_SHA_256';

const hex = () => z.string().check(z.regex(/^[0-9a-f]{64}$/));
const count = () => z.int().check(z.minimum(0));
const moment = () => z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));
const base64 = () => z.string().check(z.regex(/^[A-Za-z0-9+/]+={0,2}$/));

/** One object: its hash and size are those of the bytes as they lie there. */
const ArchivedFile = z.strictObject({ key: z.string(), sha256: hex(), bytes: count() });

const Key = z.strictObject({ id: hex(), publicKey: base64() });

const DigestSchema = z.strictObject({
  format: z.literal(DIGEST_FORMAT),
  /** 1, and one more with each digest. */
  sequence: z.int().check(z.minimum(1)),
  /** What has a name from the first moment on, and before the second, is in it. */
  from: moment(),
  until: moment(),
  signedAt: moment(),
  /** Of the digest before it: SHA-256 of the whole file. */
  previous: z.nullable(hex()),
  /** Events, in the order of their keys. */
  objects: z.array(z.extend(ArchivedFile, { events: count() })),
  /** What could not be archived as an event, and was kept as it came. */
  strays: z.array(ArchivedFile),
  /** How many events all objects have together. */
  events: count(),
  /** Of the Merkle tree over all lines of all objects, in that order. */
  root: hex(),
  /** Lists every event with the hash of its line; null where there are none. */
  index: z.nullable(ArchivedFile),
  key: Key,
  /** From the next digest on, that one signs. */
  nextKey: z.optional(Key),
});

const SignedDigestSchema = z.strictObject({
  digest: DigestSchema,
  signature: z.strictObject({ algorithm: z.literal(SIGNATURE_ALGORITHM), value: base64() }),
});

export type Digest = z.infer<typeof DigestSchema>;
export type SignedDigest = z.infer<typeof SignedDigestSchema>;

/** What the signature is over. */
export function digestMessage(digest: Digest): Buffer {
  return Buffer.from(canonicalJson(digest as unknown as Json));
}

export function digestText(signed: SignedDigest): string {
  return canonicalJson(signed as unknown as Json);
}

/** Undefined where these bytes are no digest, to the letter. */
export function readDigest(bytes: Uint8Array): SignedDigest | undefined {
  try {
    const text = Buffer.from(bytes).toString('utf8');
    const parsed = SignedDigestSchema.safeParse(JSON.parse(text));
    return parsed.success && digestText(parsed.data) === text ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
