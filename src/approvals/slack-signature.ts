// Whether a request is Slack's: its signature over the bytes as they came, and not made long ago.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../shared/secret.ts';

export interface SignedBySlack {
  readonly rawBody: Uint8Array;
  /** The header `X-Slack-Request-Timestamp`. */
  readonly timestamp: string | undefined;
  /** The header `X-Slack-Signature`. */
  readonly signature: string | undefined;
  readonly signingSecret: Secret;
  readonly now: Date;
}

/** Both ways: a request from the future could be kept until its time has come. */
const WINDOW_MILLISECONDS = 5 * 60_000;
const TIMESTAMP = /^[0-9]{1,12}$/;
const SIGNATURE = /^v0=[0-9a-f]{64}$/;

export function isFromSlack({ rawBody, timestamp, signature, signingSecret, now }: SignedBySlack): boolean {
  if (timestamp === undefined || !TIMESTAMP.test(timestamp)) return false;
  if (signature === undefined || !SIGNATURE.test(signature)) return false;
  // Under an empty secret, anyone could sign.
  const secret = signingSecret.open();
  if (secret === '') return false;
  const age = now.getTime() - Number(timestamp) * 1000;
  if (!(Math.abs(age) <= WINDOW_MILLISECONDS)) return false;
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(rawBody).digest();
  return timingSafeEqual(mac, Buffer.from(signature.slice('v0='.length), 'hex'));
}
