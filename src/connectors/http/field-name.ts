// What a header's name says of it, by lists and by its words: its connection, who calls, or a credential.
import { remembered } from '../../shared/remembered.ts';

/** As servers read it that hand headers on as variables: `X_Api.Key` is `x-api-key` there. */
export const canonicalName = remembered((name) => name.toLowerCase().replace(/[^a-z0-9-]/gu, '-'));

const TOKEN = /^[\w!#$%&'*+\-.^`|~]+$/u;

export const isFieldName = remembered((name) => TOKEN.test(name) && name.length <= 256);

/** Of one connection (RFC 9110, 7.6.1), and what older servers take for such. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  ...['http2-settings', 'proxy-authenticate', 'proxy-authentication-info', 'early-data'],
]);

export function isOfTheConnection(canonical: string): boolean {
  return OF_THE_CONNECTION.has(canonical);
}

/** What means something from end to end: `Connection` can't take it out of a message that was judged with it. */
const FROM_END_TO_END = /^(?:content|accept|if)(?:-|$)|^(?:authorization|cookie|host|idempotency-key)$/u;

/** Another spelling of one of those: many servers read both as one, and then the one that was not judged. */
export const isMisspelled = remembered((name) => {
  const canonical = canonicalName(name);
  return FROM_END_TO_END.test(canonical) && canonical !== name.toLowerCase();
});

const namedIn = remembered((value): readonly string[] =>
  value
    .split(',')
    .map((one) => canonicalName(one.trim()))
    .filter((one) => !FROM_END_TO_END.test(one)),
);

/** Those that a message's `Connection` headers name, in canonical form. */
export function namedByConnection(headers: readonly (readonly [string, string])[]): ReadonlySet<string> {
  const named = new Set<string>();
  for (const [name, value] of headers) {
    if (canonicalName(name) !== 'connection') continue;
    for (const one of namedIn(value)) named.add(one);
  }
  return named;
}

/** What some server puts in the place of the method, the path, the host or the resource that was judged. */
const OVERRIDES: ReadonlySet<string> = new Set([
  ...['x-http-method-override', 'x-http-method', 'x-method-override', 'x-original-method'],
  ...['x-http-method-overrides', 'x-http-verb', 'http-verb', 'method-override', 'http-method-override'],
  ...['-method', 'x-verb'],
  ...['x-original-url', 'x-original-uri', 'x-rewrite-url', 'x-request-uri', 'x-original-host', 'x-host'],
  ...[
    'x-http-host-override',
    'x-forwarded-prefix',
    'x-forwarded-path',
    'x-forwarded-uri',
    'x-forwarded-method',
  ],
  ...['x-script-name', 'x-url-scheme', 'x-method', 'x-original-path', 'x-rewrite-path', 'x-override-url'],
  ...['x-override-path', 'x-override-uri', 'x-forwarded-url', 'x-real-host', 'x-base-url', 'base-url'],
  // Scripts take it for the variable that names a proxy.
  ...['proxy', 'x-proxy-url', 'x-http-destinationurl', 'destination', 'x-copy-from', 'x-copy-from-account'],
]);
/** Another resource to read from, and which file a server in front is to send. */
const OF_OVERRIDES = /^x-(?:[a-z0-9]+-)?(?:copy|rename)-source(?:-|$)|^x-(?:accel|sendfile|reproxy)(?:-|$)/u;

/** What a server takes for the name of who was authenticated in front of it, or for whom it is to act. */
const IDENTITIES: ReadonlySet<string> = new Set([
  ...['x-forwarded-user', 'x-forwarded-email', 'x-forwarded-groups', 'x-forwarded-preferred-username'],
  ...['x-forwarded-client-cert', 'x-remote-user', 'remote-user', 'x-remote-group', 'x-webauth-user'],
  ...['x-webauth-email', 'x-webauth-groups', 'x-trino-user', 'x-presto-user', 'x-clickhouse-user'],
  ...['x-clickhouse-key', 'es-security-runas-user', 'sudo', 'x-sudo', 'x-ms-client-principal'],
  ...['tailscale-user-login', 'tailscale-user-name', 'x-act-as', 'x-run-as', 'x-on-behalf-of', 'x-groups'],
  ...['signature', 'signature-input'],
]);
const OF_IDENTITIES =
  /^(?:x-)?(?:(?:ssl-client|client-cert|ssl-cert|impersonate|consumer)(?:-|$)|client-(?:dn|verify)$|ms-client-principal-)|^x-(?:remote|pomerium|vouch|hasura|goog-authenticated-user)-|^x-forwarded-(?:user|email|groups?|preferred)(?:-|$)/u;
/** Who it is, of whatever product; `x-user-agent` and `x-goog-user-project` are something else. */
const OF_A_USER = /^(?:x-)(?:[a-z0-9]+-)*(?:user(?:-?(?:name|id|email|groups?|login))?|e-?mail)$/u;
/** What somebody may do, as whoever was asked in front asserts it. */
const CLAIM_WORD = /^(?:roles?|claims?)$/u;

/** Of these the word `token` says nothing of who may what. */
const NO_CREDENTIALS: ReadonlySet<string> = new Set([
  'x-ms-session-token',
  'mcp-session-id',
  'x-mcp-session-id',
]);
const PLACE_IN_A_LIST =
  /(?:^|-)(?:pagination|page|paging|next|previous|prev|continuation|cursor|sync|resume|change|delta|skip|idempotency)-?token$/u;

const SECRET_WORD =
  /^auth(?!or(?:s|ed|ing|ity)?$)|^(?:x|my|http)auth|oauth|authori[sz]|authentic|token$|secret|passw|passphrase|passcode|passwd|credential|apikey|accesskey|sessionid|sessid$|^(?:bearer|jwt|saml|otp|totp|pwd|cookie2?|cookies)$/u;
const SECRET_KEY =
  /(?:^|-)(?:api|app|application|access|account|service|private|master|auth|admin|root|shared|subscription|functions?|client|session|user|personal|license)-?key(?:-|$)|^(?:x-)?key$|(?:^|-)session-id$/u;

/** A word is what stands between hyphens. */
export const isCredentialLike = remembered((canonical) => {
  if (NO_CREDENTIALS.has(canonical) || PLACE_IN_A_LIST.test(canonical)) return false;
  if (OVERRIDES.has(canonical) || OF_OVERRIDES.test(canonical) || isOfIdentities(canonical)) return true;
  const words = canonical.split('-');
  return SECRET_KEY.test(canonical) || words.some((word) => SECRET_WORD.test(word) || CLAIM_WORD.test(word));
});

function isOfIdentities(canonical: string): boolean {
  return IDENTITIES.has(canonical) || OF_IDENTITIES.test(canonical) || OF_A_USER.test(canonical);
}
