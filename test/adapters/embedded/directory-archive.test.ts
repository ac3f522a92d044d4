// The archive on disk: for its owner alone, nothing half, and nothing in it unseen or led outside by.
import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import {
  createDirectoryArchive,
  createDirectoryArchiveReader,
} from '../../../src/adapters/embedded/directory-archive.ts';
import { UnreadableObject } from '../../../src/ports/archive.ts';
import { keysOf } from '../../contract/support/listed.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';
import { onFullDisk } from '../../support/full-disk.ts';

const KEY = 'events/day=2026-11-21/hour=22/20261121T224107123Z-1.jsonl.gz';

async function setUp() {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  const directory = join(path, 'archive');
  const archive = createDirectoryArchive({ directory });
  return { path, directory, archive, reader: createDirectoryArchiveReader({ directory }) };
}

it('is for its owner alone', async () => {
  const { directory, archive } = await setUp();
  await archive.put(KEY, Buffer.from('x'));
  for (let at = dirname(KEY); ; at = dirname(at)) {
    expect((await stat(join(directory, at))).mode & 0o777, at).toBe(0o700);
    if (at === '.') break;
  }
  expect((await stat(join(directory, KEY))).mode & 0o777).toBe(0o600);
  expect(await readdir(join(directory, '.unfinished'))).toEqual([]);
  expect((await stat(join(directory, KEY))).nlink).toBe(1);
});

it('is not made or changed by who only reads it', async () => {
  const { path, directory, archive, reader } = await setUp();
  expect(await keysOf(reader)).toEqual([]);
  expect(await reader.get(KEY)).toBeUndefined();
  expect(await readdir(path)).toEqual([]);
  await archive.put(KEY, Buffer.from('x'));
  const before = await readdir(directory, { recursive: true });
  const { mtimeMs } = await stat(join(directory, dirname(KEY)));
  expect(await keysOf(reader)).toEqual([KEY]);
  expect(Buffer.from((await reader.get(KEY)) ?? []).toString()).toBe('x');
  expect(await readdir(directory, { recursive: true })).toEqual(before);
  expect((await stat(join(directory, dirname(KEY)))).mtimeMs).toBe(mtimeMs);
  expect(reader).not.toHaveProperty('put');
});

it('works by a path from where the process stands, wherever it goes then', async () => {
  const { directory } = await setUp();
  const relative = join('.', `${'../'.repeat(40)}${directory}`);
  const archive = createDirectoryArchive({ directory: relative });
  expect(await archive.put(KEY, Buffer.from('x'))).toBe(true);
  expect(await keysOf(archive)).toEqual([KEY]);
  expect((await archive.get(KEY))?.length).toBe(1);
});

it('lists nothing of what a killed broker left half written', async () => {
  const { directory, archive, reader } = await setUp();
  await archive.put(KEY, Buffer.from('x'));
  await writeFile(join(directory, '.unfinished', 'left'), 'half');
  expect(await keysOf(archive)).toEqual([KEY]);
  expect(await keysOf(reader)).toEqual([KEY]);
  expect(await archive.put(`${KEY}.x`, Buffer.from('y'))).toBe(true);
});

it('puts whole or not at all where the disk is full', async () => {
  const { directory, archive } = await setUp();
  const program = `
    import { createDirectoryArchive } from '#/src/adapters/embedded/directory-archive.ts';
    const archive = createDirectoryArchive({ directory: process.argv[1] });
    const put = (key) => archive.put(key, Buffer.from('x')).catch((e) => [e.name, e.backend, e.cause.code].join());
    console.log(await put('${KEY}'));
  `;
  expect(await onFullDisk(program, directory)).toBe('Unavailable,archive,EFBIG');
  expect(await keysOf(archive)).toEqual([]);
  expect(await readdir(join(directory, '.unfinished'))).toEqual([]);
  expect(await archive.put(KEY, Buffer.from('x'))).toBe(true);
});

it('lets exactly one of many processes win', async () => {
  const { directory, archive } = await setUp();
  const module = new URL('../../../src/adapters/embedded/directory-archive.ts', import.meta.url).href;
  const program = `
    import { createDirectoryArchive } from '${module}';
    const archive = createDirectoryArchive({ directory: process.argv[1] });
    console.log(await archive.put('${KEY}', Buffer.from(process.argv[2])));
  `;
  const run = async (name: string) => {
    const args = ['--input-type=module', '--eval', program, directory, name];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return stdout.trim();
  };
  const names = ['a', 'b', 'c', 'd'];
  const won = await Promise.all(names.map(run));
  expect(won.toSorted()).toEqual(['false', 'false', 'false', 'true']);
  expect(Buffer.from((await archive.get(KEY)) ?? []).toString()).toBe(names[won.indexOf('true')]);
});

