// What no charset hides from masking: wide ones without a mark, those that nobody can read, and bytes that are no text between those that are.
import { createHash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskedBody } from '../../../src/connectors/http/index.ts';
import { createMasker, NO_RULES } from '../../../src/masking/index.ts';
import { createScrub } from '../../../src/shared/scrub.ts';
import { Secret } from '../../../src/shared/secret.ts';

const SECRET = 'canary-key-1';
const scrub = createScrub([new Secret(SECRET)]);
const masker = createMasker(NO_RULES, { current: { id: 'k1', key: Buffer.alloc(32) } });
const mask = (body: Uint8Array, type: string | undefined) =>
  maskedBody(body, type, {
    text: async (text, format) => scrub(masker.text(text, undefined, format)),
    scrub,
  });

const WIDE = {
  'UTF-16LE': (text: string) => Buffer.from(text, 'utf16le'),
  'UTF-16BE': (text: string) => Buffer.from(text, 'utf16le').swap16(),
  'UTF-32LE': (text: string) => utf32(text, 'writeUInt32LE'),
  'UTF-32BE': (text: string) => utf32(text, 'writeUInt32BE'),
} as const;

function utf32(text: string, write: 'writeUInt32LE' | 'writeUInt32BE'): Buffer {
  const bytes = Buffer.alloc([...text].length * 4);
  for (const [place, character] of [...text].entries())
    bytes[write](character.codePointAt(0) ?? 0, place * 4);
  return bytes;
}

/** By its numbers in code page 037. */
function ebcdic(text: string): Buffer {
  const letter = (from: string, first: number) => (code: number) => first + code - from.charCodeAt(0);
  const ranges: readonly [RegExp, (code: number) => number][] = [
    [/[a-i]/u, letter('a', 0x81)],
    [/[j-r]/u, letter('j', 0x91)],
    [/[s-z]/u, letter('s', 0xa2)],
    [/[0-9]/u, letter('0', 0xf0)],
  ];
  const signs = new Map(
    [...'{}":,@. -'].map((sign, place) => [
      sign,
      [0xc0, 0xd0, 0x7f, 0x7a, 0x6b, 0x7c, 0x4b, 0x40, 0x60][place] ?? 0,
    ]),
  );
  return Buffer.from(
    [...text].map((one) => {
      const of = ranges.find(([range]) => range.test(one))?.[1];
      return of === undefined ? (signs.get(one) ?? 0) : of(one.charCodeAt(0));
    }),
  );
}

const JSON_TEXT = `{"note":"jane@example.com","key":"${SECRET}","smile":"😀 é"}`;
const JSON_CLEAN = '{"note":"[EMAIL]","key":"[secret]","smile":"😀 é"}';

describe.each(Object.entries(WIDE))('%s', (name, write) => {
  it.each([
    'application/json',
    `application/json; charset=${name}`,
    'text/plain',
    `text/plain; charset=${name.slice(0, -2)}`,
    'text/plain; charset=utf-8',
    'application/octet-stream',
    'application/vnd.ms-excel',
    undefined,
  ])('of the type %j is masked, and stays what it is', async (type) => {
    for (const mark of ['', '\ufeff']) {
      const made = await mask(write(mark + JSON_TEXT), type);
      expect(made).toEqual({ body: write(mark + JSON_CLEAN), contentType: type, text: JSON_CLEAN });
    }
  });

  it.each(['text/plain', 'application/octet-stream', undefined])(
    'that begins with other letters is masked as %j',
    async (type) => {
      const made = await mask(write(`日本語日本語日本語日本語 Ā ${JSON_TEXT}`), type);
      expect(made).toMatchObject({
        body: write(
          `日本語日本語日本語日本語 Ā ${JSON_TEXT.replace('jane@example.com', '[EMAIL]').replace(SECRET, '[secret]')}`,
        ),
      });
    },
  );

  it('with a zero in it is refused as text, and masked where it says nothing', async () => {
    const body = write(`${JSON_TEXT}\0`);
    expect(await mask(body, 'text/plain')).toHaveProperty('problem');
    const made = await mask(body, undefined);
    expect(Buffer.from('body' in made ? made.body : [])).toEqual(write(`${JSON_CLEAN}\0`));
  });

  it('with half a character at its end keeps it', async () => {
    const made = await mask(Buffer.concat([write(JSON_TEXT), Buffer.from([0x41])]), 'text/plain');
    expect(made).toMatchObject({ body: Buffer.concat([write(JSON_CLEAN), Buffer.from([0x41])]) });
  });
});

