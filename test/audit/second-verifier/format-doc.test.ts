// What docs/audit-format.md says by example is so, and what it says to do by hand can be done.
import { spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createMerkleTree,
  digestKey,
  inclusionPath,
  leafHash,
  readDigest,
} from '../../../src/audit/index.ts';
import { FAULT_KINDS } from '../../../src/audit/verify/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import { type Files, makeArchive } from './an-archive.ts';
import { HAS_PYTHON } from './python.ts';

const DOC = readFileSync(fileURLToPath(new URL('../../../docs/audit-format.md', import.meta.url)), 'utf8');
const EXAMPLE = ['{"n":1}', '{"n":2}', '{"n":3}'].map((line) => leafHash(Buffer.from(line)));
const HAS_TOOLS = ['openssl', 'jq', 'zcat', 'sha256sum', 'base64'].every(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool}`], { timeout: 20_000 }).status === 0,
);
const BY_HAND = [...DOC.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, script = '']) => script);

let directory: string;
let files: Files;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'bailiwick-format-'));
  const made = await makeArchive();
  files = made.files;
  for (const [key, bytes] of files) {
    mkdirSync(dirname(join(directory, 'archive', key)), { recursive: true });
    writeFileSync(join(directory, 'archive', key), bytes);
  }
  const [key] = made.signer.made;
  if (key === undefined) throw new Error('there is no key');
  writeFileSync(join(directory, 'key.pem'), createPublicKey(key).export({ type: 'spki', format: 'pem' }));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function byHand(script: string | undefined, more: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', script ?? 'exit 1'], {
    cwd: join(directory, 'archive'),
    env: { PATH: process.env['PATH'], KEY: '../key.pem', WORK: directory, N: '0000000001', ...more },
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

test('the roots of the example are those', () => {
  const rows = [...DOC.matchAll(/^\| (\d) \| (?:`(\w{64})`)? ?\| `(\w{64})` \|$/gm)];
  expect(rows).toHaveLength(EXAMPLE.length + 1);
  for (const [, size, leaf, root] of rows) {
    const tree = createMerkleTree();
    for (const each of EXAMPLE.slice(0, Number(size))) tree.add(each);
    expect(tree.root().toString('hex')).toBe(root);
    expect(EXAMPLE[Number(size) - 1]?.toString('hex')).toBe(leaf);
  }
});

test('every kind of fault is explained', () => {
  const [table = ''] = DOC.slice(DOC.indexOf('| kind |')).split('\n\n');
  expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, kind]) => kind)).toEqual([...FAULT_KINDS]);
});

test('its names are those of an archive', () => {
  for (const key of [...files.keys()]) {
    const [folder = ''] = key.split('/');
    expect(DOC).toContain(`"${folder}/`);
  }
});

describe.skipIf(!HAS_PYTHON)('by hand, with Python', () => {
  test('a proof leads to the root', () => {
    for (const [place, leaf] of EXAMPLE.entries()) {
      const path = inclusionPath(EXAMPLE, place).map((hash) => Buffer.from(hash).toString('hex'));
      expect(leaf).toBeDefined();
      if (place > 0) for (const hash of path) expect(DOC).toContain(hash);
      writeFileSync(join(directory, 'line'), `{"n":${place + 1}}\n`);
      const proof = { PLACE: String(place), SIZE: '3', HASHES: path.join(' ') };
      expect(byHand(BY_HAND[2], proof)).toBe(
        '745dce0c223010d103d8a8743d73dd26e3ba012049a53aaaeceeb21c0e90e140\n',
      );
    }
  });
});

describe.skipIf(!HAS_PYTHON || !HAS_TOOLS)('by hand, with openssl, jq, zcat and sha256sum', () => {
  test('a digest, its files, an event', () => {
    const signed = readDigest(files.get(digestKey(1)) ?? Buffer.alloc(0));
    const said = byHand(BY_HAND[0]);
    expect(said).toMatch(/^Verified OK$/m);
    expect(said.match(/: OK$/gm)).toHaveLength(4);
    expect(said).toContain(sha256(files.get(digestKey(1)) ?? ''));
    const [first = ''] = gunzipSync(files.get(signed?.digest.index?.key ?? '') ?? '')
      .toString()
      .split('\n');
    expect(said).toContain(`${first.split(' ')[1]}  -\n${first}\n`);
  });

  test('the root', () => {
    const [made, told, ...rest] = byHand(BY_HAND[1]).split('\n');
    expect(made).toBe(readDigest(files.get(digestKey(1)) ?? Buffer.alloc(0))?.digest.root);
    expect(told).toBe(made);
    expect(rest).toEqual(['']);
  });
});
