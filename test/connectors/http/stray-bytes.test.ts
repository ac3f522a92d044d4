// One byte that is not UTF-8 hides nothing: the rest of a body is masked, an answer keeps the byte, and a request is not taken.
import { describe, expect, it } from 'vitest';
import { maskedBody } from '../../../src/connectors/http/index.ts';
import { createMasker, NO_RULES } from '../../../src/masking/index.ts';

const masker = createMasker(NO_RULES, { current: { id: 'k1', key: Buffer.alloc(32) } });
const ANSWER = {
  text: (text: string, format: Parameters<typeof masker.text>[2]) => masker.text(text, undefined, format),
  scrub: (text: string) => text,
};
const REQUEST = { ...ANSWER, isRequest: true } as const;

const STRAY = Buffer.from([0xff]);
const around = (before: string, after: string) =>
  Buffer.concat([Buffer.from(before), STRAY, Buffer.from(after)]);

const bytesOf = (made: Awaited<ReturnType<typeof maskedBody>>) =>
  Buffer.from('body' in made ? made.body : []);

const RECORD = {
  given:
    '{"card":"4111\u00a01111\u00a01111\u00a01111","contraseña":"Xq7hunter2","full_name":"Jürgen Müller","z":"',
  masked: '{"card":"[CREDIT_CARD]","contraseña":"[PASSWORD]","full_name":"[PERSON]","z":"',
};
const TABLE = {
  given: 'full_name,contraseña,z\nJürgen Müller,Xq7hunter2,',
  masked: 'full_name,contraseña,z\n[PERSON],[PASSWORD],',
};
const PAGE = {
  given: '<p>Card 4111\u00a01111\u00a01111\u00a01111 é ',
  masked: '<p>Card [CREDIT_CARD] é ',
};

const ANSWERS: readonly (readonly [string, { given: string; masked: string }, end: string])[] = [
  ['application/json', RECORD, '"}'],
  ['application/json; charset=utf-8', RECORD, '"}'],
  ['application/problem+json', RECORD, '"}'],
  ['application/x-ndjson', RECORD, '"}\n'],
  ['text/csv', TABLE, '\n'],
  ['text/csv; charset=utf-8', TABLE, '\n'],
  ['text/html', PAGE, '</p>'],
  ['text/html; charset=utf-8', PAGE, '</p>'],
  ['text/html; charset=shift_jis', PAGE, '</p>'],
  ['text/plain', PAGE, ''],
];

describe('an answer with a byte that is not UTF-8', () => {
  it.each(ANSWERS)('is masked, and keeps it: %s', async (type, { given, masked }, end) => {
    for (const mark of ['', '\ufeff']) {
      const made = await maskedBody(around(mark + given, end), type, ANSWER);
      expect(made).toMatchObject({ contentType: type, text: `${masked}\ufffd${end}` });
      expect(bytesOf(made)).toEqual(around(mark + masked, end));
    }
  });

  it('is masked as Latin-1 where nothing in it is UTF-8, and nothing is said', async () => {
    const given = Buffer.from('full_name,z\nJürgen Müller,é\n', 'latin1');
    const made = await maskedBody(given, 'text/csv', ANSWER);
    expect(bytesOf(made)).toEqual(Buffer.from('full_name,z\n[PERSON],é\n', 'latin1'));
  });
});

describe('a request with a byte that is not of its charset', () => {
  it.each([
    ['application/json', around('{"a":"', '"}')],
    ['application/json; charset=utf-8', around('{"a":"é', '"}')],
    ['application/json; charset=iso-8859-1', around('{"a":"', '"}')],
    ['application/x-ndjson', around('{"a":"é', '"}\n')],
    ['text/plain; charset=utf-8', around('a é ', '')],
    ['application/x-www-form-urlencoded; charset=utf-8', around('a=', '')],
    ['text/plain; charset=shift_jis', around('a é ', '')],
    ['text/plain; charset=utf-16', Buffer.from('ab')],
    ['text/plain', around('\ufeffa', '')],
  ])('is not taken: %s', async (type, body) => {
    const made = await maskedBody(body, type, REQUEST);
    expect(made).toEqual({ problem: expect.stringMatching(/Send it as UTF-8\.$/u) });
  });

  it.each([
    ['text/plain', around('a é ', '')],
    ['text/csv', Buffer.from('a,é\n', 'latin1')],
    ['text/csv; charset=iso-8859-1', Buffer.from('a,é\n', 'latin1')],
    ['multipart/form-data; boundary=x; charset=utf-8', around('--x\r\n\r\n', '\r\n--x--')],
    ['application/json; charset=iso-8859-1', Buffer.from('{"a":"é"}')],
  ])('is taken where that is not said: %s', async (type, body) => {
    expect(await maskedBody(body, type, REQUEST)).toMatchObject({ body });
  });
});
