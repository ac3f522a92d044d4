// A case is a recipe: what to change in an honest token, its key set and the operator's rules. Keys are made at run time.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { JWK } from 'jose';
import type { HumanSettings, IssuerSettings } from '../../src/config/index.ts';
import {
  type Algorithm,
  createIssuer,
  hmacOver,
  kidOf,
  part,
  SIGNED_WITH,
  signatureOver,
  type TestIssuer,
} from '../support/issuer.ts';

type Signer =
  | 'issuer'
  | 'stranger'
  | 'other-issuer'
  | 'nobody'
  | 'public-key-as-secret'
  | 'weak'
  | 'der'
  | 'zero';

export interface Recipe {
  /** For readers. */
  readonly why: string;
  /** `accepted`, or the token's problem. */
  readonly expect: string;
  /** How often an issuer's keys may be asked for. */
  readonly asked?: number;
  readonly algorithm?: Algorithm;
  /** Members to put in; null takes one out. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly payload?: Readonly<Record<string, unknown>>;
  /** The whole part instead. */
  readonly headerText?: string;
  readonly headerHex?: string;
  readonly payloadText?: string;
  readonly payloadHex?: string;
  readonly signer?: Signer;
  readonly shape?: string;
  readonly keys?: string;
  readonly rules?: Partial<IssuerSettings>;
  readonly humans?: Partial<HumanSettings> | null;
}

export const ISSUER = createIssuer('https://issuer.example.com');
const OTHER_ISSUER = createIssuer('https://other.example.com');
const STRANGER = createIssuer(ISSUER.issuer);
const WEAK = generateKeyPairSync('rsa', { modulusLength: 1024 });

/** What a recipe's texts may stand for, so that files hold no moments and no keys. */
function filled(value: unknown, now: Date): unknown {
  const seconds = Math.floor(now.getTime() / 1000);
  if (typeof value === 'string') {
    if (value === '$LONG') return 'k'.repeat(513);
    if (value === '$HUGE') return 'x'.repeat(17_000);
    if (value === '$ATTACKER') return STRANGER.keys[0];
    return value.replaceAll('$ISS', ISSUER.issuer).replaceAll('$EXP', String(seconds + 300));
  }
  if (Array.isArray(value)) return value.map((one) => filled(one, now));
  if (value === null || typeof value !== 'object') return value;
  if ('now' in value && typeof value.now === 'number') return seconds + value.now;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member, now)]));
}

function changed(
  whole: Readonly<Record<string, unknown>>,
  by: Readonly<Record<string, unknown>> | undefined,
  now: Date,
): Record<string, unknown> {
  const members = Object.entries({ ...whole, ...by }).filter(([name]) => by?.[name] !== null);
  return Object.fromEntries(members.map(([key, value]) => [key, filled(value, now)]));
}

function textPart(text: string | undefined, hex: string | undefined, now: Date): string | undefined {
  if (hex !== undefined) return Buffer.from(hex, 'hex').toString('base64url');
  return text === undefined ? undefined : part(filled(text, now));
}

function signature(text: string, algorithm: Algorithm, signer: Signer): string {
  const by = (issuer: TestIssuer) => signatureOver(text, algorithm, issuer.pairs[algorithm].privateKey);
  const own: Readonly<Record<Signer, () => Buffer>> = {
    issuer: () => by(ISSUER),
    stranger: () => by(STRANGER),
    'other-issuer': () => by(OTHER_ISSUER),
    nobody: () => Buffer.from('x'),
    'public-key-as-secret': () => hmacOver(text, ISSUER.pairs[algorithm].publicKey),
    weak: () => signatureOver(text, algorithm, WEAK.privateKey),
    der: () => sign('sha256', Buffer.from(text), ISSUER.pairs[algorithm].privateKey),
    zero: () => Buffer.alloc(64),
  };
  return own[signer]().toString('base64url');
}