it('shows everything else that lies there, and follows and opens none of it', async () => {
  const { path, directory, archive, reader } = await setUp();
  await archive.put('events/real', Buffer.from('x'));
  await mkdir(join(path, 'outside'));
  await writeFile(join(path, 'outside', 'canary'), 'canary');
  await symlink(join(path, 'outside', 'canary'), join(directory, 'events', 'link'));
  await symlink(join(path, 'outside'), join(directory, 'events', 'folder'));
  await symlink('real', join(directory, 'events', 'near'));
  await symlink('nowhere', join(directory, 'events', 'dangling'));
  await symlink('.', join(directory, 'round'));
  await promisify(execFile)('mkfifo', [join(directory, 'events', 'pipe')]);
  await writeFile(join(directory, '.DS_Store'), 'x');
  await mkdir(join(directory, 'events', '.unfinished'));
  await writeFile(join(directory, 'events', '.unfinished', 'x'), 'x');
  await writeFile(join(directory, 'events', 'caf\u00e9 \u{1f511}'), 'x');
  // Not every file system has names that are no text.
  const unsayable = Buffer.concat([Buffer.from(join(directory, 'events/bad-')), Buffer.of(0xff)]);
  const said = await writeFile(unsayable, 'x').then(
    () => ['bad-\ufffd'],
    () => [],
  );
  await mkdir(join(directory, 'empty'));
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(join(directory, 'events', 'socket'), resolve));
  onTestFinished(() => void server.close());
  const others = ['link', 'folder', 'near', 'dangling', 'pipe', 'socket'];
  const foreign = ['.unfinished/x', 'caf\u00e9 \u{1f511}', ...said];
  const expected = [
    '.DS_Store',
    'round',
    'events/real',
    ...[...others, ...foreign].map((n) => `events/${n}`),
  ];
  expect(await keysOf(reader)).toEqual(expected.sort());
  for (const name of [...others, 'folder/canary', 'real/x', '']) {
    expect(await reader.get(`events/${name}`.replace(/\/$/, '')), name).toBeUndefined();
  }
  expect(await reader.get('round/events/real')).toBeUndefined();
  // Nor is any of it replaced.
  for (const name of others) expect(await archive.put(`events/${name}`, Buffer.from('y'))).toBe(false);
  expect(await readFile(join(path, 'outside', 'canary'), 'utf8')).toBe('canary');
});

it('shows a folder that nobody can enter, as a name', async () => {
  const { directory, archive, reader } = await setUp();
  await archive.put('events/real', Buffer.from('x'));
  const unsayable = Buffer.concat([Buffer.from(join(directory, 'events/bad-')), Buffer.of(0xff)]);
  const isMade = await mkdir(unsayable).then(
    () => writeFile(Buffer.concat([unsayable, Buffer.from('/x')]), 'x').then(() => true),
    () => false,
  );
  const names = isMade ? ['events/bad-\ufffd/', 'events/real'] : ['events/real'];
  for (const each of [archive, reader]) {
    expect(await keysOf(each, 'events/')).toEqual(names);
    expect(await keysOf(each, 'events/', 'events/p')).toEqual(['events/real']);
  }
});

it('says of one file that it can not be had, and reads the others', async () => {
  const { archive, reader } = await setUp();
  await archive.put(KEY, Buffer.from('four'));
  expect((await reader.get(KEY, 4))?.length).toBe(4);
  await expect(reader.get(KEY, 3)).rejects.toMatchObject({ name: 'Unavailable', code: 'too large' });
  await expect(reader.get(`events/${'x'.repeat(300)}`)).rejects.toBeInstanceOf(UnreadableObject);
});

it('shows a link in the place of what is unfinished, and may itself be a link', async () => {
  const { path, directory, archive } = await setUp();
  await archive.put('events/a', Buffer.from('x'));
  await rm(join(directory, '.unfinished'), { recursive: true });
  await mkdir(join(path, 'outside'));
  await symlink(join(path, 'outside'), join(directory, '.unfinished'));
  expect(await keysOf(archive)).toEqual(['.unfinished', 'events/a']);
  await symlink(directory, join(path, 'other-name'));
  const linked = createDirectoryArchiveReader({ directory: join(path, 'other-name') });
  expect((await lstat(join(path, 'other-name'))).isSymbolicLink()).toBe(true);
  expect(await keysOf(linked, 'events/')).toEqual(['events/a']);
  expect((await linked.get('events/a'))?.length).toBe(1);
});

it('lists any tree as its keys sort, from any place on', async () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.', '0', '=', 'Z'), maxLength: 3 });
  const key = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  const isKey = (text: string) => /^[^/.][^/]*(\/[^/.][^/]*)*$/.test(text) && !text.includes('..');
  const keys = fc.uniqueArray(key.filter(isKey), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(keys, fc.array(key, { maxLength: 4 }), async (wanted, places) => {
      const { path, remove } = await temporaryDirectory();
      try {
        const archive = createDirectoryArchive({ directory: path });
        const there: string[] = [];
        for (const each of wanted) {
          // What would be a file and a directory at once, no file system has.
          const clashes = there.some((one) => one.startsWith(`${each}/`) || each.startsWith(`${one}/`));
          if (!clashes && (await archive.put(each, Buffer.from('x')))) there.push(each);
        }
        const sorted = there.toSorted((a, b) => (a < b ? -1 : 1));
        const prefixes = [...places, ...there.map((each) => each.slice(0, 2)), ''].filter(
          (each) => !each.startsWith('/') && !each.includes('..'),
        );
        for (const prefix of prefixes) {
          for (const after of [...places, ...there, '']) {
            const expected = sorted.filter((each) => each.startsWith(prefix) && each > after);
            expect(await keysOf(archive, prefix, after)).toEqual(expected);
          }
        }
      } finally {
        await remove();
      }
    }),
    { numRuns: 40 },
  );
});
