// Bodies masked by their type and their charset.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BodyMasking, MaskedBody } from '../../../src/connectors/http/content.ts';
import { maskedBody } from '../../../src/connectors/http/index.ts';
import { createMasker, type Format, NO_RULES } from '../../../src/masking/index.ts';
import { createScrub } from '../../../src/shared/scrub.ts';
import { Secret } from '../../../src/shared/secret.ts';

const scrub = createScrub([new Secret('canary-key-1')]);
const masker = createMasker(NO_RULES, { current: { id: 'k1', key: Buffer.alloc(32) } });
const MASKING: BodyMasking = { text: (text, format) => scrub(masker.text(text, undefined, format)), scrub };

/** Which format a body was read as, and what it was decoded to. */
async function seen(
  body: Uint8Array,
  type: string | undefined,
): Promise<{ format: Format | 'binary'; text: string }> {
  let told: { format: Format | 'binary'; text: string } | undefined;
  await maskedBody(body, type, {
    text: (text, format) => {
      told ??= { format, text };
      return text;
    },
    scrub: (text) => {
      told ??= { format: 'binary', text };
      return text;
    },
  });
  if (told === undefined) throw new Error('nothing was masked');
  return told;
}

async function masked(
  body: Uint8Array,
  type: string | undefined,
  masking: BodyMasking = MASKING,
): Promise<MaskedBody> {
  const made = await maskedBody(body, type, masking);
  if ('problem' in made) throw new Error(made.problem);
  return made;
}

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe('the format of a body', () => {
  it.each([
    ['application/json', 'json'],
    ['Application/JSON; charset=utf-8', 'json'],
    ['application/problem+json', 'json'],
    ['text/json', 'json'],
    ['application/x-ndjson', 'json'],
    ['application/jsonl', 'json'],
    ['text/csv', 'csv'],
    ['text/tab-separated-values', 'csv'],
    ['application/x-www-form-urlencoded', 'form'],
    ['text/plain', 'auto'],
    ['text/html', 'text'],
    ['text/event-stream', 'events'],
    ['application/xml', 'text'],
    ['image/svg+xml', 'text'],
    ['application/yaml', 'text'],
    ['application/javascript', 'text'],
    ['multipart/form-data; boundary=x', 'auto'],
    ['application/octet-stream', 'auto'],
    ['image/png', 'auto'],
    ['nonsense', 'auto'],
    ['', 'auto'],
    [undefined, 'auto'],
  ])('of %j is %s', async (type, format) => {
    expect(await seen(Buffer.from('x'), type)).toEqual({ format, text: 'x' });
  });

  it('is looked for where JSON says that it is something else', async () => {
    expect((await seen(Buffer.from(' {"a":1}'), 'text/html')).format).toBe('auto');
    expect((await seen(Buffer.from('[1]'), 'text/xml')).format).toBe('auto');
  });

  it.each([
    ['bytes that are no UTF-8', Buffer.from([0xe9, 1, 2, 0x50]), 'image/x'],
    ['zeros', Buffer.from([1, 0, 2, 0, 3]), 'application/octet-stream'],
    ['zeros of no type', Buffer.from('a\0\0b'), undefined],
    ['zeros after a mark', Buffer.from([0xff, 0xfe, 0, 0, 1, 0]), undefined],
  ])('is binary for %s', async (_, body, type) => {
    expect((await seen(body, type)).format).toBe('binary');
    expect(await masked(body, type)).toEqual({ body, contentType: type, text: undefined });
  });
});

