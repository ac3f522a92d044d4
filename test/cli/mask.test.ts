// `bailiwick mask` as operators pipe something through it.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDecoder, createEncoder } from '../../src/cli/mask/bytes.ts';
import { BASE, directoryOf, emptyDirectory } from '../config/support.ts';
import { piped } from './support/piped.ts';

const EMAIL = 'canary.bird@example.net';
/** So that no broker's config is found that happens to have run here. */
const nowhere = () => ['--data', join(emptyDirectory(), 'none')];

async function mask(args: readonly string[], ...input: readonly (Buffer | string)[]) {
  const { code, out, err } = await piped(['mask', ...args], input);
  return { code, out: out.toString('utf8'), err };
}

const withMasking = (yaml: string, ofTarget = '') =>
  directoryOf({
    ...BASE,
    'broker.yaml': `${BASE['broker.yaml']}\n${yaml}`,
    'targets/store.yaml': `${BASE['targets/store.yaml']}\n${ofTarget}`,
  });

describe('text', () => {
  test('is masked, and nothing is said of it', async () => {
    const said = await mask(nowhere(), `Write to ${EMAIL},\r\nnot to nobody.\n`);
    expect(said).toEqual({ code: 0, out: 'Write to [EMAIL],\r\nnot to nobody.\n', err: '' });
  });

  test('may be empty, and come in pieces that cut everything in two', async () => {
    expect(await mask(nowhere(), '')).toEqual({ code: 0, out: '', err: '' });
    const bytes = Buffer.from(`Größe 🐦 ${EMAIL} 🐦`.repeat(20));
    const pieces = Array.from(bytes, (byte) => Buffer.of(byte));
    expect((await mask(nowhere(), ...pieces)).out).toBe('Größe 🐦 [EMAIL] 🐦'.repeat(20));
  });

  test('that is no UTF-8 comes out byte for byte', async () => {
    const [before, after] = [
      Buffer.of(0xff, 0x20, 0xc3, 0x0a, 0xed, 0xa0, 0x80, 0x20),
      Buffer.of(0x20, 0xf0, 0x9f),
    ];
    const { out } = await piped(['mask', ...nowhere()], [before, EMAIL, after]);
    expect(out).toEqual(Buffer.concat([before, Buffer.from('[EMAIL]'), after]));
  });

  test('that is JSON stays JSON', async () => {
    const { out } = await mask(nowhere(), `{ "a": ["${EMAIL}", 1.50],\n "b" : {} }\n`);
    expect(out).toBe('{ "a": ["[EMAIL]", 1.50],\n "b" : {} }\n');
  });

  test('is counted where that is asked for', async () => {
    const [one, none] = await Promise.all([
      mask([...nowhere(), '--summary'], `${EMAIL} and a.${EMAIL}`),
      mask([...nowhere(), '--summary'], 'nothing'),
    ]);
    expect(one.err).toBe('masked: EMAIL=2\n');
    expect(none.err).toBe('masked: nothing\n');
  });

  test('of any length takes little room, and less of it is read once nobody wants more', async () => {
    const block = Buffer.from(`${'plain words of no interest '.repeat(2000)}${EMAIL}\n`);
    function* endless() {
      for (;;) yield block;
    }
    const small = { nodeArguments: ['--max-old-space-size=64'] };
    const { code, out, err } = await piped(['mask', ...nowhere()], endless(), { ...small, most: 20_000_000 });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.subarray(0, 1_000_000).includes('canary')).toBe(false);
  });
});

