// Multipart bodies, masked part by part.
import { describe, expect, it } from 'vitest';
import type { BodyMasking } from '../../../src/connectors/http/content.ts';
import { maskedBody } from '../../../src/connectors/http/index.ts';
import { createMasker, NO_RULES } from '../../../src/masking/index.ts';

const masker = createMasker(
  { ...NO_RULES, keys: { internal_note: 'drop', memo: 'redact' } },
  { current: { id: 'k1', key: Buffer.alloc(32) } },
);
const MASKING: BodyMasking = {
  text: (text, format, name) => masker.text(text, undefined, format, name),
  scrub: (text) => text.replaceAll('canary', '[secret]'),
};
const TYPE = 'multipart/form-data; boundary=b12';

async function masked(body: string | Uint8Array, type = TYPE, masking = MASKING) {
  const made = await maskedBody(typeof body === 'string' ? Buffer.from(body) : body, type, masking);
  if ('problem' in made) throw new Error(made.problem);
  return { ...made, written: Buffer.from(made.body).toString('latin1') };
}

const field = (name: string, value: string, more = '') =>
  `--b12\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const END = '--b12--\r\n';

describe('multipart', () => {
  it('says so where some bytes of a part are no text, and others could look the same', async () => {
    const bytes = (...codes: number[]) =>
      Buffer.concat([
        Buffer.from(field('to', 'x'.repeat(40)).slice(0, -2)),
        Buffer.from(codes),
        Buffer.from(`\r\n${END}`),
      ]);
    const [one, other] = [await masked(bytes(0xc4, 0xc5)), await masked(bytes(0xe9, 0xff))];
    expect([one.isLossy, other.isLossy]).toEqual([true, true]);
    expect((await masked(field('to', 'plain') + END)).isLossy).toBeUndefined();
  });

  it.each([
    [
      'knows the names of fields',
      field('password', 'hunter2xyz') + field('user[password]', 'q7Rk2Wn9') + field('a', 'hunter2xyz') + END,
      field('password', '[PASSWORD]') +
        field('user[password]', '[PASSWORD]') +
        field('a', 'hunter2xyz') +
        END,
    ],
    [
      'heeds rules for keys',
      field('internal_note', 'hello') + field('MEMO', 'a\r\nb', '; filename="x.bin"') + END,
      field('internal_note', '') + field('MEMO', '[RULE]', '; filename="x.bin"') + END,
    ],
    [
      'reads each part as what it says it is',
      `${field('a', '{"m":"jo\\u0040acme-mail.com","internal_note":1}', '\r\nContent-Type: application/json')}${field('b', 'id,ssn\n1,536904399\n', '\r\ncontent-type:text/csv')}${END}`,
      `${field('a', '{"m":"[EMAIL]","internal_note":null}', '\r\nContent-Type: application/json')}${field('b', 'id,ssn\n1,[US_SSN]\n', '\r\ncontent-type:text/csv')}${END}`,
    ],
    [
      'reads all ways to write a name',
      '--b12\ncontent-disposition: form-data;\n name=password\n\nhunter2xyz\n--b12  \r\nContent-Disposition: form-data; filename="; name=a"; name*=UTF-8\'\'p%61ssword\r\n\r\nhunter2xyz',
      '--b12\ncontent-disposition: form-data;\n name=password\n\n[PASSWORD]\n--b12  \r\nContent-Disposition: form-data; filename="; name=a"; name*=UTF-8\'\'p%61ssword\r\n\r\n[PASSWORD]',
    ],
    [
      'masks what stands around parts, and their heads',
      `jo@acme-mail.com\r\n${field('a', 'x', '; filename="jo@acme-mail.com"')}${END}jo@acme-mail.com`,
      `[EMAIL]\r\n${field('a', 'x', '; filename="[EMAIL]"')}${END}[EMAIL]`,
    ],
    [
      'masks what is no part as text',
      `--b12\r\nno head jo@acme-mail.com\r\n${field('a', '')}${END}`,
      `--b12\r\nno head [EMAIL]\r\n${field('a', '')}${END}`,
    ],
    ['takes no other line for a delimiter', `${field('password', 'a--b12')}--b123\r\n${END}`, undefined],
    ['is text without a delimiter', 'mail jo@acme-mail.com\r\n', 'mail [EMAIL]\r\n'],
  ])('%s', async (_, body, wanted) => {
    const { written, text, contentType } = await masked(body);
    if (wanted !== undefined) expect(written).toBe(wanted);
    expect(text).toBe(written);
    expect(contentType).toBe(TYPE);
    expect((await masked(written)).written).toBe(written);
  });

  it('masks fields beside what is binary, which stays as it is', async () => {
    const image = Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 7919) % 256));
    const body = Buffer.concat([
      Buffer.from(field('file', '', '; filename="x.png"\r\nContent-Type: image/png').slice(0, -2)),
      image,
      Buffer.from(`\r\n${field('password', 'hunter2xyz')}${END}`),
    ]);
    const made = await masked(body);
    expect(made.written).toBe(body.toString('latin1').replace('hunter2xyz', '[PASSWORD]'));
    expect(made.text).toBeUndefined();
  });

  it('tells binary parts among text apart', async () => {
    const note = field('note', 'some plain words '.repeat(40));
    const [one, other] = await Promise.all(
      [1, 2].map((byte) =>
        masked(
          Buffer.concat([
            Buffer.from(`${note}--b12\r\n\r\n`),
            Buffer.from([0, byte, 255, 0]),
            Buffer.from(`\r\n${END}`),
          ]),
        ),
      ),
    );
    expect(one?.text).toMatch(/\(4 bytes, SHA-256 [0-9a-f]{64}\)/u);
    expect(one?.text).not.toBe(other?.text);
  });

  it.each([
    ['utf-16le', Buffer.from('mail jo@acme-mail.com', 'utf16le')],
    ['utf-16le', Buffer.from('mail jo@acme-mail.com')],
    ['no-such-charset', Buffer.from('mail jo@acme-mail.com')],
  ])('masks parts in %s, also of requests', async (charset, value) => {
    const [head, tail] = field('a', '|', `\r\nContent-Type: text/plain; charset=${charset}`).split('|');
    const body = Buffer.concat([Buffer.from(head ?? ''), value, Buffer.from(`${tail}${END}`)]);
    for (const masking of [MASKING, { ...MASKING, isRequest: true as const }]) {
      const made = await masked(body, TYPE, masking);
      expect(made.written.replaceAll('\0', '')).toContain('mail [EMAIL]');
    }
  });

  it('reads multipart in multipart', async () => {
    const inner = `--i\r\nContent-Disposition: form-data; name="internal_note"\r\n\r\nhello\r\n--i--`;
    const body = (value: string) => field('a', value, '\r\nContent-Type: multipart/mixed; boundary=i') + END;
    expect((await masked(body(inner))).written).toBe(body(inner.replace('hello', '')));
  });

  it('looks at a thousand parts, and at the rest as text', async () => {
    const { written } = await masked(`${field('internal_note', 'jo@acme-mail.com').repeat(1002)}${END}`);
    expect(written.match(/\r\n\r\n\r\n/gu)).toHaveLength(1000);
    expect(written.match(/\[EMAIL\]/gu)).toHaveLength(2);
  });

  it.each([
    '--b12\r\n',
    '--b12\r\n\r\n',
    '--b12',
    '--b12 ',
    '--b12\r\nx',
    '--b12\r\ncontent-disposition: ;name="',
    '\r\n',
  ])('a megabyte of %j', async (part) => {
    const body = part.repeat((1 << 20) / part.length);
    expect((await masked(body)).written).toBe(body);
  });
});
