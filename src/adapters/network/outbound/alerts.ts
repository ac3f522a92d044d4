// What a target's alerts say of TLS with it: whether it was the broker's own certificate that was not taken.

export const CERTIFICATE_REFUSED =
  'The target wants to see another client certificate than the broker has shown, or any.';

const OF_A_CERTIFICATE =
  /^ERR_SSL_.*_ALERT_(?:(?:NO|BAD|UNSUPPORTED)_CERTIFICATE|CERTIFICATE_[A-Z]+|UNKNOWN_CA|ACCESS_DENIED)$/;
const OF_A_HANDSHAKE = /^ERR_SSL_.*_ALERT_(?:HANDSHAKE_FAILURE|DECRYPT_ERROR)$/;

export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null | undefined)?.code ?? '');
}

export function refusesCertificate(error: unknown): boolean {
  return OF_A_CERTIFICATE.test(codeOf(error));
}

/**
 * By TLS 1.3 a target looks at the certificate when the broker's part of the handshake is over, and its refusal may come
 * after the request has left. Other alerts may as well come of what it did with the request.
 */
export function refusesHandshake(error: unknown): boolean {
  return refusesCertificate(error) || OF_A_HANDSHAKE.test(codeOf(error));
}
