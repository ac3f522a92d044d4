// What a link to an approval holds, and what its form proves.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../shared/hash.ts';
import type { Approval, ApproverLink } from './model.ts';

const KEY_BYTES = 32;

export function freshLinkKey(random: (bytes: number) => Uint8Array): string {
  return Buffer.from(random(KEY_BYTES)).toString('base64url');
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Whose link that is. All are compared, so that nothing is told by how long it takes. */
export function personOfLink({ links }: Pick<Approval, 'links'>, key: string): ApproverLink | undefined {
  const hash = sha256(key);
  let found: ApproverLink | undefined;
  for (const link of links) if (isSame(link.keyHash, hash)) found = link;
  return found;
}

/** Of what only the page knows that the link, or the login, opened: the same each time. */
export function formToken(approval: string, key: string): string {
  return createHmac('sha256', key).update(`bailiwick approval form v1\n${approval}`).digest('base64url');
}

export function isFormToken(token: string, approval: string, key: string): boolean {
  return isSame(token, formToken(approval, key));
}
