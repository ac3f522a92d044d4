// `bailiwick audit verify` as auditors run it: what it says, what it ends with, and what it takes for an archive.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { s3Settings } from '../../src/adapters/aws/client-settings.ts';
import { createS3Archive } from '../../src/adapters/aws/s3-archive.ts';
import { digestKey, eventsKey, leafHash, rootByPath } from '../../src/audit/index.ts';
import { runVerify } from '../../src/cli/audit/verify.ts';
import { main } from '../../src/cli/main.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { emptyDirectory } from '../config/support.ts';
import { clientOptions, WHO } from '../contract/support/aws.ts';
import { startFakeS3 } from '../contract/support/fake-s3.ts';
import {
  type ArchiveFiles,
  addObject,
  archivedEvent,
  digestAt,
  fileAt,
  linesIn,
  minutesAfter,
  putLines,
  smallArchive,
  testKey,
  writeArchive,
} from '../support/archives.ts';
import { testClock } from '../support/clock.ts';

const { files: ORIGINAL, keys, objects } = smallArchive();
const [ONE, TWO] = keys;
const STRANGER = testKey();
const HEAD = sha256(fileAt(ORIGINAL, digestKey(3)));
const [FIRST = ''] = objects;
const [EVENT = ''] = linesIn(ORIGINAL, FIRST).map((line) => String(JSON.parse(line).unmapped.event.id));

