// Mails as they are sent: read back by another program, nothing of what was said is lost, moved or taken for a header.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMailAddress } from '../../src/adapters/mail-address.ts';
import { mimeOf } from '../../src/adapters/mime.ts';
import { systemIds } from '../../src/adapters/system.ts';
import type { Message } from '../../src/ports/mail.ts';
import { only, readMail } from '../support/read-mail.ts';

const AT = new Date('2026-11-01T09:08:07.654Z');
const MESSAGE: Message = { to: 'dana@example.com', subject: 'Approve?', text: 'Hello', html: '<p>Hello</p>' };

function rawOf(message: Partial<Message>, random = (bytes: number) => systemIds.random(bytes)): string {
  return mimeOf({ ...MESSAGE, ...message }, { from: 'broker@mail.example.com', at: AT, random }).text;
}

const HEADERS = [
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'auto-submitted',
  'mime-version',
  'content-type',
];

const lineBreaks = (text: string) => text.toWellFormed().replaceAll(/\r\n|\r/g, '\n');
const oneLine = (text: string) => text.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/** What breaks the writers of mails: ends of lines, dots, dashes, equals signs, and letters of every length. */
const piece = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\n',
    '\r',
    '\r\n.\r\n',
    '\n--',
    '--=_',
    '=',
    '=\n',
    '=?utf-8?B?',
    '?=',
    ' ',
    '\t',
    ' \n',
  ),
  fc.constantFrom(
    'From ',
    'Bcc: evil@example.com',
    '\r\nBcc: evil@example.com\r\n\r\n',
    '\0',
    '\u2028',
    '\x7f',
  ),
  fc.constantFrom('\u{1f511}', '\u00e9', '\u20ac', '\ufeff', '\ud800', '\udc00', '\u202e'),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.integer({ min: 0, max: 1200 }).map((length) => 'x'.repeat(length)),
);
const words = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

describe('a mail', () => {
  it('has each header once, and no other', () => {
    const { headers } = readMail(rawOf({}));
    expect([...headers.keys()]).toEqual(HEADERS);
    expect(Object.fromEntries(HEADERS.map((name) => [name, only(headers, name)]))).toEqual({
      from: 'broker@mail.example.com',
      to: 'dana@example.com',
      subject: 'Approve?',
      date: 'Sun, 01 Nov 2026 09:08:07 +0000',
      'message-id': expect.stringMatching(/^<[0-9a-f]{32}@mail\.example\.com>$/),
      'auto-submitted': 'auto-generated',
      'mime-version': '1.0',
      'content-type': expect.stringMatching(/^multipart\/alternative; boundary="=_[0-9a-f]{32}"$/),
    });
  });

  it('says what was to be said, whatever it is', () => {
    fc.assert(
      fc.property(words, words, words, (subject, text, html) => {
        const raw = rawOf({ subject, text, html });
        const read = readMail(raw);
        expect([...read.headers.keys()]).toEqual(HEADERS);
        expect(read).toMatchObject({
          subject: oneLine(subject),
          text: lineBreaks(text),
          html: lineBreaks(html),
        });
        // Shorter than anything must be, so that no relay folds it.
        for (const line of raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n')) {
          expect(line.length).toBeLessThanOrEqual(76);
        }
      }),
      { numRuns: 500, interruptAfterTimeLimit: 20_000 },
    );
  });

  it.each(['=?utf-8?B?aGVsbG8=?=', 'Approve =?utf-8?Q?=0D=0ABcc:?= x', '=?', ' ', ' a', 'a '])(
    'says the subject %j as it stands',
    (subject) => {
      expect(readMail(rawOf({ subject })).subject).toBe(subject);
    },
  );

  it('has no part that ends where its words say so, even where they know the boundary', () => {
    const boundary = `=_${'00'.repeat(16)}`;
    const text = `a\r\n--${boundary}--\r\n--${boundary}\r\nContent-Type: text/html\r\n\r\nevil`;
    const read = readMail(rawOf({ text, html: text }, (bytes) => new Uint8Array(bytes)));
    expect(read).toMatchObject({ text: lineBreaks(text), html: lineBreaks(text) });
  });

  it.each([
    ['plain words', 'Hello\nthere', '7bit'],
    ['a long link', `https://bailiwick.example.com/approve/appr_1?key=${'k'.repeat(900)}`, '7bit'],
    ['a line too long', 'x'.repeat(999), 'quoted-printable'],
    ['other letters', 'caf\u00e9', 'quoted-printable'],
    ['a space that a relay would take away', 'a \nb', 'quoted-printable'],
    ['dashes', '-- \nDana', 'quoted-printable'],
    ['a null', 'a\0b', 'quoted-printable'],
  ])('sends %s as it should', (_, text, encoding) => {
    const raw = rawOf({ text });
    expect(raw).toContain(`text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n`);
    expect(readMail(raw).text).toBe(text);
  });
});

describe('an address', () => {
  it.each([
    ['dana@example.com', 'dana@example.com'],
    ['d.a+n_a@localhost', 'd.a+n_a@localhost'],
    ["o'neil!#$%&*/=?^`{|}~-@a-b.example", "o'neil!#$%&*/=?^`{|}~-@a-b.example"],
    ['Dana@Example.COM', 'Dana@Example.COM'],
    ['dana@b\u00fccher.example', 'dana@xn--bcher-kva.example'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('%j is taken', (text, whole) => {
    expect(parseMailAddress(text).whole).toBe(whole);
  });

  it.each([
    '',
    'dana',
    '@example.com',
    'dana@',
    'a@b@c',
    'dana@example.com,evil@example.com',
    'dana@example.com;evil@example.com',
    'dana@example.com evil@example.com',
    'dana@example.com\r\nBcc: evil@example.com',
    'dana@example.com\n',
    '\ndana@example.com',
    'dana@exa\nmple.com',
    'dana@exa\tmple.com',
    'dana@exa\u2028mple.com',
    'dana@exa\u200bmple.com',
    'Dana <dana@example.com>',
    '<dana@example.com>',
    '"dana"@example.com',
    'dana(x)@example.com',
    '.dana@example.com',
    'dana.@example.com',
    'da..na@example.com',
    'd\u00e4na@example.com',
    'dana@.example.com',
    'dana@example..com',
    'dana@example.com.',
    'dana@-example.com',
    'dana@example-.com',
    'dana@exam_ple.com',
    'dana@[127.0.0.1]',
    'dana@example.com:25',
    'dana@example.com/x',
    'dana@ex%61mple.com',
    `${'a'.repeat(65)}@example.com`,
    `dana@${'a'.repeat(64)}.com`,
    `dana@${'a.'.repeat(125)}com`,
  ])('%j is none', (text) => {
    expect(() => parseMailAddress(text)).toThrow(TypeError);
    expect(() => rawOf({ to: text })).toThrow(TypeError);
  });

  it('never is more than one word of a header, whatever it was', () => {
    const odd = fc.array(fc.oneof(piece, fc.constantFrom('@', '.', 'a', 'example.com')), { maxLength: 6 });
    fc.assert(
      fc.property(odd, (pieces) => {
        let whole: string;
        try {
          whole = parseMailAddress(pieces.join('')).whole;
        } catch {
          return;
        }
        expect(whole).toMatch(/^[^\s@,;<>()"\\[\]\p{C}\u0080-\u{10ffff}]+@[A-Za-z0-9.-]+$/u);
      }),
      { numRuns: 2000, interruptAfterTimeLimit: 10_000 },
    );
  });
});
