// The keys that an auditor brings along.
import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyIdsOfPem } from '../../../src/audit/verify/index.ts';
import { testKey } from '../../support/archives.ts';

const [one, two] = [testKey(), testKey()];

test('are known by the hash of their public half, public or private, one or several', () => {
  expect(keyIdsOfPem(one.publicPem)).toEqual([one.id]);
  expect(keyIdsOfPem(one.privatePem)).toEqual([one.id]);
  expect(keyIdsOfPem(`# ours\n${one.publicPem}\nand\n${two.privatePem}`)).toEqual([one.id, two.id]);
});

test('are of P-256, and PEM', () => {
  const spki = { type: 'spki', format: 'pem' } as const;
  const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export(spki).toString();
  const edwards = generateKeyPairSync('ed25519').publicKey.export(spki).toString();
  const damaged = one.publicPem.replace(/[A-Z]{3}/, '!!!');
  for (const text of ['', 'hello', other, edwards, damaged, `${one.publicPem}${other}`]) {
    expect(keyIdsOfPem(text)).toBeUndefined();
  }
});
