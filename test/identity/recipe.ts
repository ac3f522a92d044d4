// A case is a recipe: what to change in an honest token, its key set and the operator's rules. Keys are made at run time.
import { constants, sign } from 'node:crypto';
import type { HumanSettings, IssuerSettings } from '../../src/config/index.ts';
import {
  type Algorithm,
  hmacOver,
  kidOf,
  part,
  SIGNED_WITH,
  signatureOver,
  type TestIssuer,
} from '../support/issuer.ts';
import { ISSUER, OTHER_ISSUER, STRANGER, WEAK } from './key-sets.ts';

export type Signer =
  | 'issuer'
  | 'stranger'
  | 'other-issuer'
  | 'nobody'
  | 'public-key-as-secret'
  | 'weak'
  | 'der'
  | 'short-salt'
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

/** What a recipe's texts may stand for, so that files hold no moments and no keys. */
function filled(value: unknown, now: Date): unknown {
  const seconds = Math.floor(now.getTime() / 1000);
  if (typeof value === 'string') {
    if (value === '$LONG') return 'k'.repeat(513);
    if (value === '$HUGE') return 'x'.repeat(17_000);
    if (value === '$LARGE') return 'x'.repeat(7000);
    if (value === '$DEEP') return JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`);
    if (value === '$ATTACKER') return STRANGER.keys[0];
    return value
      .replaceAll('$ISS', ISSUER.issuer)
      .replaceAll('$NOW', String(seconds))
      .replaceAll('$EXP', String(seconds + 300));
  }
  if (Array.isArray(value)) return value.map((one) => filled(one, now));
  if (value === null || typeof value !== 'object') return value;
  if ('now' in value && typeof value.now === 'number') return seconds + value.now;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member, now)]));
}

export function changed(
  whole: Readonly<Record<string, unknown>>,
  by: Readonly<Record<string, unknown>> | undefined,
  now: Date,
): Record<string, unknown> {
  const members = Object.entries({ ...whole, ...by }).filter(([name]) => by?.[name] !== null);
  return Object.fromEntries(members.map(([key, value]) => [key, filled(value, now)]));
}

export function textPart(text: string | undefined, hex: string | undefined, now: Date): string | undefined {
  if (hex !== undefined) return Buffer.from(hex, 'hex').toString('base64url');
  return text === undefined ? undefined : part(filled(text, now));
}

export function signature(text: string, algorithm: Algorithm, signer: Signer): string {
  const by = (issuer: TestIssuer) => signatureOver(text, algorithm, issuer.pairs[algorithm].privateKey);
  const own: Readonly<Record<Signer, () => Buffer>> = {
    issuer: () => by(ISSUER),
    stranger: () => by(STRANGER),
    'other-issuer': () => by(OTHER_ISSUER),
    nobody: () => Buffer.from('x'),
    'public-key-as-secret': () => hmacOver(text, ISSUER.pairs[algorithm].publicKey),
    weak: () => signatureOver(text, algorithm, WEAK.privateKey),
    der: () => sign('sha256', Buffer.from(text), ISSUER.pairs[algorithm].privateKey),
    'short-salt': () => {
      const key = ISSUER.pairs.PS256.privateKey;
      return sign('sha256', Buffer.from(text), {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 20,
      });
    },
    zero: () => Buffer.alloc(64),
  };
  return own[signer]().toString('base64url');
}

const bytesOf = (text: string) => Buffer.from(text, 'base64url');

/** The same bytes in other characters: the last one has bits that nothing is read from. */
function respelled(text: string): string {
  const others = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'].map(
    (end) => text.slice(0, -1) + end,
  );
  const other = others.find((one) => one !== text && bytesOf(one).equals(bytesOf(text)));
  if (other === undefined) throw new Error('these bytes have one spelling only: make the part a byte longer');
  return other;
}

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The other signature that holds for the same text: with ECDSA, anyone can make one of the other. */
function turned(signature: Buffer): Buffer {
  const s = P256_ORDER - BigInt(`0x${signature.subarray(32).toString('hex')}`);
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
}

/** What is done to a token after it was signed. */
const SHAPES: Readonly<Record<string, (header: string, payload: string, signed: string) => string>> = {
  'empty-signature': (h, p) => `${h}.${p}.`,
  'payload-changed': (h, p, s) => {
    const claims = JSON.parse(bytesOf(p).toString()) as object;
    return `${h}.${part({ ...claims, sub: 'somebody-else' })}.${s}`;
  },
  'header-changed': (h, p, s) => {
    const header = JSON.parse(bytesOf(h).toString()) as object;
    return `${part({ ...header, cty: 'x' })}.${p}.${s}`;
  },
  'signature-cut': (h, p, s) => `${h}.${p}.${bytesOf(s).subarray(0, -1).toString('base64url')}`,
  'signature-longer': (h, p, s) =>
    `${h}.${p}.${Buffer.concat([bytesOf(s), Buffer.alloc(1)]).toString('base64url')}`,
  'signature-turned': (h, p, s) => `${h}.${p}.${turned(bytesOf(s)).toString('base64url')}`,
  'signature-respelled': (h, p, s) => `${h}.${p}.${respelled(s)}`,
  'payload-respelled': (h, p, s) => `${h}.${respelled(p)}.${s}`,
  'header-respelled': (h, p, s) => `${respelled(h)}.${p}.${s}`,
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

export function shapedToken(shape: string | undefined, ...parts: [string, string, string]): string {
  if (shape === undefined) return parts.join('.');
  const shaped = SHAPES[shape];
  if (shaped === undefined) throw new Error(`no such shape: ${shape}`);
  return shaped(...parts);
}

export function tokenFrom(recipe: Recipe, claims: Readonly<Record<string, unknown>>, now: Date): string {
  const { algorithm = 'ES256', signer = 'issuer', shape } = recipe;
  const honest = { alg: algorithm, kid: kidOf(algorithm), typ: 'JWT' };
  const header =
    textPart(recipe.headerText, recipe.headerHex, now) ?? part(changed(honest, recipe.header, now));
  const payload =
    textPart(recipe.payloadText, recipe.payloadHex, now) ??
    part(changed({ iss: ISSUER.issuer, ...HONEST, ...claims }, recipe.payload, now));
  return shapedToken(shape, header, payload, signature(`${header}.${payload}`, algorithm, signer));
}

export function rulesFrom({ rules }: Recipe): IssuerSettings {
  return { issuer: ISSUER.issuer, audience: 'bailiwick', algorithms: SIGNED_WITH, ...rules };
}
