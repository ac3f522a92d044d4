// Parameters that masking changed: records hold them masked, and beside that sealed, for the functions that work with
// them. These are the ones that hold the keys of task tokens, so the seal is made with what follows from those.
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { canonicalJson } from '../shared/json.ts';
import type { Secret } from '../shared/secret.ts';
import type { Parameters, RequestedCapability } from './model.ts';
import { signingKey, type TokenKeys } from './token.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What was sealed can't be opened: by keys that are gone, or because somebody changed it. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';

  constructor() {
    super('what was sealed of a record can not be opened');
  }
}

/** Of its own use: a token's MAC says nothing of it, nor it of that. */
function sealingKey(key: Secret): Buffer {
  return Buffer.from(hkdfSync('sha256', key.open(), '', 'bailiwick sealed parameters v1', 32));
}

/** What is held, of whichever record. */
interface Holding {
  /** Nothing sealed for one record opens in another. */
  readonly id: string;
  readonly capabilities: readonly RequestedCapability[];
  readonly sealed?: string;
}

export interface Sealing {
  readonly keys: TokenKeys;
  readonly now: Date;
  /** Fresh bytes, each time. */
  readonly random: (bytes: number) => Uint8Array;
}

/** Nothing at all where what is shown is what was given. */
export function sealedBeside(
  id: string,
  given: readonly RequestedCapability[],
  shown: readonly RequestedCapability[],
  { keys, now, random }: Sealing,
): { readonly sealed?: string } {
  const own = given.map(({ parameters }) => parameters);
  const text = canonicalJson(own);
  if (text === canonicalJson(shown.map(({ parameters }) => parameters))) return {};
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(signingKey(keys, now)), nonce);
  cipher.setAAD(Buffer.from(id));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { sealed: Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url') };
}

function opened(sealed: Buffer, id: string, key: Secret): string | undefined {
  const [nonce, rest] = [sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES)];
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealingKey(key), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(id)).setAuthTag(rest.subarray(0, TAG_BYTES));
    return Buffer.concat([decipher.update(rest.subarray(TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** The same, with the parameters as they were given. For what is compared, compiled and asked for; never to be shown. */
export function withOwnParameters<Held extends Holding>(held: Held, { current, previous }: TokenKeys): Held {
  if (held.sealed === undefined) return held;
  const bytes = Buffer.from(held.sealed, 'base64url');
  const keys = [current, ...(previous === undefined ? [] : [previous])];
  const text = keys.map((key) => opened(bytes, held.id, key)).find((one) => one !== undefined);
  if (text === undefined) throw new SealBroken();
  const own = JSON.parse(text) as readonly Parameters[];
  return {
    ...held,
    capabilities: held.capabilities.map((one, place) => ({ ...one, parameters: own[place] ?? {} })),
  };
}
