// A verifier that shares no code with the broker's own finds what that one finds, and nothing in what is whole.
import { createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestKey } from '../../../src/audit/index.ts';
import { FAULT_KINDS, verifyArchive } from '../../../src/audit/verify/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import { memoryArchive, testSigner } from '../../support/archive-parts.ts';
import { type Files, type MadeArchive, makeArchive } from './an-archive.ts';
import { BY_OUTSIDERS } from './by-outsiders.ts';
import { BY_SIGNERS } from './by-signers.ts';
import { HARMLESS } from './harmless.ts';
import { HAS_PYTHON, python, secondVerdicts, VERIFIER, type Verdict } from './python.ts';
import { type Change, cutBeforeRotation, LAST, withoutClaims } from './tampering.ts';

let made: MadeArchive;
let directory: string;
let keys: readonly string[];
let count = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bailiwick-second-verifier-'));
  made = await makeArchive();
  keys = (await made.signer.keys()).map(({ id }) => id);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** As a directory, and in memory. */
function written(files: Files): string {
  count += 1;
  const root = join(directory, String(count));
  mkdirSync(root);
  for (const [key, bytes] of files) {
    mkdirSync(dirname(join(root, key)), { recursive: true });
    writeFileSync(join(root, key), bytes);
  }
  return root;
}

async function ownKinds(files: Files, given: readonly string[]): Promise<readonly string[]> {
  const archive = memoryArchive();
  for (const [key, bytes] of files) archive.files.set(key, bytes);
  const { faults } = await verifyArchive(archive, { keys: given });
  return Object.keys(faults.byKind);
}

const kindsOf = ({ faults }: Verdict) => [
  ...new Set(faults.map((fault) => fault.slice(0, fault.indexOf(':')))),
];

function changed(...changes: readonly Change[]): Files {
  const files = new Map(made.files);
  for (const change of changes) change({ files, signer: made.signer });
  return files;
}

