// `bailiwick audit rotate-key`: the next digest names the new key, the one after that is signed with it, all of it verifies.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDirectoryArchive } from '../../src/adapters/embedded/directory-archive.ts';
import { digestKey, readDigest } from '../../src/audit/index.ts';
import { brokerForTest, temporaryDirectory } from '../embedded/support/broker.ts';
import { bailiwick } from '../support/command.ts';

it('makes a key that the broker goes on with, and old archives stay verifiable', {
  timeout: 60_000,
}, async () => {
  const data = join(temporaryDirectory(), 'data');
  const run = async () => (await brokerForTest(['--data', data])).stop();
  await run();
  const rotated = await bailiwick(['audit', 'rotate-key', '--data', data]);
  expect([rotated.code, rotated.err]).toEqual([0, '']);
  expect(rotated.out).toMatch(/signing-key-2\.pem is the next signing key, [0-9a-f]{64}\./);
  await run();
  await run();
  const archive = createDirectoryArchive({ directory: join(data, 'archive') });
  const digests = await Promise.all(
    [1, 2, 3].map(
      async (each) => readDigest((await archive.get(digestKey(each))) ?? new Uint8Array())?.digest,
    ),
  );
  const [first, second, third] = digests;
  expect(second?.key.id).toBe(first?.key.id);
  expect(second?.nextKey?.id).toBe(third?.key.id);
  expect(third?.key.id).not.toBe(first?.key.id);
  for (const keys of [[], ['signing-key.pem'], ['signing-key-2.pem']]) {
    const given = keys.flatMap((key) => ['--key', join(data, key)]);
    const verified = await bailiwick(['audit', 'verify', join(data, 'archive'), ...given]);
    expect([verified.code, verified.err], verified.out).toEqual([0, '']);
  }
});

it('makes none where no broker has been, nor for what it does not understand', async () => {
  const data = temporaryDirectory();
  const none = await bailiwick(['audit', 'rotate-key', '--data', data]);
  expect([none.code, none.out, none.err]).toEqual([2, '', `No broker has signed anything in ${data} yet.\n`]);
  expect(readdirSync(data)).toEqual([]);
  const wrong = await bailiwick(['audit', 'rotate-key', 'now']);
  expect([wrong.code, wrong.out]).toEqual([2, '']);
  expect(wrong.err).toContain('usage: bailiwick audit rotate-key');
  const absent = await bailiwick(['audit', 'rotate-key', '--data', join(data, 'none')]);
  expect([absent.code, absent.out]).toEqual([2, '']);
});