test.runIf(existsSync('/dev/full'))('a full disk is said in a sentence', () => {
  const full = openSync('/dev/full', 'w');
  const command = join(import.meta.dirname, '../../src/cli/bailiwick.mjs');
  const { status, stderr } = spawnSync(process.execPath, [command, 'mask', ...nowhere()], {
    input: EMAIL,
    stdio: ['pipe', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: "Standard output can't be written (ENOSPC).\n",
  });
});

describe('--jsonl', () => {
  const lines = (...all: readonly unknown[]) => all.map((one) => `${JSON.stringify(one)}\n`).join('');

  test('says of each line what it becomes, and where something was found', async () => {
    const input = lines(
      { id: 'a', text: `🐦 ${EMAIL}` },
      { id: 2, text: 'nothing' },
      { text: '', id: '', more: 1 },
    );
    const { code, out, err } = await mask([...nowhere(), '--jsonl'], input);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      lines(
        { id: 'a', masked: '🐦 [EMAIL]', spans: [{ type: 'EMAIL', start: 3, end: 3 + EMAIL.length }] },
        { id: 2, masked: 'nothing', spans: [] },
        { id: '', masked: '', spans: [] },
      ),
    );
  });

  test('takes a last line without an end, empty lines, and Windows line ends', async () => {
    const { code, out } = await mask(
      [...nowhere(), '--jsonl'],
      '{"id":1,"text":"x"}\r\n\n{"id":2,"text":"y"}',
    );
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(2);
  });

  test.for([
    ['no JSON', '{"id":1,'],
    ['no object', '[]'],
    ['no text', '{"id":1}'],
    ['no id', '{"text":"x"}'],
    ['a text that is none', '{"id":1,"text":7}'],
  ])('says which line is %s, after what came before it', async ([, bad]) => {
    const { code, out, err } = await mask(
      [...nowhere(), '--jsonl'],
      `{"id":1,"text":"x"}\n${bad}\n{"id":3,"text":"z"}\n`,
    );
    expect({ code, out }).toEqual({ code: 2, out: '{"id":1,"masked":"x","spans":[]}\n' });
    expect(err).toMatch(/^Line 2 [^\n]+\.\n$/);
  });

  test('takes numbers for ids as they are spelled, and a mark of byte order before the first line', async () => {
    const ids = ['12345678901234567890', '1.0', '-0', '1e400'];
    const input = ids.map((id) => `{"more":{"id":7},"id":${id},"text":"x"}\n`).join('');
    const { code, out } = await mask([...nowhere(), '--jsonl'], `\ufeff${input}`);
    expect({ code, out }).toEqual({
      code: 0,
      out: ids.map((id) => `{"id":${id},"masked":"x","spans":[]}\n`).join(''),
    });
  });

  test('says which line is no UTF-8', async () => {
    const bad = Buffer.concat([Buffer.from('{"id":2,"text":"'), Buffer.of(0xff), Buffer.from('"}\n')]);
    const said = await mask([...nowhere(), '--jsonl'], '{"id":1,"text":"x"}\n', bad);
    expect(said).toEqual({
      code: 2,
      out: '{"id":1,"masked":"x","spans":[]}\n',
      err: 'Line 2 is not UTF-8.\n',
    });
  });

  test('goes on while somebody reads, and ends quietly', async () => {
    const line = `${JSON.stringify({ id: 1, text: `Write to ${EMAIL}` })}\n`.repeat(500);
    function* endless() {
      for (;;) yield line;
    }
    const { code, err } = await piped(['mask', '--jsonl', ...nowhere()], endless(), { most: 100_000 });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

describe('rules', () => {
  const dir = () =>
    withMasking(
      'masking: { detectors: { EMAIL: drop } }',
      'masking: { detectors: { EMAIL: keep, CREDIT_CARD: last4 } }',
    );

  test("are broker.yaml's, or a target's laid over them", async () => {
    const config = ['--config', dir(), ...nowhere()];
    const input = `${EMAIL} 4242 4242 4242 4242`;
    const [words, target] = await Promise.all([
      mask(config, input),
      mask([...config, '--target', 'store'], input),
    ]);
    expect(words).toEqual({ code: 0, out: ' [CREDIT_CARD]', err: '' });
    expect(target).toEqual({ code: 0, out: `${EMAIL} [CREDIT_CARD:…4242]`, err: '' });
  });

  test('of a target that is not there, or of files with faults, are none', async () => {
    const config = ['--config', dir(), ...nowhere()];
    const [meant, broken] = await Promise.all([
      mask([...config, '--target', 'stoer'], ''),
      mask(['--config', withMasking('masking: { detectors: { EMAIL: shout } }')], EMAIL),
    ]);
    expect(meant).toEqual({
      code: 2,
      out: '',
      err: 'There is no target stoer in the config. Did you mean store?\n',
    });
    expect(broken).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/`bailiwick check [^`]+` says why\.\n$/),
    });
  });
});

describe('pseudonyms', () => {
  const config = () => ['--config', withMasking('masking: { detectors: { EMAIL: pseudonym } }')];

  test('without a broker are of a key that is forgotten, which is said', async () => {
    const args = [...config(), ...nowhere()];
    const [one, other] = [await mask(args, `${EMAIL} ${EMAIL}`), await mask(args, EMAIL)];
    expect(one.err).toMatch(/^No broker has run with [^\n]+: these pseudonyms [^\n]+\.\n$/);
    const [first = '', second] = one.out.split(' ');
    expect(first).toMatch(/^\[EMAIL:k1-[a-z2-7]{16}\]$/);
    expect(second).toBe(first);
    expect(other.out).not.toBe(first);
  });

  test("are those of the data directory's key, until there is a new one", async () => {
    const data = emptyDirectory();
    const args = [...config(), '--data', data];
    expect(await mask(['--new-key', '--data', data])).toMatchObject({ code: 0, err: '' });
    const file = join(data, 'masking-keys.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [one, same] = [await mask(args, EMAIL), await mask(args, EMAIL)];
    expect(one).toMatchObject({ err: '', out: expect.stringMatching(/^\[EMAIL:k1-/) });
    expect(same.out).toBe(one.out);
    await mask(['--new-key', '--data', data]);
    const next = await mask(args, EMAIL);
    expect(next.out).toMatch(/^\[EMAIL:k2-/);
    expect(next.out.slice(-17)).not.toBe(one.out.slice(-17));
  });

  test('need a key that is whole, and for its owner alone', async () => {
    const data = emptyDirectory();
    const file = join(data, 'masking-keys.json');
    writeFileSync(file, '{"id":"k1","key":"short"}', { mode: 0o600 });
    expect(await mask([...config(), '--data', data], EMAIL)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('damaged'),
    });
    rmSync(file);
    writeFileSync(file, JSON.stringify({ id: 'k1', key: 'x'.repeat(64) }), { mode: 0o644 });
    const said = await mask([...config(), '--data', data], EMAIL);
    expect(said).toMatchObject({ code: 2, out: '', err: expect.stringContaining('chmod 600') });
    expect(readFileSync(file, 'utf8')).toContain('k1');
  });
});

test.for([['--jsonll'], ['text.txt'], ['--new-key', '--jsonl'], ['--target']])(
  '%j is no use of it',
  async (args) => {
    const { code, out, err } = await mask(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('usage: bailiwick mask');
  },
);

describe('bytes', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 12 });

  test('come out as they went in, however they are cut', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const [decoder, encoder] = [createDecoder(), createEncoder()];
        const texts = [...parts.map((part) => decoder.push(Buffer.from(part))), decoder.end()];
        const back = [...texts.join('')].map((character) => encoder.push(character));
        expect(Buffer.concat(back)).toEqual(Buffer.concat(parts));
      }),
    );
  });

  test('that are UTF-8 are the text that they are, however they are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(40)), (text, cuts) => {
        const bytes = Buffer.from(text, 'utf8');
        const decoder = createDecoder();
        const borders = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
          bytes.length,
        ];
        const parts = borders.slice(1).map((to, place) => decoder.push(bytes.subarray(borders[place], to)));
        expect(parts.join('') + decoder.end()).toBe(text);
      }),
    );
  });
});
