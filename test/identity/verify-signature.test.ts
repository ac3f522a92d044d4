// The JOSE layer alone: any payload, a set of keys in either form, and hostile values where text is expected.
import { describe, expect, it } from 'vitest';
import { claimValue } from '../../src/identity/claims.ts';
import { SIGNATURE_ALGORITHMS, TokenRefused, verifySignature } from '../../src/identity/index.ts';
import { kidOf, part, SIGNED_WITH, signatureOver } from '../support/issuer.ts';
import { ISSUER } from './key-sets.ts';

const RULES = { algorithms: SIGNATURE_ALGORITHMS };

function signed(payload: string, algorithm: (typeof SIGNED_WITH)[number] = 'ES256'): string {
  const text = `${part({ alg: algorithm, kid: kidOf(algorithm) })}.${part(payload)}`;
  return `${text}.${signatureOver(text, algorithm, ISSUER.pairs[algorithm].privateKey).toString('base64url')}`;
}

describe('verifySignature', () => {
  it.each(SIGNED_WITH)('gives header and payload of what is signed with %s', async (algorithm) => {
    const verified = await verifySignature(signed('no JSON', algorithm), ISSUER.keys, RULES);
    expect(verified).toEqual({
      header: { alg: algorithm, kid: kidOf(algorithm) },
      payload: Buffer.from('no JSON'),
    });
  });

  it('takes a payload of nothing, and a set of keys as it is published', async () => {
    const verified = await verifySignature(signed(''), { keys: ISSUER.keys }, RULES);
    expect(verified).toMatchObject({ payload: Buffer.alloc(0) });
  });

  it.each([null, undefined, 7, {}, [signed('x')]])('refuses %j, which is no text', async (token) => {
    const refused = await verifySignature(token as unknown as string, ISSUER.keys, RULES);
    expect(refused).toEqual(new TokenRefused('not_compact'));
  });

  it('knows no algorithm that needs a shared secret, and none on a curve of others', () => {
    expect(SIGNATURE_ALGORITHMS).toEqual([
      ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
      ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
    ]);
  });
});

it.each(['constructor', '__proto__', '__proto__.toString', 'a.constructor.name', 'a.__proto__.toString'])(
  'finds no claim %s that nobody made',
  (name) => {
    expect(claimValue({ a: {} }, name)).toBeUndefined();
  },
);