async function audit(...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const lines = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await main(['audit', ...args], lines);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const verify = (...args: readonly string[]) => audit('verify', ...args);

/** A data directory with an archive in it; its keys as the broker has them. */
function dataWith(files: ArchiveFiles, pems: readonly string[] = [ONE.privatePem, TWO.privatePem]): string {
  const data = emptyDirectory();
  writeArchive(join(data, 'archive'), files);
  for (const [at, pem] of pems.entries()) {
    writeFileSync(join(data, at === 0 ? 'signing-key.pem' : `signing-key-${at + 1}.pem`), pem, {
      mode: 0o600,
    });
  }
  return data;
}

function keyFile(...pems: readonly string[]): string {
  const file = join(emptyDirectory(), 'key.pem');
  writeFileSync(file, pems.join('\n'));
  return file;
}

function tampered(): ArchiveFiles {
  const files = new Map(ORIGINAL);
  files.delete(objects[1] ?? '');
  putLines(
    files,
    FIRST,
    linesIn(files, FIRST).map((line) => line.replace('"targets":1', '"targets":2')),
  );
  return files;
}

describe('an archive that is whole', () => {
  test('ends with 0, and says what it is', async () => {
    const { code, out, err } = await verify(
      join(dataWith(ORIGINAL), 'archive'),
      '--key',
      keyFile(ONE.publicPem),
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('digests  3, from 2026-11-21T20:00:00.000Z until 2026-11-21T23:00:00.000Z');
    expect(out).toContain('signed   5 objects, 40 events, 1 stray');
    expect(out).toContain(`head     digest 3, ${HEAD}`);
    expect(out).toMatch(/took {5}40 events in \d+\.\d s: [\d,]+ events\/s/);
    expect(out).toMatch(/\nNothing is wrong\.$/);
    expect(out).not.toMatch(/self-attested|tail|notes/);
  });

  test('may be named by its data directory, with the slash or without', async () => {
    const data = dataWith(ORIGINAL);
    for (const name of [data, `${data}/`, join(data, 'archive'), `${join(data, 'archive')}/`]) {
      expect(await verify(name)).toMatchObject({
        code: 0,
        out: expect.stringContaining('Nothing is wrong.'),
      });
    }
  });

  test('has a tail, which is named and no failure', async () => {
    const files = new Map(ORIGINAL);
    addObject(files, 200, 'a', 500, 70);
    addObject(files, 201, 'b', 600, 50);
    const { code, out } = await verify(dataWith(files));
    expect(code).toBe(0);
    const names = [200, 201].map((at) => eventsKey(minutesAfter(at), at === 200 ? 'a' : 'b'));
    expect(out).toContain(`tail     not yet signed: 2 objects, 120 events: ${names.join(', ')}\n`);
  });

  test('is left alone', async () => {
    const data = dataWith(ORIGINAL);
    await verify(data);
    for (const [key, file] of ORIGINAL) {
      expect(readFileSync(join(data, 'archive', key)).equals(Buffer.from(file))).toBe(true);
    }
  });
});

describe('what is wrong', () => {
  test('ends with 1, and is said one by one', async () => {
    const { code, out } = await verify(dataWith(tampered()));
    expect(code).toBe(1);
    expect(out).toContain(`altered: event ${EVENT} in ${FIRST}: `);
    expect(out).toContain(`missing: object ${objects[1]}: `);
    expect(out).toMatch(/\n9 faults: 8 altered, 1 missing\.$/);
  });

  test('of too many the first are said, and how many more there are', async () => {
    const files = new Map(ORIGINAL);
    for (let number = 0; number < 130; number += 1) files.set(`x${number}`, Buffer.alloc(0));
    const { out } = await verify(dataWith(files));
    expect(out).toContain('added: 30 more');
    expect(out).toMatch(/130 faults: 130 added\.$/);
  });

  test('is printed in lines that nobody can make long', async () => {
    const data = dataWith(ORIGINAL);
    const [part, deep] = ['y'.repeat(200), join(data, 'archive', 'y'.repeat(200))];
    mkdirSync(deep);
    writeFileSync(join(deep, part), '');
    const { out } = await verify(data);
    expect(out).toContain(`added: file ${part}\u2026: `);
  });

  test('is printed so that no name of a file does anything to a terminal', async () => {
    const data = dataWith(ORIGINAL);
    writeFileSync(join(data, 'archive', 'x\u001b[2Jy\nz'), '');
    const { code, out } = await verify(data);
    expect(code).toBe(1);
    expect(out).not.toContain('\u001b');
    expect(out).toContain('added: file x\ufffd[2Jy z: ');
  });
});

describe('the key', () => {
  test('is the one beside the archive, and that is said', async () => {
    const { code, out } = await verify(dataWith(ORIGINAL, [ONE.privatePem]));
    expect(code).toBe(0);
    expect(out).toContain(`key      self-attested: ${ONE.id}, of `);
    expect(out).toContain('name one from elsewhere with --key');
  });

  test('is found beside it where it was followed by others', async () => {
    const data = dataWith(ORIGINAL, [STRANGER.privatePem, TWO.privatePem]);
    expect((await verify(data)).code).toBe(0);
    rmSync(join(data, 'signing-key-2.pem'));
    const { code, out } = await verify(data);
    expect(code).toBe(1);
    expect(out).toContain('otherKey: digest digests/digest-0000000001.json: ');
  });

  test("is the archive's own word where there is none beside it", async () => {
    const { code, out } = await verify(dataWith(ORIGINAL, []));
    expect(code).toBe(0);
    expect(out).toContain(`self-attested: ${ONE.id}, of the archive itself`);
  });

  test('that is given is the only one', async () => {
    const { code, out } = await verify(dataWith(ORIGINAL), '--key', keyFile(STRANGER.publicPem));
    expect(code).toBe(1);
    expect(out).toContain("Digest 1 can't be trusted");
    expect(out).not.toContain('self-attested');
  });

  test.each([
    ['private', [TWO.privatePem]],
    ['one of several', [STRANGER.publicPem, TWO.publicPem]],
  ])('may be %s', async (_, pems) => {
    expect((await verify(dataWith(ORIGINAL), '--key', keyFile(...pems))).code).toBe(0);
  });

  test('may be given in several files', async () => {
    const [a, b] = [keyFile(STRANGER.publicPem), keyFile(ONE.publicPem)];
    expect((await verify(dataWith(ORIGINAL), '--key', a, '--key', b)).code).toBe(0);
  });
});

describe('nothing that is signed', () => {
  const young: ArchiveFiles = new Map();
  addObject(young, 5, 'a', 100, 3);

  test('is said of an archive that is young, and is no failure', async () => {
    vi.useFakeTimers({ now: minutesAfter(100), toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { code, out } = await verify(dataWith(young));
    expect(code).toBe(0);
    expect(out).toContain('not yet signed: 1 object, 3 events');
    expect(out).toMatch(/\nNothing is signed yet\.$/);
    vi.setSystemTime(minutesAfter(126));
    expect(await verify(dataWith(young))).toMatchObject({ code: 1 });
  });

  test('is a failure for whoever has a key or a head', async () => {
    for (const known of [
      ['--key', keyFile(ONE.publicPem)],
      ['--head', HEAD],
    ]) {
      const { code, out } = await verify(dataWith(young), ...known);
      expect(code).toBe(1);
      expect(out).toContain('unsigned: archive digests/: There is no digest in it');
    }
  });

  test('is a failure where there is nothing at all', async () => {
    const data = emptyDirectory();
    mkdirSync(join(data, 'archive'));
    const { code, out } = await verify(data);
    expect(code).toBe(1);
    expect(out).toContain('There is nothing in it');
  });
});

describe('--head', () => {
  test('is in the chain, or the archive was cut back', async () => {
    const files = new Map(ORIGINAL);
    files.delete(digestKey(3));
    expect((await verify(dataWith(ORIGINAL), '--head', HEAD.toUpperCase())).code).toBe(0);
    expect((await verify(dataWith(files))).code).toBe(0);
    const { code, out } = await verify(dataWith(files), '--head', HEAD);
    expect(code).toBe(1);
    expect(out).toContain(`cutBack: archive digests/: No digest has the hash ${HEAD}`);
  });
});

describe('--since', () => {
  test('leaves out what was before, and says so', async () => {
    const files = new Map(ORIGINAL);
    files.delete(FIRST);
    for (const since of ['2026-11-21T22:30Z', '2026-11-21T22:00:00.000Z']) {
      const { code, out } = await verify(dataWith(files), '--since', since);
      expect(code).toBe(0);
      expect(out).toContain('since    looked at from 2026-11-21T22:00:00.000Z on');
      expect(out).toContain('signed   3 objects, 24 events');
    }
    expect(await verify(dataWith(files), '--since', '2026-11-21')).toMatchObject({ code: 1 });
    const { out } = await verify(dataWith(files), '--since', '2026-11-21T22:30Z', '--json');
    expect(JSON.parse(out)).toMatchObject({ ok: true, since: '2026-11-21T22:00:00.000Z' });
  });
});

describe('--json', () => {
  test('is one object with everything', async () => {
    const { code, out } = await verify(dataWith(tampered(), [ONE.publicPem]), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      key: { ids: [ONE.id], selfAttested: true },
      digests: { count: 3, from: '2026-11-21T20:00:00.000Z', until: '2026-11-21T23:00:00.000Z' },
      head: { sequence: 3, sha256: HEAD },
      ...{ objects: 4, events: 32, strays: 1, tail: { objects: 0, events: 0, strays: 0 } },
      faults: { total: 9, byKind: { altered: 8, missing: 1 } },
      notes: { total: 0, list: [] },
      seconds: expect.any(Number),
      eventsPerSecond: expect.any(Number),
    });
    expect(JSON.parse(out).faults.list[0]).toMatchObject({
      kind: 'altered',
      what: 'event',
      where: FIRST,
      event: EVENT,
    });
  });
});

describe('--proof', () => {
  test('is JSON that anyone can check', async () => {
    const { code, out, err } = await verify(dataWith(ORIGINAL), '--proof', EVENT);
    expect(code).toBe(0);
    expect(err).toContain('self-attested');
    const proof = JSON.parse(out);
    expect(proof).toMatchObject({
      event: EVENT,
      object: FIRST,
      line: 1,
      place: 0,
      size: 16,
      selfAttested: true,
    });
    const leaf = leafHash(Buffer.from(linesIn(ORIGINAL, FIRST)[0] ?? ''));
    const path = proof.path.map((hash: string) => Buffer.from(hash, 'hex'));
    expect(rootByPath(leaf, proof.place, proof.size, path)?.toString('hex')).toBe(digestAt(ORIGINAL, 1).root);
    expect(sha256(fileAt(ORIGINAL, proof.digest.key))).toBe(proof.digest.sha256);
  });

  test.each([
    ['not signed yet', () => addedLater(), /and not signed yet/],
    ['altered', () => ({ files: tampered(), event: EVENT }), /where it is not any more/],
    [
      'nowhere',
      () => ({ files: ORIGINAL, event: archivedEvent(1, minutesAfter(-900)).id }),
      /No digest has it/,
    ],
  ])('there is none of what is %s', async (_, make, why) => {
    const { files, event } = make();
    const { code, out, err } = await verify(dataWith(files), '--proof', event);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(why);
  });

  function addedLater() {
    const files = new Map(ORIGINAL);
    const key = addObject(files, 200, 'a', 500, 2);
    const [line = ''] = linesIn(files, key);
    return { files, event: String(JSON.parse(line).unmapped.event.id) };
  }
});

describe('wrong use ends with 2', () => {
  const data = () => dataWith(ORIGINAL);
  test.each([
    ['no archive is named', () => [], 'Name the archive'],
    ['two are', () => [data(), data()], 'Name one archive'],
    ['there is no such directory', () => [join(emptyDirectory(), 'none')], 'There is no '],
    ['it is a file', () => [keyFile('x')], "can't be read as a directory (ENOTDIR)"],
    ['it is something else', () => [directoryWith('notes.txt')], 'is no archive'],
    ['it is no bucket', () => ['s3://Bucket_'], 'is not s3://BUCKET'],
    [
      'the key is not there',
      () => [data(), '--key', join(emptyDirectory(), 'none.pem')],
      "can't be read (ENOENT)",
    ],
    ['the key is none', () => [data(), '--key', keyFile('hello')], 'has no key that is on P-256'],
    ['the key beside it is none', () => [dataWith(ORIGINAL, ['hello'])], 'has no key that is on P-256'],
    ['the event is none', () => [data(), '--proof', 'task_1'], '--proof takes the id of an event'],
    ['the moment is none', () => [data(), '--since', '30d'], '--since takes a day'],
    ['the day is none', () => [data(), '--since', '2026-02-30'], '--since takes a day'],
    ['the key is a pipe', async () => [data(), '--key', await pipe()], 'is no file'],
    ['the archive is a link to nowhere', () => [dangling()], 'There is no '],
    ['the head is none', () => [data(), '--head', 'abc'], '--head takes the SHA-256'],
    ['a flag is none', () => [data(), '--loud'], '--loud'],
  ])('where %s', async (_, args, says) => {
    const { code, out, err } = await verify(...(await args()));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(says);
  });

  async function pipe(): Promise<string> {
    const name = join(emptyDirectory(), 'key.pem');
    await promisify(execFile)('mkfifo', [name]);
    return name;
  }

  function dangling(): string {
    const directory = emptyDirectory();
    symlinkSync(join(directory, 'nowhere'), join(directory, 'archive'));
    return directory;
  }

  function directoryWith(name: string): string {
    const directory = emptyDirectory();
    writeFileSync(join(directory, name), '');
    return directory;
  }

  test('and of the command, too', async () => {
    expect(await audit('verfy', 'x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean verify?'),
    });
    expect(await audit()).toMatchObject({ code: 2 });
    expect(await audit('--help')).toMatchObject({ code: 0, out: expect.stringContaining('audit verify') });
  });
});

describe('in a bucket', () => {
  let s3: Awaited<ReturnType<typeof startFakeS3>>;
  beforeAll(async () => {
    s3 = await startFakeS3(testClock(), 3);
    const client = new S3Client({
      ...s3Settings({ AWS_ENDPOINT_URL: s3.endpoint }),
      ...clientOptions(s3.endpoint),
    });
    const whole = createS3Archive({ client, bucket: 'whole' });
    const shared = createS3Archive({ client, bucket: 'shared', prefix: 'teams/audit' });
    for (const [key, file] of ORIGINAL) await whole.put(key, file);
    for (const [key, file] of tampered()) await shared.put(key, file);
    return s3.close;
  });

  function withCredentials(endpoint: string): void {
    const { accessKeyId, secretAccessKey } = WHO.credentials;
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey);
    onTestFinished(() => void vi.unstubAllEnvs());
  }

  test('it is verified as anywhere', async () => {
    withCredentials(s3.endpoint);
    const { code, out } = await verify('s3://whole', '--key', keyFile(ONE.publicPem));
    expect(code).toBe(0);
    expect(out).toContain('archive  s3://whole\n');
    expect(out).toContain('40 events');
  });

  test('below a prefix, without a key that is given', async () => {
    withCredentials(s3.endpoint);
    const { code, out } = await verify('s3://shared/teams/audit/');
    expect(code).toBe(1);
    expect(out).toContain('9 faults: 8 altered, 1 missing.');
    expect(out).toContain('of the archive itself');
  });

  test('that can not be reached, it could not look', async () => {
    withCredentials('http://127.0.0.1:1');
    const { code, err } = await verify('s3://whole');
    expect(code).toBe(2);
    expect(err).toBe("The archive can't be read (ECONNREFUSED).");
  });
});

test('on a terminal it says how far it is, and takes that back', async () => {
  const written: string[] = [];
  const screen = { isTTY: true, columns: 80, write: (text: string) => void written.push(text) };
  let time = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 200));
  onTestFinished(() => clock.mockRestore());
  await runVerify([dataWith(ORIGINAL)], { out: () => {}, err: () => {} }, { TERM: 'xterm' }, { screen });
  expect(written.join('')).toMatch(/\[#+\.*\] \d+ % {2}\d+ events, \d+\/s/);
  expect(written.at(-1)).toBe('\r\u001b[K');
});
