// What sealed bytes are bound to, and AES-256-GCM over them, the same for every back end.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SealContext } from '../ports/sealer.ts';
import { canonicalJson } from '../shared/json.ts';

const ALGORITHM = 'aes-256-gcm';
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OPTIONS = { authTagLength: TAG_BYTES };

/** So that a key which seals other things, too, opens none of them in the place of an operation. */
const PURPOSE = 'bailiwick-sealed-operation';

/** As names and texts, which KMS authenticates as well. */
export type Binding = Readonly<Record<'task' | 'call' | 'purpose', string>>;

export function bindingOf({ task, call }: SealContext): Binding {
  return { task, call, purpose: PURPOSE };
}

function boundTo(header: Uint8Array, binding: Binding): Buffer {
  return Buffer.concat([header, Buffer.from(canonicalJson(binding), 'utf8')]);
}

/** Nonce, ciphertext and tag. The header is what stands before them: it says itself where it ends. */
export function closeBox(key: Uint8Array, plain: Uint8Array, header: Uint8Array, binding: Binding): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS).setAAD(boundTo(header, binding));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined where it was closed with another key or for another use, or is not as it was. */
export function openBox(
  key: Uint8Array,
  box: Uint8Array,
  header: Uint8Array,
  binding: Binding,
): Uint8Array | undefined {
  if (box.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, key, box.subarray(0, NONCE_BYTES), OPTIONS)
    .setAAD(boundTo(header, binding))
    .setAuthTag(box.subarray(-TAG_BYTES));
  const plain = decipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    // In this mode the end brings no bytes, only the verdict.
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return undefined;
  }
}