function keyFile(place: number): string {
  const key = made.signer.made[place];
  const file = join(directory, `${place}.pem`);
  if (key !== undefined) writeFileSync(file, createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  return file;
}

describe.skipIf(!HAS_PYTHON)('a second verifier, in Python', () => {
  test('finds something in all that was tampered with, as the first does', async () => {
    const all = [
      ...Object.entries(BY_OUTSIDERS).map(([name, change]) => ({ name, files: changed(change) })),
      ...Object.entries(BY_SIGNERS).map(([name, change]) => ({
        name,
        files: changed(withoutClaims, change),
      })),
    ];
    const verdicts = secondVerdicts(all.map(({ files }) => ({ directory: written(files), keys })));
    for (const [place, { name, files }] of all.entries()) {
      const own = await ownKinds(files, keys);
      const second = kindsOf(verdicts[place] ?? { faults: [], notes: [] });
      expect.soft(own, `${name}, by the first`).not.toEqual([]);
      expect.soft(second, `${name}, by the second`).not.toEqual([]);
      expect(FAULT_KINDS, name).toEqual(expect.arrayContaining(second));
    }
  });

  test('finds nothing in what is whole, whichever key of the chain is given', async () => {
    const all = Object.entries(HARMLESS).flatMap(([name, change]) =>
      [...keys.map((key) => [key]), keys].map((given) => ({ name, given, files: changed(change) })),
    );
    const verdicts = secondVerdicts(
      all.map(({ files, given }) => ({ directory: written(files), keys: given })),
    );
    for (const [place, { name, given, files }] of all.entries()) {
      expect(verdicts[place]?.faults, name).toEqual([]);
      expect(await ownKinds(files, given), name).toEqual([]);
    }
  });

  test('believes no key that it was not given', async () => {
    const given = (await testSigner().keys()).map(({ id }) => id);
    const [verdict] = secondVerdicts([{ directory: written(made.files), keys: given }]);
    expect(kindsOf(verdict ?? { faults: [], notes: [] })).toEqual(['otherKey']);
    expect(await ownKinds(made.files, given)).toEqual(['otherKey']);
  });

  test('says the same as the first of any byte that is another', async () => {
    const names = [...made.files.keys()];
    const flip = fc.tuple(fc.nat(names.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }));
    const all = fc.sample(flip, 40).map(([place, at, by]) => {
      const [files, key] = [new Map(made.files), names[place] ?? ''];
      const bytes = Buffer.from(files.get(key) ?? []);
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ by;
      files.set(key, bytes);
      return { name: `byte ${at % bytes.length} of ${key}`, files };
    });
    const verdicts = secondVerdicts(all.map(({ files }) => ({ directory: written(files), keys })));
    for (const [place, { name, files }] of all.entries()) {
      const isWhole = (await ownKinds(files, keys)).length === 0;
      expect(verdicts[place]?.faults.length === 0, name).toBe(isWhole);
    }
  });

  test('says so by its exit code and its last line', () => {
    const whole = python([VERIFIER, written(made.files), '--key', keyFile(0)]);
    expect(whole).toMatchObject({ status: 0, stderr: '' });
    expect(whole.stdout).toMatch(/^not signed yet: events\/\S+\nok 6 digests, 22 events\n$/);

    const files = new Map(made.files);
    files.delete(digestKey(2));
    const broken = python([VERIFIER, written(files), '--key', keyFile(1)]);
    expect(broken).toMatchObject({ status: 1, stderr: '' });
    expect(broken.stdout).toMatch(/^missing: digests 2 to 2\n(?:.+\n)*\d+ faults\n$/m);
  });

  test('misses a digest that was written down, and is gone', () => {
    const files = new Map(made.files);
    files.delete(digestKey(LAST));
    // Nothing that is left tells of it.
    for (const key of files.keys()) if (key.includes('/hour=18/')) files.delete(key);
    const head = sha256(made.files.get(digestKey(LAST)) ?? '');
    const [before, after, unasked] = secondVerdicts([
      { directory: written(made.files), keys, head },
      { directory: written(files), keys, head },
      { directory: written(files), keys },
    ]);
    expect(before?.faults).toEqual([]);
    expect(after?.faults).toEqual([`cutBack: no digest has the hash ${head}`]);
    expect(unasked?.faults).toEqual([]);
  });

  test('an old key vouches for another end, and no key after it does', async () => {
    const files = changed(withoutClaims, cutBeforeRotation);
    const [old = '', newest = ''] = keys;
    const root = written(files);
    const head = sha256(made.files.get(digestKey(LAST)) ?? '');
    const verdicts = secondVerdicts([
      { directory: root, keys: [old] },
      { directory: root, keys: [newest] },
      { directory: root, keys: [old], head },
    ]);
    const kinds = verdicts.map(kindsOf);
    expect(kinds).toEqual([[], ['otherKey'], ['cutBack']]);
    expect(await ownKinds(files, [old])).toEqual([]);
    expect(await ownKinds(files, [newest])).toEqual(['otherKey']);
  });

  test('is used in one way only', () => {
    writeFileSync(join(directory, 'no-key.pem'), 'no key');
    const root = written(made.files);
    for (const args of [
      [root],
      [`${root}/nothing`, '--key', keyFile(0)],
      [root, '--key', join(directory, 'no-key.pem')],
    ]) {
      expect(python([VERIFIER, ...args]).status, args.join(' ')).toBe(2);
    }
  });

  test('takes a link for no file, wherever it leads', () => {
    const root = written(made.files);
    const elsewhere = written(made.files);
    rmSync(join(root, digestKey(LAST)));
    symlinkSync(join(elsewhere, digestKey(LAST)), join(root, digestKey(LAST)));
    symlinkSync(join(elsewhere, 'events'), join(root, 'more'));
    const [verdict] = secondVerdicts([{ directory: root, keys }]);
    expect(kindsOf(verdict ?? { faults: [], notes: [] })).toEqual(['altered', 'added']);
  });

  test('leaves alone what has not grown up to its name', () => {
    const root = written(made.files);
    mkdirSync(join(root, '.unfinished'));
    writeFileSync(join(root, '.unfinished', 'half'), 'half');
    expect(secondVerdicts([{ directory: root, keys }])[0]?.faults).toEqual([]);
  });
});