/** What is done to a token after it was signed. */
const SHAPES: Readonly<Record<string, (header: string, payload: string, signed: string) => string>> = {
  'empty-signature': (h, p) => `${h}.${p}.`,
  'payload-changed': (h, p, s) => {
    const claims = JSON.parse(Buffer.from(p, 'base64url').toString()) as object;
    return `${h}.${part({ ...claims, sub: 'somebody-else' })}.${s}`;
  },
  'header-changed': (h, p, s) => {
    const header = JSON.parse(Buffer.from(h, 'base64url').toString()) as object;
    return `${part({ ...header, cty: 'x' })}.${p}.${s}`;
  },
  'signature-cut': (h, p, s) => `${h}.${p}.${s.slice(0, -4)}`,
  'trailing-dot': (h, p, s) => `${h}.${p}.${s}.`,
  'two-parts': (h, p) => `${h}.${p}`,
  'five-parts': (h, p, s) => `${h}.${p}.${s}.${s}.${s}`,
  json: (h, p, s) => JSON.stringify({ protected: h, payload: p, signature: s }),
  padded: (h, p, s) => `${h}.${p}=.${s}`,
  'standard-base64': (h, p, s) => `${h}.${p}.+/${s.slice(2)}`,
  'blank-before': (h, p, s) => ` ${h}.${p}.${s}`,
  'newline-after': (h, p, s) => `${h}.${p}.${s}\n`,
  'nul-after': (h, p, s) => `${h}.${p}.${s}\0`,
  'two-tokens': (h, p, s) => `${h}.${p}.${s}, ${h}.${p}.${s}`,
};

const HONEST = {
  aud: 'bailiwick',
  sub: 'repo:acme/reports',
  exp: { now: 300 },
  iat: { now: -1 },
};

export function tokenFrom(recipe: Recipe, claims: Readonly<Record<string, unknown>>, now: Date): string {
  const { algorithm = 'ES256', signer = 'issuer', shape } = recipe;
  const honest = { alg: algorithm, kid: kidOf(algorithm), typ: 'JWT' };
  const header =
    textPart(recipe.headerText, recipe.headerHex, now) ?? part(changed(honest, recipe.header, now));
  const payload =
    textPart(recipe.payloadText, recipe.payloadHex, now) ??
    part(changed({ iss: ISSUER.issuer, ...HONEST, ...claims }, recipe.payload, now));
  const signed = signature(`${header}.${payload}`, algorithm, signer);
  if (shape === undefined) return `${header}.${payload}.${signed}`;
  const shaped = SHAPES[shape];
  if (shaped === undefined) throw new Error(`no such shape: ${shape}`);
  return shaped(header, payload, signed);
}

function publicJwk(key: KeyObject): JWK {
  return key.export({ format: 'jwk' }) as JWK;
}

const KEY_SETS: Readonly<Record<string, () => readonly JWK[]>> = {
  none: () => [],
  twice: () => [...ISSUER.keys, ...STRANGER.keys],
  bare: () => ISSUER.keys.map(({ alg: _, use: __, ...key }) => key),
  'for-encryption': () => ISSUER.keys.map((key) => ({ ...key, use: 'enc' })),
  'ops-encrypt': () => ISSUER.keys.map(({ use: _, ...key }) => ({ ...key, key_ops: ['encrypt'] })),
  'for-another-algorithm': () => ISSUER.keys.map((key) => ({ ...key, alg: 'ES384' })),
  'shared-secret': () => [{ kty: 'oct', k: 'c2VjcmV0', kid: kidOf('ES256') }],
  weak: () => [{ ...publicJwk(WEAK.publicKey), kid: kidOf('RS256') }],
};

export function keysFrom({ keys }: Recipe): readonly JWK[] {
  if (keys === undefined) return ISSUER.keys;
  const made = KEY_SETS[keys];
  if (made === undefined) throw new Error(`no such key set: ${keys}`);
  return made();
}

export function rulesFrom({ rules }: Recipe): IssuerSettings {
  return { issuer: ISSUER.issuer, audience: 'bailiwick', algorithms: SIGNED_WITH, ...rules };
}