describe('the charset of a body', () => {
  it.each([
    ['UTF-8', Buffer.from('é€'), 'text/plain', 'é€'],
    ['UTF-8 with a mark', Buffer.from('\ufeffé€'), 'text/plain; charset=iso-8859-1', 'é€'],
    ['UTF-16 with a mark', Buffer.from('\ufeffé€', 'utf16le'), 'text/plain', 'é€'],
    ['UTF-16 with a mark and no type', Buffer.from('\ufeffab', 'utf16le'), undefined, 'ab'],
    ['UTF-16 the other way round', utf16be('\ufeffé€'), 'application/json', 'é€'],
    ['UTF-16 as said', Buffer.from('a€', 'utf16le'), 'text/plain; charset=utf-16le', 'a€'],
    ['UTF-16 that says nothing', Buffer.from('{"a":1}', 'utf16le'), 'application/json', '{"a":1}'],
    ['UTF-16 that says otherwise', utf16be('{"a":1}'), 'application/json; charset=utf-8', '{"a":1}'],
    ['UTF-8 that says UTF-16', Buffer.from('{"a": 1}'), 'text/plain; charset=utf-16', '{"a": 1}'],
    [
      'JSON that says Shift JIS',
      Buffer.from('{"a":"é"}'),
      'application/json; charset=shift_jis',
      '{"a":"é"}',
    ],
    [
      'JSON in Latin-1',
      Buffer.from('{"a":"é"}', 'latin1'),
      'application/json; charset=iso-8859-1',
      '{"a":"é"}',
    ],
    ['windows-1252 as said', Buffer.from([0x80, 0xe9]), 'text/plain; charset="windows-1252"', '€é'],
    ['windows-1252 that says nothing', Buffer.from([0x80, 0xe9]), 'text/plain', '€é'],
    ['what says UTF-8 and is none', Buffer.from([0x80, 0xe9]), 'text/html; charset=utf-8', '\uf780\uf7e9'],
    ['UTF-8 but for a byte', Buffer.from('é\xff', 'latin1'), 'text/html; charset=utf-8', '\uf7e9\uf7ff'],
    [
      'UTF-8 but for a byte, of which nothing is said',
      Buffer.from([0xc3, 0xa9, 0xff]),
      'text/csv',
      'é\uf7ff',
    ],
    [
      'JSON in Latin-1 that says nothing',
      Buffer.from('{"a":"é"}', 'latin1'),
      'application/json',
      '{"a":"é"}',
    ],
    ['Shift JIS', Buffer.from([0x93, 0xfa]), 'text/plain; charset=shift_jis', '日'],
    ['a type that is badly written', Buffer.from([0x93, 0xfa]), 'text/plain;charset = shift_jis; ;x', '日'],
  ])('%s', async (_, body, type, text) => {
    expect((await seen(body, type)).text).toBe(text);
    expect((await masked(body, type)).body).toBe(body);
  });

  it('reads every byte of windows-1252 as TextDecoder does', async () => {
    const body = BYTES.subarray(1);
    const { text } = await seen(body, 'text/plain; charset=latin1');
    expect(text).toBe(new TextDecoder('windows-1252').decode(body));
  });
});

