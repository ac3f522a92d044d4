// The secrets file: who may read it, what it may hold, and that a change of it counts at once.
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createFileSecrets, SecretsFileRefused } from '../../../src/adapters/embedded/file-secrets.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';

async function setUp(text?: string, mode = 0o600) {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  const file = join(path, 'secrets.json');
  if (text !== undefined) await writeFile(file, text);
  if (text !== undefined) await chmod(file, mode);
  return file;
}

it.each([0o640, 0o604, 0o660, 0o777, 0o610])(
  'refuses a file of mode %o, and says what to do',
  async (mode) => {
    const file = await setUp('{}', mode);
    const refused = await createFileSecrets({ file }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SecretsFileRefused);
    expect(String(refused)).toContain(`chmod 600 ${file}`);
  },
);

it.each([0o600, 0o400])('takes a file of mode %o', async (mode) => {
  const secrets = await createFileSecrets({ file: await setUp('{"a":{"b":"c"}}', mode) });
  expect((await secrets.read('a'))?.['b']?.open()).toBe('c');
});

it.each([
  'canary',
  '{"a": canary}',
  '["canary"]',
  '{"a":"canary"}',
  '{"a":{"b":["canary"]}}',
  '"canary"',
  'null',
  '',
])('refuses the text %j without quoting it', async (text) => {
  const refused = await createFileSecrets({ file: await setUp(text) }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(SecretsFileRefused);
  expect(refused).not.toHaveProperty('cause');
  expect(String(refused)).not.toContain('canary');
});

it('has no secrets while there is no file, and has them once there is', async () => {
  const file = await setUp();
  const secrets = await createFileSecrets({ file });
  expect(await secrets.read('a')).toBeUndefined();
  await writeFile(file, '{"a":{"b":"c"}}', { mode: 0o600 });
  expect((await secrets.read('a'))?.['b']?.open()).toBe('c');
});

it('follows every change, and never serves what a broken file replaced', async () => {
  const file = await setUp('{"a":{"b":"one"}}');
  const secrets = await createFileSecrets({ file });
  const read = async () => (await secrets.read('a'))?.['b']?.open();
  expect(await read()).toBe('one');
  await writeFile(`${file}.new`, '{"a":{"b":"two"}}', { mode: 0o600 });
  await rename(`${file}.new`, file);
  expect(await read()).toBe('two');
  await writeFile(file, '{"a":{');
  await expect(read()).rejects.toThrow(Unavailable);
  await writeFile(file, '{}');
  expect(await read()).toBeUndefined();
});

it('looks at the file once for many reads, and at once for one that is fresh', async () => {
  const file = await setUp('{"a":{"b":"one"}}');
  const secrets = await createFileSecrets({ file, restMilliseconds: 3_600_000 });
  const read = async (fresh: boolean) => (await secrets.read('a', { fresh }))?.['b']?.open();
  expect(await read(false)).toBe('one');
  await writeFile(`${file}.new`, '{"a":{"b":"two"}}', { mode: 0o600 });
  await rename(`${file}.new`, file);
  expect(await read(false)).toBe('one');
  expect(await read(true)).toBe('two');
  // What can't be read is looked at again, however soon.
  await writeFile(file, '{"a":{');
  await expect(read(true)).rejects.toThrow(Unavailable);
  await expect(read(false)).rejects.toThrow(Unavailable);
  await writeFile(file, '{"a":{"b":"three"}}');
  expect(await read(false)).toBe('three');
});
