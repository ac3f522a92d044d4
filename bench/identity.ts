// How long verifying a warm token takes, beside the two libraries by themselves.
import { JwtVerifier } from 'aws-jwt-verify';
import { compactVerify, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { TokenRefused, verifyToken } from '../src/identity/index.ts';
import { median, type Report, rounded } from './table.ts';

const ISSUER = 'https://issuer.example.com';
const AUDIENCE = 'bailiwick';
const ROUNDS = 60;
const A_ROUND = 50;

type Verify = () => Promise<unknown> | unknown;

async function microsecondsEach(verify: Verify): Promise<number> {
  const began = process.hrtime.bigint();
  for (let i = 0; i < A_ROUND; i += 1) await verify();
  return Number(process.hrtime.bigint() - began) / 1000 / A_ROUND;
}

async function verifiers(algorithm: string): Promise<Readonly<Record<string, Verify>>> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: algorithm, use: 'sig' };
  const token = await new SignJWT({ repository_id: '1296269' })
    .setProtectedHeader({ alg: algorithm, kid: 'k', typ: 'JWT' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject('repo:acme/app')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
  const rules = { issuer: ISSUER, audience: AUDIENCE, algorithms: [algorithm] };
  const key = await importJWK(jwk, algorithm);
  const others = JwtVerifier.create({ issuer: ISSUER, audience: AUDIENCE });
  others.cacheJwks({ keys: [jwk] } as Parameters<typeof others.cacheJwks>[0]);
  return {
    'this broker, all rules': async () => {
      const claims = await verifyToken(token, [jwk], rules, new Date());
      if (claims instanceof TokenRefused) throw new Error(claims.problem);
    },
    'jose, signature only': () => compactVerify(token, key, { algorithms: [algorithm] }),
    'aws-jwt-verify': () => others.verifySync(token),
  };
}

export async function identity(): Promise<Report> {
  const rows: Record<string, string | number>[] = [];
  for (const algorithm of ['RS256', 'ES256']) {
    const samples = new Map<string, number[]>();
    const named = Object.entries(await verifiers(algorithm));
    // In turn, so that a machine that slows down slows all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, verify] of named) {
        const taken = await microsecondsEach(verify);
        if (round >= 10) samples.set(name, [...(samples.get(name) ?? []), taken]);
      }
    }
    for (const [name, taken] of samples) {
      rows.push({ algorithm, verifier: name, 'median microseconds': rounded(median(taken)) });
    }
  }
  return { name: 'identity', rows };
}
