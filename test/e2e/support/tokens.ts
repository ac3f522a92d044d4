// Tokens of the issuers that test/e2e/config trusts, put together by hand so that they can also be wrong on purpose.
import { createPrivateKey, type JsonWebKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inject } from 'vitest';
import { LOGIN_ISSUER } from './target/place.ts';

export type IssuerName = 'ci' | 'login' | 'cognito' | 'once';

export interface TestKey {
  readonly kid: string;
  readonly key: KeyObject;
}

function testKey(name: 'ci' | 'login' | 'cognito'): TestKey {
  const file = new URL(`keys/test-only-${name}.json`, import.meta.url);
  const jwk = JSON.parse(readFileSync(file, 'utf8')) as JsonWebKey & { kid: string };
  return { kid: jwk.kid, key: createPrivateKey({ key: jwk, format: 'jwk' }) };
}

export const KEYS: Readonly<Record<IssuerName, TestKey>> = {
  ci: testKey('ci'),
  login: testKey('login'),
  cognito: testKey('cognito'),
  once: testKey('ci'),
};

export const ISSUERS: Readonly<Record<IssuerName, string>> = {
  ci: 'https://ci.example.com',
  // Where people can log in, it is at an address of this run.
  login: inject('place')?.login ?? LOGIN_ISSUER,
  cognito: 'https://cognito.example.com/eu-west-1_EXAMPLE',
  once: 'https://once.example.com',
};

export type Claims = Readonly<Record<string, unknown>>;

export const base64url = (value: string | Uint8Array) => Buffer.from(value).toString('base64url');

/** `header.payload.signature`. A member that is undefined is left out, as JSON does. */
export function compact(header: Claims, payload: Claims | string, key: KeyObject): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const signed = `${base64url(JSON.stringify(header))}.${base64url(text)}`;
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return `${signed}.${base64url(sign(hash, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }))}`;
}

export function seconds(fromNow = 0): number {
  return Math.floor(Date.now() / 1000) + fromNow;
}

/** What every good token of that issuer for agents says. */
export function goodClaims(issuer: IssuerName): Claims {
  const audience = issuer === 'cognito' ? { client_id: '3example23456789' } : { aud: 'bailiwick' };
  return { iss: ISSUERS[issuer], ...audience, iat: seconds(), exp: seconds(300), jti: randomUUID() };
}

export function goodHeader(issuer: IssuerName): Claims {
  return { alg: 'ES256', kid: KEYS[issuer].kid, typ: 'JWT' };
}

export function tokenOf(issuer: IssuerName, claims: Claims, header: Claims = {}): string {
  return compact(
    { ...goodHeader(issuer), ...header },
    { ...goodClaims(issuer), ...claims },
    KEYS[issuer].key,
  );
}

const REPORT_BUILDER = { sub: 'repo:example/reports', repository_id: '1296269', ref: 'refs/heads/main' };

/** The claims that prove each agent of the config. */
export const AGENTS = {
  'report-builder': { issuer: 'ci', claims: REPORT_BUILDER },
  archivist: { issuer: 'ci', claims: { sub: 'archivist' } },
  'staging-bot': { issuer: 'ci', claims: { sub: 'staging-bot' } },
  forgotten: { issuer: 'ci', claims: { sub: 'forgotten' } },
  'pipeline-main': { issuer: 'ci', claims: { sub: 'p', repository_id: '42', ref: 'refs/tags/v1' } },
  'pipeline-branches': { issuer: 'ci', claims: { sub: 'p', repository_id: '42', ref: 'refs/heads/fix' } },
  'from-cognito': { issuer: 'cognito', claims: { sub: 'from-cognito' } },
  contained: { issuer: 'ci', claims: { sub: 'contained' } },
  frozen: { issuer: 'ci', claims: { sub: 'frozen' } },
  'switched-off': { issuer: 'ci', claims: { sub: 'switched-off' } },
  reviewed: { issuer: 'ci', claims: { sub: 'reviewed' } },
  elsewhere: { issuer: 'ci', claims: { sub: 'elsewhere' } },
  prover: { issuer: 'ci', claims: { sub: 'prover' } },
  courier: { issuer: 'ci', claims: { sub: 'courier' } },
  dismissed: { issuer: 'ci', claims: { sub: 'dismissed' } },
  scribe: { issuer: 'ci', claims: { sub: 'scribe' } },
  reader: { issuer: 'ci', claims: { sub: 'reader' } },
  once: { issuer: 'once', claims: { sub: 'once' } },
  caller: { issuer: 'ci', claims: { sub: 'caller' } },
  clerk: { issuer: 'ci', claims: { sub: 'clerk' } },
  prober: { issuer: 'ci', claims: { sub: 'prober' } },
  applicant: { issuer: 'ci', claims: { sub: 'applicant' } },
  intern: { issuer: 'ci', claims: { sub: 'intern' } },
  trainee: { issuer: 'ci', claims: { sub: 'trainee' } },
} as const satisfies Readonly<Record<string, { issuer: IssuerName; claims: Claims }>>;

export type AgentName = keyof typeof AGENTS;

export function agentToken(agent: AgentName, changes: Claims = {}): string {
  const { issuer, claims } = AGENTS[agent];
  return tokenOf(issuer, { ...claims, ...changes });
}

export const PERSON: Claims = {
  aud: 'bailiwick-people',
  sub: 'person',
  email: 'kim@example.com',
  email_verified: true,
  hd: 'example.com',
  groups: [],
};

export function personToken(changes: Claims = {}): string {
  return tokenOf('login', { ...PERSON, ...changes });
}

/** Someone who may contain and restore. */
export const operatorToken = () => personToken({ groups: ['operators'] });

/** Someone who may read the audit. */
export const auditorToken = () => personToken({ groups: ['security'] });
