// Every case of test/cases/identity/proofs: a proof made by its recipe proves the holder's key, or is refused for just
// that reason.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';
import { PROOF_PROBLEMS, TokenRefused, verifyProof } from '../../src/identity/index.ts';
import { SIGNED_WITH } from '../support/issuer.ts';
import { ENDPOINT, holderKey, type ProofRecipe, proofFrom } from './proof-recipe.ts';

const NOW = new Date('2026-03-02T12:00:00Z');
const FOLDER = new URL('../cases/identity/proofs/', import.meta.url);
const CASES = readdirSync(FOLDER).map(
  (file) =>
    [
      file.replace('.json', ''),
      JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as ProofRecipe,
    ] as const,
);
const EXPECTED = { method: 'POST', url: ENDPOINT, now: NOW };

async function proven(recipe: Partial<ProofRecipe>) {
  const outcome = await verifyProof(proofFrom({ why: '', expect: '', ...recipe }, NOW), EXPECTED);
  if (outcome instanceof TokenRefused) throw new Error(outcome.problem);
  return outcome;
}

describe('cases', () => {
  it.each(CASES)('%s', async (_, recipe) => {
    const outcome = await verifyProof(proofFrom(recipe, NOW), { ...EXPECTED, ...recipe.expected });
    if (recipe.expect === 'accepted') {
      const thumbprint = await calculateJwkThumbprint(holderKey(recipe.algorithm), 'sha256');
      expect(outcome).toEqual({ thumbprint, id: expect.stringMatching(/^[0-9a-f]{64}$/) });
    } else {
      expect(outcome).toEqual(new TokenRefused(recipe.expect as TokenRefused['problem']));
    }
  });

  it('show every problem, and know every problem that one names', () => {
    const named = CASES.map(([, { expect: expected }]) => expected);
    expect(new Set(named)).toEqual(new Set(['accepted', ...PROOF_PROBLEMS]));
  });
});

describe('what a proof proves', () => {
  it('is the key of RFC 9449, section 4.2, whose thumbprint stands in section 6.1', async () => {
    const header =
      'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19';
    const payload =
      'eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ';
    const signature =
      '2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg';
    const expected = {
      method: 'POST',
      url: 'https://server.example.com/token',
      now: new Date(1_562_262_616_000),
    };
    expect(await verifyProof(`${header}.${payload}.${signature}`, expected)).toMatchObject({
      thumbprint: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
    });
  });

  it('has one id, however it is signed, and another for each key and each of its ids', async () => {
    const { id } = await proven({});
    expect((await proven({})).id).toBe(id);
    expect((await proven({ shape: 'signature-turned' })).id).toBe(id);
    expect((await proven({ payload: { iat: { now: -1 } } })).id).toBe(id);
    expect((await proven({ payload: { jti: 'another' } })).id).not.toBe(id);
    expect((await proven({ algorithm: 'RS256' })).id).not.toBe(id);
  });

  it('is the same key, with zeros before its modulus or without', async () => {
    const { thumbprint } = await proven({ algorithm: 'RS256' });
    expect((await proven({ algorithm: 'RS256', key: 'zeros-before-the-modulus' })).thumbprint).toBe(
      thumbprint,
    );
  });
});

describe('any text', () => {
  it('is refused if it is a proof with any change', async () => {
    const proofs = SIGNED_WITH.map((algorithm) => proofFrom({ why: '', expect: '', algorithm }, NOW));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...proofs),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        async (proof, place, character) => {
          const at = place % proof.length;
          const other = proof.slice(0, at) + character + proof.slice(at + 1);
          fc.pre(other !== proof);
          expect(await verifyProof(other, EXPECTED)).toBeInstanceOf(TokenRefused);
        },
      ),
    );
  });

  it('never makes it throw', async () => {
    const json = fc.json().map((text) => Buffer.from(text).toString('base64url'));
    const texts = fc.oneof(
      fc.string(),
      fc.array(json, { maxLength: 4 }).map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        expect(await verifyProof(text, EXPECTED)).toBeInstanceOf(TokenRefused);
      }),
    );
  });

  it('never makes it throw as a key', async () => {
    const member = fc.oneof(fc.string(), fc.base64String(), fc.constantFrom('P-256', 'Ed25519', 'AQAB'));
    const key = fc.record(
      { kty: fc.constantFrom('EC', 'RSA', 'OKP'), crv: member, x: member, y: member, n: member, e: member },
      { requiredKeys: ['kty'] },
    );
    await fc.assert(
      fc.asyncProperty(key, fc.constantFrom(...SIGNED_WITH), async (jwk, algorithm) => {
        const proof = proofFrom({ why: '', expect: '', algorithm, header: { jwk } }, NOW);
        expect(await verifyProof(proof, EXPECTED)).toBeInstanceOf(TokenRefused);
      }),
    );
  });
});
