// Bodies masked by their type and their charset.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BodyMasking, maskedBody } from '../../../src/connectors/http/index.ts';
import { createMasker, type Format, NO_RULES } from '../../../src/masking/index.ts';
import { createScrub } from '../../../src/shared/scrub.ts';
import { Secret } from '../../../src/shared/secret.ts';

const scrub = createScrub([new Secret('canary-key-1')]);
const masker = createMasker(NO_RULES, { current: { id: 'k1', key: Buffer.alloc(32) } });
const MASKING: BodyMasking = { text: (text, format) => scrub(masker.text(text, undefined, format)), scrub };

/** Which format a body was read as, and what it was decoded to. */
function seen(body: Uint8Array, type: string | undefined): { format: Format | 'binary'; text: string } {
  let told: { format: Format | 'binary'; text: string } | undefined;
  maskedBody(body, type, {
    text: (text, format) => {
      told = { format, text };
      return text;
    },
    scrub: (text) => {
      told = { format: 'binary', text };
      return text;
    },
  });
  if (told === undefined) throw new Error('nothing was masked');
  return told;
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
    ['text/event-stream', 'text'],
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
  ])('of %j is %s', (type, format) => {
    expect(seen(Buffer.from('x'), type)).toEqual({ format, text: 'x' });
  });

  it('is looked for where JSON says that it is something else', () => {
    expect(seen(Buffer.from(' {"a":1}'), 'text/html').format).toBe('auto');
    expect(seen(Buffer.from('[1]'), 'text/xml').format).toBe('auto');
  });

  it.each([
    ['bytes that are no UTF-8', Buffer.from([0x89, 0x50, 0x4e, 0x47]), 'image/png'],
    ['zeros', Buffer.from('a\0b'), 'application/octet-stream'],
    ['zeros of no type', Buffer.from('a\0b'), undefined],
    ['zeros after a mark', Buffer.from([0xff, 0xfe, 0, 0, 1, 0]), undefined],
  ])('is binary for %s', (_, body, type) => {
    expect(seen(body, type).format).toBe('binary');
    expect(maskedBody(body, type, MASKING)).toEqual({ body, contentType: type, text: undefined });
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
    ['windows-1252 that says UTF-8', Buffer.from([0x80, 0xe9]), 'text/html; charset=utf-8', '€é'],
    ['a charset that nobody knows', Buffer.from('é'), 'text/plain; charset=utf-7', 'é'],
    ['Shift JIS', Buffer.from([0x93, 0xfa]), 'text/plain; charset=shift_jis', '日'],
    ['a type that is badly written', Buffer.from([0x93, 0xfa]), 'text/plain;charset = shift_jis; ;x', '日'],
  ])('%s', (_, body, type, text) => {
    expect(seen(body, type).text).toBe(text);
    expect(maskedBody(body, type, MASKING).body).toBe(body);
  });

  it('reads every byte of windows-1252 as TextDecoder does', () => {
    const body = BYTES.subarray(1);
    expect(seen(body, 'text/plain; charset=latin1').text).toBe(new TextDecoder('windows-1252').decode(body));
  });
});

describe('a masked body', () => {
  const text = 'café: a@example.com, canary-key-1';
  const masked = 'café: [EMAIL], [secret]';

  it.each([
    ['UTF-8', Buffer.from(text), 'text/plain', Buffer.from(masked)],
    ['with a mark', Buffer.from(`\ufeff${text}`), 'text/plain', Buffer.from(`\ufeff${masked}`)],
    ['Latin-1', Buffer.from(text, 'latin1'), 'text/plain; charset=latin1', Buffer.from(masked, 'latin1')],
    ['Latin-1 that says nothing', Buffer.from(text, 'latin1'), 'text/plain', Buffer.from(masked, 'latin1')],
    ['UTF-16', Buffer.from(text, 'utf16le'), 'text/plain; charset=utf-16le', Buffer.from(masked, 'utf16le')],
    ['UTF-16 the other way round', utf16be(`\ufeff${text}`), 'text/plain', utf16be(`\ufeff${masked}`)],
  ])('stays in its own charset: %s', (_, body, type, expected) => {
    const made = maskedBody(body, type, MASKING);
    expect(Buffer.from(made.body)).toEqual(expected);
    expect(made).toMatchObject({ contentType: type, text: masked });
  });

  it('becomes UTF-8 where its charset is none that is written here, and says so', () => {
    const body = Buffer.concat([Buffer.from([0x93, 0xfa]), Buffer.from(' a@example.com')]);
    const made = maskedBody(body, 'text/plain; Charset=Shift_JIS; format="a b"', MASKING);
    expect(Buffer.from(made.body).toString()).toBe('日 [EMAIL]');
    expect(made.contentType).toBe('text/plain; format="a b"; charset=utf-8');
  });

  it('becomes UTF-8 where what is put in its place cannot be written', () => {
    const masking: BodyMasking = { text: () => '日', scrub: (one) => one };
    const made = maskedBody(Buffer.from([0xe9]), 'text/plain', masking);
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
  ])('is masked as %s', (_, type, given, expected) => {
    expect(Buffer.from(maskedBody(Buffer.from(given), type, MASKING).body).toString()).toBe(expected);
  });

  it('that is binary loses the secret and nothing else', () => {
    const secret = Buffer.from('canary-key-1');
    const made = maskedBody(Buffer.concat([BYTES, secret, BYTES]), 'image/png', MASKING);
    expect(Buffer.from(made.body)).toEqual(Buffer.concat([BYTES, Buffer.from('[secret]'), BYTES]));
    expect(made.text).toBeUndefined();
  });

  it('of nothing is nothing', () => {
    expect(maskedBody(new Uint8Array(), undefined, MASKING).body).toHaveLength(0);
    expect(maskedBody(new Uint8Array(), 'text/plain; charset=utf-16', MASKING).body).toHaveLength(0);
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

  it('it is not touched where nothing is masked', () => {
    const nothing: BodyMasking = { text: (text) => text, scrub: (text) => text };
    fc.assert(
      fc.property(bytes, type, (body, contentType) => {
        const made = maskedBody(body, contentType, nothing);
        expect(made.body).toBe(body);
        expect(made.contentType).toBe(contentType);
      }),
      { numRuns: 2000 },
    );
  });

  it('what is masked leaves what stands beside it, and text is what its bytes say', () => {
    const one: BodyMasking = { text: (text) => `${text}#`, scrub: (text) => `${text}#` };
    fc.assert(
      fc.property(
        bytes,
        fc.constantFrom('application/json', 'text/plain', undefined),
        (body, contentType) => {
          const made = maskedBody(body, contentType, one);
          const before = Buffer.from(made.body).subarray(0, body.length);
          expect(before).toEqual(Buffer.from(body));
          if (made.text !== undefined) expect(made.text.endsWith('#')).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