describe('what cannot be read', () => {
  it.each([
    ['EBCDIC', ebcdic(JSON_TEXT.slice(0, 20)), 'text/plain; charset=IBM037'],
    ['EBCDIC as JSON', ebcdic(JSON_TEXT.slice(0, 20)), 'application/json;charset=IBM037'],
    ['EBCDIC of another type', ebcdic(JSON_TEXT.slice(0, 20)), 'application/vnd.report; charset=cp1047'],
    ['UTF-7', Buffer.from('jane+AEA-example.com'), 'text/plain; charset=utf-7'],
    ['UTF-7 as JSON', Buffer.from('{"a":"jane+AEA-example.com"}'), 'application/json; charset=utf-7'],
    ['what TextDecoder replaces', Buffer.from('a'), 'text/plain; charset=iso-2022-kr'],
    ['two charsets', Buffer.from('a'), 'text/plain; charset=utf-8; charset=shift_jis'],
    ['two charsets, badly written', Buffer.from('a'), 'text/plain; charset = utf-8; charset = utf-7;;'],
    ['a zero in JSON', Buffer.from(`${JSON_TEXT}\0`), 'application/json'],
    ['a zero in a form', Buffer.from('a=\0'), 'application/x-www-form-urlencoded'],
    ['a zero in a table', Buffer.from('a,b\n\0,c\n'), 'text/csv'],
    ['zeros after a mark', Buffer.from('\ufeff\0\0', 'utf16le'), 'text/xml'],
    ['a zero at the end of a line', Buffer.from('jane@example.com\0'), 'text/plain'],
    ['zeros between lines', Buffer.from('jane@example.com\0'.repeat(9)), 'text/plain'],
    ['ASCII that says UTF-16', Buffer.from('jane@example.com\0!'), 'text/plain; charset=utf-16le'],
    [
      'ASCII between UTF-16',
      Buffer.concat([WIDE['UTF-16LE'](JSON_TEXT), Buffer.from('to: some.body@example.com')]),
      'text/plain',
    ],
    ['no code of UTF-32', Buffer.from([0x41, 0, 0, 0, 0, 0, 0x11, 0]), 'text/plain; charset=utf-32le'],
  ])('%s is a problem, and nothing of it comes out', async (_, body, type) => {
    const made = await mask(body, type);
    expect(Object.keys(made)).toEqual(['problem']);
    expect(made).toHaveProperty('problem', expect.stringMatching(/^The body.*can't be masked\.$/u));
  });

  it('is told without what could end a line', async () => {
    const made = await mask(Buffer.from('a'), `text/plain; charset="x\`\u202e${'y'.repeat(99)}"`);
    expect(made).toHaveProperty('problem', expect.stringContaining(`\`x??${'y'.repeat(61)}…\``));
  });

  it.each(['utf8mb4', 'UTF_8', 'binary', '""', 'us-ascii', 'UTF-8'])('is not %s', async (charset) => {
    const made = await mask(Buffer.from('a@example.com'), `text/plain; charset=${charset}`);
    expect(made).toHaveProperty('text', '[EMAIL]');
  });
});

const UNTYPED = [
  'application/octet-stream',
  'multipart/form-data; boundary=x',
  'application/cbor',
  'image/png',
  undefined,
];
const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Uint8Array.from(part))));

describe('text with bytes in it that are none', () => {
  const long = `Zoë wrote: jane@example.com, ${SECRET}. `;
  const clean = 'Zoë wrote: [EMAIL], [secret]. ';
  it.each([
    ['one at its end', bytes(long, [0xff]), bytes(clean, [0xff]), `${clean}\ufffd`],
    ['a zero', bytes(long, [0]), bytes(clean, [0]), `${clean}\0`],
    [
      'a few at its beginning',
      bytes([0xa2, 0x61], long, [0xff]),
      bytes([0xa2, 0x61], clean, [0xff]),
      `\ufffda${clean}\ufffd`,
    ],
    ['half a character', bytes([0xe2, 0x82], long), bytes([0xe2, 0x82], clean), `\ufffd\ufffd${clean}`],
    [
      'what stands for a byte elsewhere',
      bytes('\uf7ff', long, [0xff]),
      bytes('\uf7ff', clean, [0xff]),
      `\ufffd\ufffd\ufffd${clean}\ufffd`,
    ],
  ])('%s is masked, and keeps them', async (_, body, expected, text) => {
    for (const type of UNTYPED) {
      const isLossy = text.includes('\ufffd') ? true : undefined;
      expect(await mask(body, type)).toEqual({ body: expected, contentType: type, text, isLossy });
    }
  });

  it('is masked in whatever charset has no controls', async () => {
    const shiftJis = bytes([0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea, 0x93, 0xfa, 0x96, 0x7b], ' a@example.com');
    const made = await mask(shiftJis, 'application/vnd.report');
    expect(made).toMatchObject({ body: bytes([...shiftJis.subarray(0, 10)], ' [EMAIL]') });
  });

  it('is masked as JSON where it is that', async () => {
    const made = await mask(bytes('{"password":"hunter22aa', [0xff], '"}'), undefined);
    expect(made).toMatchObject({ body: bytes('{"password":"[PASSWORD]"}') });
  });

  it('keeps every byte where nothing is found, and all but what is put in where something is', async () => {
    const noise = fc
      .uint8Array({ maxLength: 5 })
      .filter(([first = 0, second = 0]) => first < 0xfe || second < 0xfe)
      .map((one) => Buffer.from(one));
    const pieces = fc.constantFrom('a', ' ', 'é', '€', '😀', '\uf780', '\uf7ff', '\0', '@');
    const text = fc.array(pieces, { minLength: 60, maxLength: 90 }).map((all) => Buffer.from(all.join('')));
    await fc.assert(
      fc.asyncProperty(noise, text, noise, async (before, middle, after) => {
        const body = Buffer.concat([before, middle, after]);
        const made = await maskedBody(body, undefined, {
          text: (one) => `${one}#`,
          scrub: (one) => `${one}#`,
        });
        expect(made).toHaveProperty('body', Buffer.concat([body, Buffer.from('#')]));
      }),
      { numRuns: 200 },
    );
  });
});

