// What a header's name says of it, by lists and by its words: its connection, who calls, or a credential.

/** As servers read it that hand headers on as variables: `X_Api.Key` is `x-api-key` there. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/gu, '-');
}

const TOKEN = /^[\w!#$%&'*+\-.^`|~]+$/u;

export function isFieldName(name: string): boolean {
  return TOKEN.test(name) && name.length <= 256;
}

/** Of one connection (RFC 9110, 7.6.1), and what older servers take for such. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['http2-settings', 'proxy-authenticate', 'proxy-authentication-info', 'early-data'],
]);

export function isOfTheConnection(canonical: string): boolean {
  return OF_THE_CONNECTION.has(canonical);
}

/** Those that a message's `Connection` headers name, in canonical form. */
export function namedByConnection(headers: readonly (readonly [string, string])[]): ReadonlySet<string> {
  const values = headers.flatMap(([name, value]) => (canonicalName(name) === 'connection' ? [value] : []));
  return new Set(values.flatMap((value) => value.split(',').map((one) => canonicalName(one.trim()))));
}

/** What some server puts in the place of the method, the path or the host that was judged. */
const OVERRIDES: ReadonlySet<string> = new Set([
  ...['x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-method'],
  ...['x-original-url', 'x-original-uri', 'x-rewrite-url', 'x-request-uri', 'x-original-host', 'x-host'],
  ...[
    'x-http-host-override',
    'x-forwarded-prefix',
    'x-forwarded-path',
    'x-forwarded-uri',
    'x-forwarded-method',
  ],
  ...['x-script-name', 'x-url-scheme'],
]);

/** What a server takes for the name of who was authenticated in front of it, or for whom it is to act. */
const IDENTITIES: ReadonlySet<string> = new Set([
  ...['x-forwarded-user', 'x-forwarded-email', 'x-forwarded-groups', 'x-forwarded-preferred-username'],
  ...['x-forwarded-client-cert', 'x-remote-user', 'remote-user', 'x-remote-group', 'x-webauth-user'],
  ...['x-webauth-email', 'x-webauth-groups', 'x-trino-user', 'x-presto-user', 'x-clickhouse-user'],
  ...['x-clickhouse-key', 'es-security-runas-user', 'sudo', 'x-sudo', 'x-ms-client-principal'],
  ...['tailscale-user-login', 'tailscale-user-name', 'x-act-as', 'x-run-as', 'x-on-behalf-of'],
  ...['signature', 'signature-input'],
]);
const OF_IDENTITIES =
  /^(?:x-)?(?:(?:ssl-client|client-cert|ssl-cert|impersonate|consumer)(?:-|$)|client-(?:dn|verify)$|ms-client-principal-)|^x-remote-extra-/u;

/** Of these the word `token` says nothing of who may what. */
const NO_CREDENTIALS: ReadonlySet<string> = new Set([
  'x-ms-session-token',
  'mcp-session-id',
  'x-mcp-session-id',
]);
const PLACE_IN_A_LIST =
  /(?:^|-)(?:pagination|page|paging|next|previous|prev|continuation|cursor|sync|resume|change|delta|skip|idempotency)-?token$/u;

const SECRET_WORD =
  /^auth(?!or(?:s|ed|ing|ity)?$)|^(?:x|my|http)auth|oauth|authoriz|authentic|token$|secret|passw|passphrase|passcode|passwd|credential|apikey|accesskey|sessionid|sessid$|^(?:bearer|jwt|saml|otp|totp|pwd|cookie2?|cookies)$/u;
const SECRET_KEY =
  /(?:^|-)(?:api|app|application|access|account|service|private|master|auth|admin|root|shared|subscription|functions?|client|session|user|personal|license)-?key(?:-|$)|^(?:x-)?key$|(?:^|-)session-id$/u;

/** A word is what stands between hyphens. */
export function isCredentialLike(canonical: string): boolean {
  if (NO_CREDENTIALS.has(canonical) || PLACE_IN_A_LIST.test(canonical)) return false;
  if (OVERRIDES.has(canonical) || IDENTITIES.has(canonical) || OF_IDENTITIES.test(canonical)) return true;
  return SECRET_KEY.test(canonical) || canonical.split('-').some((word) => SECRET_WORD.test(word));
}
