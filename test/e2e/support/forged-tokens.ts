// Tokens that must prove nothing, each named after what is wrong with it.
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  AGENTS,
  agentToken,
  base64url,
  type Claims,
  compact,
  goodClaims,
  goodHeader,
  ISSUERS,
  KEYS,
  PERSON,
  personToken,
  seconds,
  tokenOf,
} from './tokens.ts';

type Forged = Readonly<Record<string, () => string>>;

const { claims: PROOF } = AGENTS['report-builder'];
const good = (): Claims => ({ ...goodClaims('ci'), ...PROOF });
const withClaims = (changes: Claims) => () => agentToken('report-builder', changes);
const withHeader = (header: Claims) => () => tokenOf('ci', PROOF, header);

const rogue = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rogueRsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rogueEd = generateKeyPairSync('ed25519');
const rogueSigned = (header: Claims, key: KeyObject = rogue.privateKey) =>
  compact({ ...goodHeader('ci'), ...header }, good(), key);

/** Signed with the public key as if it were a shared secret. */
function hmacSigned(secret: string | Buffer): string {
  const signed = `${base64url(JSON.stringify({ ...goodHeader('ci'), alg: 'HS256' }))}.${base64url(JSON.stringify(good()))}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const publicKey = () => createPublicKey(KEYS.ci.key);

/** With the parts of a good token. */
function rebuilt(change: (header: string, payload: string, signature: string) => string): () => string {
  return () => {
    const [header = '', payload = '', signature = ''] = agentToken('report-builder').split('.');
    return change(header, payload, signature);
  };
}

function derSigned(): string {
  const [header, payload] = agentToken('report-builder').split('.');
  const signed = `${header}.${payload}`;
  return `${signed}.${base64url(sign('sha256', Buffer.from(signed), { key: KEYS.ci.key, dsaEncoding: 'der' }))}`;
}

const FORM: Forged = {
  'one word': () => 'token',
  'only dots': () => '..',
  'two parts': rebuilt((header, payload) => `${header}.${payload}`),
  'four parts': rebuilt((...parts) => `${parts.join('.')}.x`),
  'five parts, as encrypted ones have': rebuilt((header) => `${header}.a.b.c.d`),
  'no signature': rebuilt((header, payload) => `${header}.${payload}.`),
  'a signature cut short': rebuilt(
    (header, payload, signature) => `${header}.${payload}.${signature.slice(0, -4)}`,
  ),
  'a signature of zeros': rebuilt((header, payload) => `${header}.${payload}.${base64url(Buffer.alloc(64))}`),
  'a signature in DER': derSigned,
  'padded base64': rebuilt((header, payload, signature) => `${header}=.${payload}=.${signature}==`),
  'the standard alphabet of base64': rebuilt((header, payload) => `${header}.${payload}.${'+/'.repeat(43)}`),
  'another payload under the signature': rebuilt(
    (header, _, signature) => `${header}.${base64url(JSON.stringify({ ...good(), jti: 'x' }))}.${signature}`,
  ),
  'a header that is no JSON': rebuilt(
    (_, payload, signature) => `${base64url('{"alg"')}.${payload}.${signature}`,
  ),
  'a header that is a list': rebuilt(
    (_, payload, signature) => `${base64url('["ES256"]')}.${payload}.${signature}`,
  ),
  'a payload that is a list': () => compact(goodHeader('ci'), JSON.stringify([good()]), KEYS.ci.key),
  'a payload that is no JSON': () => compact(goodHeader('ci'), 'sub=report-builder', KEYS.ci.key),
  'a payload that is null': () => compact(goodHeader('ci'), 'null', KEYS.ci.key),
  'a task token that nobody signed': () => `bwt_${base64url('{}')}.${'A'.repeat(43)}00000000`,
};

const ALGORITHM: Forged = {
  'alg none, unsigned': () => `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(good()))}.`,
  'alg none, signed': withHeader({ alg: 'none' }),
  'alg NONE': withHeader({ alg: 'NONE' }),
  'alg left out': withHeader({ alg: undefined }),
  'alg that is a list': withHeader({ alg: ['ES256'] }),
  'alg in lower case': withHeader({ alg: 'es256' }),
  'HS256 over the public key as PEM': () => hmacSigned(publicKey().export({ type: 'spki', format: 'pem' })),
  'HS256 over the public key as DER': () => hmacSigned(publicKey().export({ type: 'spki', format: 'der' })),
  'HS256 over the public key as JWK': () => hmacSigned(JSON.stringify(publicKey().export({ format: 'jwk' }))),
  'HS256 over nothing': () => hmacSigned(''),
  'RS256 where only ES256 is trusted': () => rogueSigned({ alg: 'RS256' }, rogueRsa.privateKey),
  'EdDSA where only ES256 is trusted': () => rogueSigned({ alg: 'EdDSA' }, rogueEd.privateKey),
  'ES384 named over an ES256 signature': withHeader({ alg: 'ES384' }),
};

const KEY: Forged = {
  'another key under the name of ours': () => rogueSigned({}),
  'another key without a name': () => rogueSigned({ kid: undefined }),
  'a key that it brings along': () =>
    rogueSigned({ kid: undefined, jwk: rogue.publicKey.export({ format: 'jwk' }) }),
  'an address to fetch its key from': () =>
    rogueSigned({ jku: 'https://ci.example.com/keys', kid: 'theirs' }),
  'a certificate that it brings along': () => rogueSigned({ x5c: ['MIIB'], x5u: 'https://ci.example.com/x' }),
  'a kid that nobody has': withHeader({ kid: 'nobody' }),
  'a kid that is a path': withHeader({ kid: '../../../../dev/null' }),
  'a kid that is a query': withHeader({ kid: "' OR 1=1 --" }),
  'a kid that is a number': withHeader({ kid: 1 }),
  'a kid that is an object': withHeader({ kid: { $ne: '' } }),
  'a kid that is empty': withHeader({ kid: '' }),
  'a kid as what all objects have': withHeader({ kid: '__proto__' }),
  "one issuer's key for another's name": () => tokenOf('login', { ...PROOF, iss: ISSUERS.ci }),
  "one issuer's key, and its kid, for another's name": () =>
    compact({ ...goodHeader('login'), kid: KEYS.ci.kid }, { ...good(), iss: ISSUERS.ci }, KEYS.login.key),
  'a critical extension': withHeader({ crit: ['exp'], exp: seconds(300) }),
  'an unencoded payload': withHeader({ b64: false, crit: ['b64'] }),
};

const TYPE: Forged = {
  'an access token’s type': withHeader({ typ: 'at+jwt' }),
  'a proof’s type': withHeader({ typ: 'dpop+jwt' }),
  'a logout token’s type': withHeader({ typ: 'logout+jwt' }),
  'a type that is a number': withHeader({ typ: 1 }),
};

const CLAIMS: Forged = {
  'no issuer': withClaims({ iss: undefined }),
  'an issuer that nobody named': withClaims({ iss: 'https://evil.example.com' }),
  'the issuer with a slash at its end': withClaims({ iss: `${ISSUERS.ci}/` }),
  'the issuer in capitals': withClaims({ iss: ISSUERS.ci.toUpperCase() }),
  'the issuer in a list': withClaims({ iss: [ISSUERS.ci] }),
  'the demo issuer': withClaims({ iss: 'demo' }),
  'no audience': withClaims({ aud: undefined }),
  'another audience': withClaims({ aud: 'https://api.example.com' }),
  'an audience that begins like ours': withClaims({ aud: 'bailiwick-people' }),
  'an empty list of audiences': withClaims({ aud: [] }),
  'an audience that is an object': withClaims({ aud: { bailiwick: true } }),
  'no subject': withClaims({ sub: undefined }),
  'an empty subject': withClaims({ sub: '' }),
  'a subject that is a number': withClaims({ sub: 7 }),
  'no expiry': withClaims({ exp: undefined }),
  expired: withClaims({ exp: seconds(-1), iat: seconds(-300) }),
  'expired in the last century': withClaims({ exp: 1 }),
  'an expiry that is text': withClaims({ exp: String(seconds(300)) }),
  'an expiry that is null': withClaims({ exp: null }),
  'an expiry without end': () =>
    compact(
      goodHeader('ci'),
      JSON.stringify({ ...good(), exp: 0 }).replace('"exp":0', '"exp":1e999'),
      KEYS.ci.key,
    ),
  'not valid yet': withClaims({ nbf: seconds(300) }),
  'a start that is text': withClaims({ nbf: 'now' }),
  'issued in the future': withClaims({ iat: seconds(300), exp: seconds(600) }),
  "a person's token": () => personToken(),
  'an audience claim that is not the one agreed on': () =>
    tokenOf('cognito', { sub: 'from-cognito', client_id: undefined, aud: '3example23456789' }),
  'another client of the same user pool': () =>
    tokenOf('cognito', { sub: 'from-cognito', client_id: 'anotherclient' }),
};

/** What no agent's token may look like. */
export const FORGED: Forged = { ...FORM, ...ALGORITHM, ...KEY, ...TYPE, ...CLAIMS };

const person = (changes: Claims) => () => personToken({ groups: ['security'], ...changes });

/** What no person's token may look like; what is wrong above is wrong here too. */
export const FORGED_PEOPLE: Forged = {
  "an agent's token": () => agentToken('report-builder'),
  "an agent's token of the people's issuer, for the people's audience": () =>
    tokenOf('login', { sub: 'workload', workload: { name: 'report-builder' }, aud: 'bailiwick-people' }),
  "the agents' audience": person({ aud: 'bailiwick' }),
  'of no company': person({ hd: undefined }),
  'of another company': person({ hd: 'example.org' }),
  'of a company whose name begins like ours': person({ hd: 'example.com.evil.example' }),
  'of companies in a list': person({ hd: ['example.com'] }),
  'without an address': person({ email: undefined }),
  'with an empty address': person({ email: '' }),
  'with an address that is a list': person({ email: ['kim@example.com'] }),
  'with an address that nobody verified': person({ email_verified: false }),
  'of another issuer': () => tokenOf('ci', { ...PERSON, groups: ['security'] }),
  expired: person({ exp: seconds(-1) }),
  'signed by nobody we know': () =>
    compact(
      goodHeader('login'),
      { ...goodClaims('login'), ...PERSON, groups: ['security'] },
      rogue.privateKey,
    ),
};
