// What a request says in its charset must be what a server reads that heeds no charset.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readsOtherwise } from '../../../src/connectors/http/byte-by-byte.ts';
import type { BodyMasking } from '../../../src/connectors/http/content.ts';
import { maskedBody } from '../../../src/connectors/http/index.ts';

const FORM = 'application/x-www-form-urlencoded';
const SECOND = '&amount=99999';
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

const REQUEST: BodyMasking = { text: (text) => text, scrub: (text) => text, isRequest: true };
const { isRequest: _, ...ANSWER } = REQUEST;

const HIDING: readonly (readonly [name: string, body: Uint8Array, type: string | undefined])[] = [
  ['an escape to Japanese', latin1(`amount=10&note=\x1b$B1${SECOND}\x1b(B`), `${FORM}; charset=iso-2022-jp`],
  ['text with an escape', latin1(`amount=10 \x1b$B1${SECOND}\x1b(B`), 'text/plain; charset=iso-2022-jp'],
  ['XML with an escape', latin1(`<a>\x1b$B1${SECOND}\x1b(B</a>`), 'application/xml; charset=iso-2022-jp'],
  ['halves of characters', latin1('\x83a\x83m\x83o=1'), `${FORM}; charset=shift_jis`],
  ['halves in Big5', latin1('\xa4@=\xa4@'), `${FORM}; charset=big5`],
  ['halves in GBK', latin1('\x81@=\x81A'), `${FORM}; charset=gbk`],
  [
    'UTF-16 with ASCII behind',
    Buffer.concat([utf16('amount=10&note=ok, thank you very much'), latin1(`${SECOND}&`)]),
    `${FORM}; charset=utf-16le`,
  ],
  ['UTF-16 of which nothing is said', utf16('amount=10&note=ok, thank you very much'), undefined],
];

describe('a request', () => {
  it.each(HIDING)('is not taken: %s', async (_name, body, type) => {
    const made = await maskedBody(body, type, REQUEST);
    expect(made).toEqual({ problem: expect.stringMatching(/UTF-8|zeros in it/u) });
  });

  it.each([
    ['UTF-8', Buffer.from('name=Žofie&town=東京'), `${FORM}; charset=utf-8`],
    ['Latin-1', latin1('name=Ren\xe9'), `${FORM}; charset=iso-8859-1`],
    ['a charset with no halves below 0x80', latin1('name=\xc5\xec\xb5\xfe'), `${FORM}; charset=euc-jp`],
    ['ASCII, whatever it is called', latin1('name=Rene'), `${FORM}; charset=iso-2022-jp`],
    ['a file', utf16('CREATE TABLE orders (id int)'), 'application/octet-stream'],
  ])('is taken: %s', async (_name, body, type) => {
    expect(await maskedBody(body, type, REQUEST)).toMatchObject({ body });
  });
});

it.each(HIDING)('an answer comes, masked in its charset: %s', async (_name, body, type) => {
  const made = await maskedBody(body, type, ANSWER);
  if ('problem' in made) expect(made.problem).not.toMatch('UTF-8');
  else expect(made.body).toEqual(body);
});

it('is asked of ASCII alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(readsOtherwise(Buffer.from(text), text)).toBe(false);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(readsOtherwise(bytes, latin1(Buffer.from(bytes).toString('latin1')).toString('latin1'))).toBe(
        false,
      );
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (text, place) => {
      const more = `${text.slice(0, place % (text.length + 1))}a${text.slice(place % (text.length + 1))}`;
      expect(readsOtherwise(Buffer.from(more), text)).toBe(true);
      expect(readsOtherwise(Buffer.from(text), more)).toBe(true);
    }),
  );
});