/** As if drawn, and the same each time. */
function drawn(length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) =>
    createHash('sha256').update(`${block}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

function zip(name: string, content: string): Buffer {
  const local = Buffer.alloc(30);
  local.write('PK\x03\x04', 'latin1');
  local.writeUInt32LE(content.length, 18);
  local.writeUInt32LE(content.length, 22);
  local.writeUInt16LE(name.length, 26);
  return bytes([...local], name, content, 'PK\x05\x06', new Array<number>(18).fill(0));
}

/** Numbers, and a name now and then. */
function protobuf(): Buffer {
  const points = [...drawn(4000)].flatMap((byte) => [0x08, byte | 0x80, 0x01, 0x15, byte, 0, 0x80, 0x3f]);
  return bytes([0x0a, 0x10], 'jane@example.com', points, [0x12, 0x10], 'jane@example.com');
}

describe('what begins as a file of some kind does', () => {
  it.each(['%PDF- my title', 'GIF89a', 'OggS', 'PAR1'])('%s: but is text, and masked', async (start) => {
    const text = `${start};Müller;jane@example.com\n`.repeat(3);
    const made = await mask(Buffer.from(text, 'latin1'), 'application/octet-stream');
    expect('body' in made && Buffer.from(made.body).toString('latin1')).not.toContain('jane@example.com');
  });
});

describe('what is binary', () => {
  const mail = 'jane@example.com ';
  it.each([
    [
      'a picture',
      bytes([0x89], 'PNG\r\n\x1a\n', [0, 0, 0, 0x0d], 'IHDR', [...drawn(2000)], mail, [...drawn(500)]),
    ],
    [
      'a picture with a long comment',
      bytes([0xff, 0xd8, 0xff, 0xfe, 0x10, 0], mail.repeat(200), [...drawn(100)]),
    ],
    ['an archive of what is not packed', zip('a.txt', mail.repeat(200))],
    ['what is packed', gzipSync(mail.repeat(200))],
    ['what is packed, without a signature', bytes([...brotliCompressSync(drawn(3000))], mail)],
    [
      'a document',
      bytes(
        '%PDF-1.7\n%',
        [0xe2, 0xe3, 0xcf, 0xd3],
        '\n',
        `1 0 obj<</Author(${mail})>>endobj\n`.repeat(50),
        [...drawn(100)],
        '\nstartxref\n1700\n%%EOF\n',
      ),
    ],
    ['a program', bytes([0], 'asm', [1, 0, 0, 0], mail.repeat(100), [...drawn(200)])],
    ['a message of numbers', protobuf()],
    ['sound', bytes([...drawn(4000)].flatMap((byte) => [byte, 0, 0xff, byte]).concat([0, 0]), mail)],
    ['what begins as if it were marked', bytes([0xff, 0xfe], [...drawn(3000)], mail)],
    ['nothing but zeros', Buffer.alloc(4096)],
  ])('stays as it is, byte for byte: %s', async (_, body) => {
    for (const type of UNTYPED) {
      expect(await mask(body, type)).toEqual({ body, contentType: type, text: undefined });
    }
  });

  it('loses the secret where it was taken for something wide', async () => {
    const around = Buffer.from('日本語 and all that', 'utf16le');
    const made = await mask(Buffer.concat([around, Buffer.from(SECRET), around]), 'text/plain');
    expect(made).toMatchObject({ body: Buffer.concat([around, Buffer.from('[secret]'), around]) });
  });

  it('loses the secret all the same', async () => {
    const made = await mask(bytes([...drawn(1000)], SECRET, [...drawn(1000)]), 'image/png');
    expect(made).toMatchObject({
      body: bytes([...drawn(1000)], '[secret]', [...drawn(1000)]),
      text: undefined,
    });
  });
});