describe('a masked body', () => {
  const text = 'café: a@example.com, canary-key-1';
  const clean = 'café: [EMAIL], [secret]';

  it.each([
    ['UTF-8', Buffer.from(text), 'text/plain', Buffer.from(clean)],
    ['with a mark', Buffer.from(`\ufeff${text}`), 'text/plain', Buffer.from(`\ufeff${clean}`)],
    ['Latin-1', Buffer.from(text, 'latin1'), 'text/plain; charset=latin1', Buffer.from(clean, 'latin1')],
    ['Latin-1 that says nothing', Buffer.from(text, 'latin1'), 'text/plain', Buffer.from(clean, 'latin1')],
    ['UTF-16', Buffer.from(text, 'utf16le'), 'text/plain; charset=utf-16le', Buffer.from(clean, 'utf16le')],
    ['UTF-16 the other way round', utf16be(`\ufeff${text}`), 'text/plain', utf16be(`\ufeff${clean}`)],
  ])('stays in its own charset: %s', async (_, body, type, expected) => {
    const made = await masked(body, type);
    expect(Buffer.from(made.body)).toEqual(expected);
    expect(made).toMatchObject({ contentType: type, text: clean });
  });

  it('becomes UTF-8 where its charset is none that is written here, and says so', async () => {
    const body = Buffer.concat([Buffer.from([0x93, 0xfa]), Buffer.from(' a@example.com')]);
    const made = await masked(body, 'text/plain; Charset=Shift_JIS; format="a b"');
    expect(Buffer.from(made.body).toString()).toBe('日 [EMAIL]');
    expect(made.contentType).toBe('text/plain; format="a b"; charset=utf-8');
  });

  it('becomes UTF-8 where what is put in its place cannot be written', async () => {
    const masking: BodyMasking = { text: () => '日', scrub: (one) => one };
    const made = await masked(Buffer.from([0xe9]), 'text/plain', masking);
    expect(Buffer.from(made.body).toString()).toBe('日');
    expect(made.contentType).toBe('text/plain; charset=utf-8');
  });

  it.each([
    ['JSON', 'application/json', '{"password":"hunter22aa"}', '{"password":"[PASSWORD]"}'],
    [
      'lines of JSON',
      'application/x-ndjson',
      '{"password":"hunter22aa"}\n{"a":1}\n',
      '{"password":"[PASSWORD]"}\n{"a":1}\n',
    ],
    ['JSON that is none', 'application/json', 'oops a@example.com', 'oops [EMAIL]'],
    [
      'a table',
      'text/tab-separated-values',
      'name\tpassword\nbo\thunter22aa\n',
      'name\tpassword\nbo\t[PASSWORD]\n',
    ],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&password=hunter22aa', 'a=1&password=%5BPASSWORD%5D'],
    [
      'a multipart form',
      'multipart/form-data; boundary=x',
      '--x\r\n\r\na@example.com\r\n--x--',
      '--x\r\n\r\n[EMAIL]\r\n--x--',
    ],
    ['JSON without a type', undefined, '{"password":"hunter22aa"}', '{"password":"[PASSWORD]"}'],
  ])('is masked as %s', async (_, type, given, expected) => {
    expect(Buffer.from((await masked(Buffer.from(given), type)).body).toString()).toBe(expected);
  });

  it('that is binary loses the secret and nothing else', async () => {
    const secret = Buffer.from('canary-key-1');
    const made = await masked(Buffer.concat([BYTES, secret, BYTES]), 'image/png');
    expect(Buffer.from(made.body)).toEqual(Buffer.concat([BYTES, Buffer.from('[secret]'), BYTES]));
    expect(made.text).toBeUndefined();
  });

  it('that is binary loses a secret beyond ASCII, and the record of text does, too', async () => {
    const key = 'pässwörd-geheim-ñandú-2026';
    const own = createScrub([new Secret(key)]);
    const masking: BodyMasking = { text: own, scrub: own };
    const given = (...parts: (string | Uint8Array)[]) =>
      Buffer.concat(parts.map((part) => Buffer.from(part)));
    const made = await masked(given(BYTES, key, BYTES), 'image/png', masking);
    expect(Buffer.from(made.body)).toEqual(given(BYTES, '[secret]', BYTES));
    const latin = Buffer.from(key, 'latin1');
    const loose = await masked(given('it is ', latin, ' and é'), 'application/octet-stream', masking);
    expect(Buffer.from(loose.body)).toEqual(given('it is [secret] and é'));
    const wrong = await masked(given('it is ', key), 'text/plain; charset=latin1', masking);
    expect(wrong).toMatchObject({ text: 'it is [secret]' });
  });

  it('of nothing is nothing', async () => {
    expect((await masked(new Uint8Array(), undefined)).body).toHaveLength(0);
    expect((await masked(new Uint8Array(), 'text/plain; charset=utf-16')).body).toHaveLength(0);
  });
});

describe('whatever a body is', () => {
  const type = fc.constantFrom(
    undefined,
    'application/json',
    'text/plain',
    'text/html; charset=utf-16be',
    'text/csv; charset=windows-1252',
    'application/x-www-form-urlencoded; charset=gbk',
    'image/png',
    'multipart/form-data',
  );
  const mark = fc.constantFrom([], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff]);
  const bytes = fc
    .tuple(
      mark,
      fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      ),
    )
    .map(([first, rest]) => Buffer.concat([Uint8Array.from(first), rest]));

  it('it is not touched where nothing is masked', async () => {
    const nothing: BodyMasking = { text: (text) => text, scrub: (text) => text };
    await fc.assert(
      fc.asyncProperty(bytes, type, async (body, contentType) => {
        const made = await maskedBody(body, contentType, nothing);
        if ('problem' in made) expect(body.includes(0)).toBe(true);
        else expect(made).toMatchObject({ body, contentType });
      }),
      { numRuns: 2000 },
    );
  });

  it('what is masked leaves what stands beside it, and text is what its bytes say', async () => {
    const one: BodyMasking = { text: async (text) => `${text}#`, scrub: (text) => `${text}#` };
    const types = fc.constantFrom('application/json', 'text/plain', undefined);
    await fc.assert(
      fc.asyncProperty(bytes, types, async (body, contentType) => {
        const made = await maskedBody(body, contentType, one);
        if ('problem' in made || body.length === 0) return;
        // At the end may stand what is too short for a character: it stays there.
        const most = Math.max(0, body.length - 3);
        expect(Buffer.from(made.body).subarray(0, most)).toEqual(Buffer.from(body.subarray(0, most)));
        expect(made.body.length).toBeGreaterThan(body.length);
        if (made.text !== undefined) expect(made.text.endsWith('#')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
