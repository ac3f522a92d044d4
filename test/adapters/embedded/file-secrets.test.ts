// The secrets file: who may read it, what it may hold, and that a change of it counts at once.
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
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
  '{"a":["canary"]}',
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

it.each([
  ['{"a":{"b":"c"},"prod/x":"canary"}', 'the secret "prod/x" is not of the form {"field": "value"}'],
  ['{"prod/x":["canary"]}', 'the secret "prod/x" is not of the form'],
  ['{"prod/x":5}', 'the secret "prod/x" is not of the form'],
  ['{"prod/x":{"d":null},"y":null}', 'has faults: the secret "y" is not'],
  ['{"a\\n\\u009b":5}', 'the secret "a\\n "'],
  ['{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0}', '"5" is not of the form {"field": "value"}; and 2 more'],
  ['{"a":canary}', 'is not JSON'],
  ['["canary"]', 'must be of the form {"name": {"field": "value"}}'],
])('names in %s what is wrong', async (text, words) => {
  const file = await setUp(text);
  const refused = await createFileSecrets({ file }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(SecretsFileRefused);
  expect(String(refused)).toContain(`the secrets file ${file}`);
  expect(String(refused)).toContain(words);
  expect(String(refused)).not.toContain('canary');
});

it('takes numbers and booleans as they are written', async () => {
  const file = await setUp('{"db":{"port":5432,"account":12345678901234567890,"tls":true,"v":1.0}}');
  const fields = await (await createFileSecrets({ file })).read('db');
  const opened = Object.entries(fields ?? {}).map(([name, field]) => [name, field.open()]);
  const written = { port: '5432', account: '12345678901234567890', tls: 'true', v: '1.0' };
  expect(Object.fromEntries(opened)).toEqual(written);
});

async function watched(text: string) {
  const file = await setUp(text);
  const faults: string[] = [];
  const secrets = await createFileSecrets({ file, onFault: (reason) => void faults.push(reason) });
  const read = async (name = 'a') => (await secrets.read(name))?.['b']?.open();
  const fails = async (name = 'a') => {
    for (let i = 0; i < 3; i += 1) await expect(read(name)).rejects.toThrow(Unavailable);
  };
  return { file, faults, secrets, read, fails };
}

it('judges each secret by itself while it is followed, and says once what is wrong', async () => {
  const { file, faults, secrets, read, fails } = await watched('{"a":{"b":"one"}}');
  await writeFile(file, '{"a":{"b":"two","d":null},"x":"canary","y":{"b":5}}');
  expect(await read()).toBe('two');
  expect(Object.keys((await secrets.read('a')) ?? {})).toEqual(['b']);
  expect(await read('y')).toBe('5');
  expect(await read('z')).toBeUndefined();
  await fails('x');
  const where = `the secrets file ${file} has faults: `;
  expect(faults).toEqual([`${where}the secret "x" is not of the form {"field": "value"}`]);
  // Another value that is as wrong is no news.
  await writeFile(file, '{"a":{"b":"four"},"x":[]}');
  expect(await read()).toBe('four');
  expect(faults).toHaveLength(1);
});

it("says once why it can't be used, again when the reason is another, and again after it was right", async () => {
  const { file, faults, read, fails } = await watched('{"a":{"b":"one"}}');
  const right = async () => {
    await writeFile(file, '{"a":{"b":"one"}}', { mode: 0o600 });
    await chmod(file, 0o600);
    expect(await read()).toBe('one');
  };
  await read();
  expect(faults).toEqual([]);
  await chmod(file, 0o644);
  await fails();
  await writeFile(file, '{"a":{"b":"other"}}');
  await fails();
  expect(faults.splice(0)).toEqual([`others may read the secrets file ${file}; run: chmod 600 ${file}`]);
  await right();
  await chmod(file, 0o644);
  await fails();
  expect(faults.splice(0)).toHaveLength(1);
  await chmod(file, 0o600);
  await writeFile(file, '{"a":{"b":canary}}');
  await fails();
  expect(faults.splice(0)).toEqual([
    `the secrets file ${file} is not JSON; it must be of the form {"name": {"field": "value"}}`,
  ]);
  await rm(file);
  for (let i = 0; i < 3; i += 1) expect(await read()).toBeUndefined();
  expect(faults.splice(0)).toEqual([`the secrets file ${file} is gone`]);
  await mkdir(file, { mode: 0o700 });
  await fails();
  expect(faults.splice(0)).toEqual([`the secrets file ${file} can't be read (EISDIR)`]);
  await rm(file, { recursive: true });
  await right();
  expect(faults).toEqual([]);
});

it('says nothing of a file that was never there', async () => {
  const file = await setUp();
  const faults: string[] = [];
  const secrets = await createFileSecrets({ file, onFault: (reason) => void faults.push(reason) });
  expect(await secrets.read('a')).toBeUndefined();
  expect(await secrets.read('a')).toBeUndefined();
  expect(faults).toEqual([]);
});
