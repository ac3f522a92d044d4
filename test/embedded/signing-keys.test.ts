// The files of the keys that sign: made once, their owner's alone, and one more with each rotation.
import { createPrivateKey } from 'node:crypto';
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createKeySigner } from '../../src/adapters/embedded/key-signer.ts';
import { keepToOwner } from '../../src/embedded/keep-to-owner.ts';
import { PrivateFileExposed } from '../../src/embedded/private-file.ts';
import { openSigningKeys, rotateSigningKey } from '../../src/embedded/signing-keys.ts';
import { temporaryDirectory } from '../contract/support/temporary.ts';
import { onFullDisk } from '../support/full-disk.ts';

const FILE = 'signing-key.pem';

async function dataDirectory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  return path;
}

const start = (data: string) => createKeySigner({ keys: () => openSigningKeys(data) });
/** A broker has been there. */
async function rotated(data: string) {
  await openSigningKeys(data);
  return rotateSigningKey(data);
}

const idsOf = async (data: string) => (await start(data).keys()).map(({ id }) => id);

it('makes the first at first use, in PKCS#8, for its owner alone', async () => {
  const data = await dataDirectory();
  const signer = start(data);
  expect(await readdir(data)).toEqual([]);
  await signer.keys();
  expect(await readdir(data)).toEqual([FILE]);
  expect((await stat(join(data, FILE))).mode & 0o777).toBe(0o600);
  const pem = await readFile(join(data, FILE), 'utf8');
  expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect(createPrivateKey(pem).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
});

it('has the same one for all that start at once, and after a restart', async () => {
  const data = await dataDirectory();
  const all = await Promise.all(Array.from({ length: 20 }, () => idsOf(data)));
  expect(all.flat()).toHaveLength(20);
  expect(new Set(all.flat())).toEqual(new Set(await idsOf(data)));
  expect(await readdir(data)).toEqual([FILE]);
});

it('adds a key with each rotation, at the end, which a signer that runs finds', async () => {
  const data = await dataDirectory();
  const signer = start(data);
  const [first] = await signer.keys();
  const ids = [first?.id];
  for (let number = 2; number <= 11; number += 1) {
    ids.push((await rotated(data)).id);
    expect((await stat(join(data, `signing-key-${number}.pem`))).mode & 0o777).toBe(0o600);
    expect((await signer.keys()).map(({ id }) => id)).toEqual(ids);
  }
  expect(new Set(ids).size).toBe(11);
  expect((await signer.sign(ids[10] ?? '', Buffer.from('x'))).length).toBeGreaterThan(60);
});

it('begins with two keys where the first is rotated before it was used', async () => {
  const data = await dataDirectory();
  const { id } = await rotated(data);
  expect((await idsOf(data)).indexOf(id)).toBe(1);
});

it('makes one key for those that rotate at once', async () => {
  const data = await dataDirectory();
  await idsOf(data);
  const made = await Promise.all(Array.from({ length: 10 }, () => rotated(data)));
  const ids = await idsOf(data);
  for (const { id } of made) expect(ids).toContain(id);
  expect(ids.length).toBeLessThanOrEqual(11);
});

it.each([FILE, 'signing-key-2.pem'])('makes none in the place of %s, when that is lost', async (lost) => {
  const data = await dataDirectory();
  await rotated(data);
  await rotated(data);
  await rm(join(data, lost));
  await expect(openSigningKeys(data)).rejects.toThrow(`${lost} is missing, damaged, or no key on P-256`);
  await expect(rotated(data)).rejects.toThrow(lost);
  expect(await readdir(data)).not.toContain(lost);
  expect(await readdir(data)).toHaveLength(2);
});

it('quotes nothing of a file that is damaged', async () => {
  const data = await dataDirectory();
  const text = '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n';
  await writeFile(join(data, FILE), text, { mode: 0o600 });
  const fault: unknown = await openSigningKeys(data).catch((error: unknown) => error);
  expect(String(fault)).toContain(`${FILE} is missing, damaged`);
  expect(String(fault)).not.toContain('canary');
});

it('says which file others may read', async () => {
  const data = await dataDirectory();
  await writeFile(join(data, FILE), 'x', { mode: 0o644 });
  await expect(openSigningKeys(data)).rejects.toThrow(PrivateFileExposed);
  await expect(rotated(data)).rejects.toThrow(FILE);
});

it('takes no other name for a key', async () => {
  const data = await dataDirectory();
  await idsOf(data);
  for (const name of ['-0', '-1', '-02', '-2x', '-', '2']) {
    await writeFile(join(data, `signing-key${name}.pem`), 'x');
  }
  expect(await idsOf(data)).toHaveLength(1);
});

it("leaves a data directory its owner's", async () => {
  const data = await dataDirectory();
  await rotated(data);
  await chmod(data, 0o755);
  await keepToOwner(data);
  expect((await stat(data)).mode & 0o777).toBe(0o700);
});

it('makes a key whole or not at all', async () => {
  const data = await dataDirectory();
  const program = `
    import { createKeySigner } from '#/src/adapters/embedded/key-signer.ts';
    import { openSigningKeys } from '#/src/embedded/signing-keys.ts';
    const signer = createKeySigner({ keys: () => openSigningKeys(process.argv[1]) });
    console.log(await signer.keys().catch((e) => [e.name, e.backend, e.cause.code].join()));
  `;
  expect(await onFullDisk(program, data)).toBe('Unavailable,signer,EFBIG');
  expect(await readdir(data)).not.toContain(FILE);
  expect(await idsOf(data)).toHaveLength(1);
});
