// No way of writing a secret brings it back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WINDOWS_1252 } from '../../src/shared/bytes-as-text.ts';
import { bothScrubs, createScrub, SCRUBBED } from '../../src/shared/scrub.ts';
import { Secret } from '../../src/shared/secret.ts';

const scrubOf = (...secrets: string[]) => createScrub(secrets.map((secret) => new Secret(secret)));
const bytesOf = (text: string) => Buffer.from(text, 'utf8');
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const percent = (text: string) =>
  [...bytesOf(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const small = (url: string) => url.replaceAll(/%[0-9A-F]{2}/gu, (one) => one.toLowerCase());
const inForm = (text: string) => new URLSearchParams({ text }).toString().slice('text='.length);
const asLatin1 = (text: string) => bytesOf(text).toString('latin1');
const asWindows = (text: string) =>
  Array.from(bytesOf(text), (byte) => String.fromCharCode(WINDOWS_1252[byte] ?? 0)).join('');
/** Of Python's for HTML5 (`html.entities`), those of one character of ASCII. */
const NAMES = (
  'Tab:\t NewLine:\n excl:! quot:" QUOT:" num:# dollar:$ percnt:% amp:& AMP:& apos:\' lpar:( rpar:) ast:* midast:* plus:+ ' +
  'comma:, period:. sol:/ colon:: semi:; lt:< LT:< equals:= gt:> GT:> quest:? commat:@ lsqb:[ lbrack:[ bsol:\\ rsqb:] rbrack:] ' +
  'Hat:^ lowbar:_ UnderBar:_ grave:` DiacriticalGrave:` lcub:{ lbrace:{ verbar:| vert:| VerticalLine:| rcub:} rbrace:} ' +
  'hyphen:- dash:- hyphen:\u2010 dash:\u2010 nbsp:\u00a0 iquest:¿ Agrave:À auml:ä ouml:ö ntilde:ñ uacute:ú yuml:ÿ euro:€'
)
  .split(' ')
  .map((one) => [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(':') + 1)] as const);
const byName = (text: string) =>
  Array.from(text, (one) => {
    const name = NAMES.find(([, character]) => character === one)?.[0];
    return name === undefined ? one : `&${name};`;
  }).join('');

/** As requests are sent. */
const strict = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/gu,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const byNumber = (one: string) =>
  Array.from(
    { length: one.length },
    (_, at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

/** What is encoded as base64 or hex with the secret in it. */
const ENCODED: Readonly<Record<string, (secret: string) => string>> = {
  'a URL': encodeURIComponent,
  'a URL as it is sent': strict,
  'a URL in small letters': (secret) => small(strict(secret)),
  'a URL in either case': (secret) => strict(secret).replace(/%../u, (one) => one.toLowerCase()),
  'a URL in a URL': (secret) => encodeURIComponent(strict(secret)),
  'a URL with slashes': (secret) => strict(secret).replaceAll('%2F', '/'),
  'a whole URL': encodeURI,
  'a form': inForm,
  'a form in small letters': (secret) => small(inForm(secret)),
  JSON: inJson,
  'JSON in JSON': (secret) => inJson(inJson(secret)),
  'JSON with escaped slashes': (secret) => inJson(secret).replaceAll('/', '\\/'),
  'JSON for HTML': (secret) => inJson(secret).replaceAll(/[<>&\u2028\u2029]/gu, byNumber),
  'JSON of ASCII': (secret) => inJson(secret).replaceAll(/[^\0-\x7f]/gu, byNumber),
};
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  base64: (text) => bytesOf(text).toString('base64'),
  'base64 behind one byte': (text) => bytesOf(`"${text}"`).toString('base64'),
  'base64 behind two': (text) => bytesOf(`k=${text}&l`).toString('base64'),
  base64url: (text) => bytesOf(text).toString('base64url'),
  hex: (text) => bytesOf(text).toString('hex'),
};

const WAYS: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': (secret) => secret,
  'in JSON': inJson,
  'in JSON in JSON': (secret) => inJson(inJson(secret)),
  'in JSON three deep': (secret) => inJson(inJson(inJson(secret))),
  'in JSON, all escaped': (secret) =>
    Array.from({ length: secret.length }, (_, at) => {
      return `\\u${secret.charCodeAt(at).toString(16).padStart(4, '0')}`;
    }).join(''),
  'with escaped slashes': (secret) => inJson(secret).replaceAll('/', '\\/'),
  'in a URL': encodeURIComponent,
  'in a form': inForm,
  'in a URL in a URL': (secret) => encodeURIComponent(encodeURIComponent(secret)),
  'in a URL three deep': (secret) => small(strict(strict(strict(secret)))),
  'in a form in a URL': (secret) => encodeURIComponent(inForm(secret)),
  'in JSON in a URL': (secret) => encodeURIComponent(inJson(secret)),
  'in JSON in a URL in a URL': (secret) => strict(strict(inJson(inJson(secret)))),
  'in HTML in a URL': (secret) =>
    encodeURIComponent(secret.replaceAll('&', '&amp;').replaceAll('"', '&#34;')),
  'in CSV': (secret) => secret.replaceAll('"', '""'),
  'in CSV in JSON': (secret) => inJson(secret.replaceAll('"', '""')),
  'in CSV in a URL': (secret) => encodeURIComponent(secret.replaceAll('"', '""')),
  'in SQL': (secret) => secret.replaceAll("'", "''"),
  'in a URL, all encoded': (secret) =>
    percent(secret)
      .toLowerCase()
      .replaceAll(/%(.)(?!.)/gu, '%0$1'),
  'in HTML': (secret) =>
    secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  'in HTML, all by number': (secret) => Array.from(secret, (one) => `&#${one.codePointAt(0)};`).join(''),
  'in HTML, all by name': byName,
  'in HTML by name, as PHP does it': (secret) => byName(secret).replaceAll('fj', '&fjlig;'),
  'in UTF-8 that is read as Latin-1': asLatin1,
  'in UTF-8 that is read as windows-1252': asWindows,
  'in UTF-8 that is read as Latin-1, in JSON': (secret) => inJson(asLatin1(secret)),
  'in hex': (secret) => bytesOf(secret).toString('hex'),
  'in large hex': (secret) => bytesOf(secret).toString('hex').toUpperCase(),
  'in base64': (secret) => bytesOf(secret).toString('base64'),
  'in base64url': (secret) => bytesOf(secret).toString('base64url'),
  'in base64 behind one byte': (secret) => bytesOf(`:${secret}`).toString('base64'),
  'in base64 of a pair': (secret) => bytesOf(`jo:${secret}`).toString('base64'),
  'in base64 between others': (secret) => bytesOf(`user:${secret}:more`).toString('base64'),
  'in base64 in a URL': (secret) => encodeURIComponent(bytesOf(secret).toString('base64')),
  'in base64 in a URL in a URL': (secret) =>
    strict(strict(bytesOf(secret).toString('base64').replace(/=+$/u, ''))),
  'in base64 of lines in a URL': (secret) =>
    strict(
      bytesOf(secret)
        .toString('base64')
        .replaceAll(/=+$|.{8}(?=[^=])/gu, (line) => (line.startsWith('=') ? '' : `${line}\n`)),
    ),
  'in base64 in JSON': (secret) => bytesOf(secret).toString('base64').replaceAll('/', '\\/'),
  'in base64 of lines': (secret) =>
    bytesOf(`user:${secret}`).toString('base64').replaceAll(/.{8}/gu, '$&\r\n'),
};

const secrets = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{8,40}$/u),
  fc.stringMatching(/^[!-~]{8,40}$/u),
  fc.stringMatching(/^[a-c"'\\/+%&=<>! ]{8,24}$/u),
  fc.stringMatching(/^[fjäñ€Ã\\\u0083_]{8,24}$/u),
  fc.string({ unit: 'binary', minLength: 8, maxLength: 24 }).filter((text) => text.isWellFormed()),
);

/** So much of the secret's own writing is left that it says something: a third of it in a row. */
function pieces(written: string): readonly string[] {
  const size = Math.max(6, Math.ceil(written.length / 3));
  return Array.from({ length: written.length - size + 1 }, (_, at) => written.slice(at, at + size));
}

function comesNotBack(secret: string, written: string, beside: string): void {
  const scrubbed = scrubOf(secret)(`{"echo":"before${beside}${written}${beside} after"}`);
  expect(scrubbed).toContain(SCRUBBED);
  for (const piece of pieces(written)) {
    if (!`{"echo":"before${beside}${SCRUBBED}${beside} after"}`.includes(piece))
      expect(scrubbed).not.toContain(piece);
  }
}

describe('a secret', () => {
  it.each(Object.entries(WAYS))('%s does not come back', (_, write) => {
    fc.assert(
      fc.property(secrets, fc.constantFrom('', '"', ' ', '='), (secret, beside) => {
        comesNotBack(secret, write(secret), beside);
      }),
      { numRuns: 60 },
    );
  });

  it.each(Object.entries(ENCODINGS))('in %s of what it was written in does not come back', (_, encode) => {
    fc.assert(
      fc.property(secrets, fc.constantFrom(...Object.keys(ENCODED)), (secret, name) => {
        comesNotBack(secret, encode(ENCODED[name]?.(secret) ?? ''), '"');
      }),
      { numRuns: 50 },
    );
  });

  it('is found however its characters are written', () => {
    expect(scrubOf('sk_live/a+b')('x sk%5Flive\\/\\u0061&#43;b y')).toBe(`x ${SCRUBBED} y`);
  });

  it.each([
    [
      '{"next":"/login?next=%2Fx%3Fk%3Dfoo%252Bxyz%252FQ%253D%253D"}',
      'foo+xyz/Q==',
      `%2Fx%3Fk%3D${SCRUBBED}"}`,
    ],
    ['{"a":"b\\""}', 'b"', `{"a":"${SCRUBBED}"}`],
    ['a,"""b"",c""",d', '"b",c"', `a,"${SCRUBBED}",d`],
    ["'it''s, so'", "it's, so", `'${SCRUBBED}'`],
  ])('is taken out of %s, and no more', (text, secret, end) => {
    expect(scrubOf(secret)(text).endsWith(end)).toBe(true);
  });

  it.each(NAMES)('is found where HTML calls a character %s', (name, character) => {
    expect(scrubOf(`canary${character}key`)(`<b>canary&${name};key</b>`)).toBe(`<b>${SCRUBBED}</b>`);
    expect(scrubOf(`${character}canary`)(`%26${name}%3Bcanary`)).toBe(SCRUBBED);
  });

  it.each([
    ['the bytes of UTF-8 as Latin-1', asLatin1],
    ['the bytes of UTF-8 as windows-1252', asWindows],
    ['escapes of such bytes', (text: string) => [...asLatin1(text)].map(byNumber).join('')],
    ['Latin-1 in a URL', (text: string) => escape(text)],
    ['base64 of Latin-1', (text: string) => Buffer.from(text, 'latin1').toString('base64')],
    ['hex of Latin-1', (text: string) => Buffer.from(text, 'latin1').toString('hex')],
    ['Latin-1 that is read as UTF-8', (text: string) => Buffer.from(text, 'latin1').toString('utf8')],
  ])('beyond ASCII is found as %s', (_, write) => {
    for (const secret of ['pässwörd-geheim-ñandú-2026', 'Ã-geheim-à'])
      expect(scrubOf(secret)(`x: ${write(secret)}; y`)).toMatch(/^x: .{8,10}; y$/u);
  });

  it('of many characters is found, and its beginning alone left as it is', () => {
    for (const unit of ['eyJhbGciOi', 'a"\\+/&amp;%25', '😀"']) {
      const secret = `${unit.repeat(400)}end`;
      const scrub = scrubOf(secret);
      for (const write of [inJson, strict, ENCODINGS['base64 behind two'] ?? inJson])
        expect(scrub(`x,${write(secret)}`).length).toBeLessThan(20);
      const beginning = unit.repeat(20);
      expect(scrub(beginning)).toBe(beginning);
    }
  });

  it('of backslashes and quotes is looked for in many of them', () => {
    const secret = `${'\\'.repeat(6)}${'"'.repeat(20)}x`;
    for (const text of ['\\'.repeat(5000), '"'.repeat(5000)]) expect(scrubOf(secret)(text)).toBe(text);
    expect(scrubOf(secret)(`-${inJson(inJson(secret))}-`)).toBe(`-${SCRUBBED}-`);
  });

  it('that another holds is found with it, and each by itself', () => {
    const scrub = scrubOf('token-abc', 'token-abc-and-more');
    expect(scrub('token-abc-and-more, token-abc.')).toBe(`${SCRUBBED}, ${SCRUBBED}.`);
  });

  it('leaves all else as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(scrubOf('correct-horse-battery')(text)).toBe(text);
      }),
    );
    expect(scrubOf()('nothing')).toBe('nothing');
    expect(scrubOf('')('nothing')).toBe('nothing');
  });

  it('is found in a name in whichever case, and in no other name', () => {
    const secret = 'K3Y-abcDEF_Ghi.99-ñ/Q';
    const { isInName } = scrubOf('other-secret', secret);
    const base64 = [secret, `a${secret}`, `ab${secret}c`].map((text) => bytesOf(text).toString('base64url'));
    const written = [secret, strict(secret), strict(strict(secret)), bytesOf(secret).toString('hex')];
    for (const text of [...written, ...base64, ...base64.map(strict), escape(secret), percent(secret)]) {
      expect(isInName(`X-${text}-Y`)).toBe(true);
      expect(isInName(`x-${text.toLowerCase()}`)).toBe(true);
      expect(isInName(`X-${text.toUpperCase()}`)).toBe(true);
      // Its beginning alone is not it.
      expect(isInName(`x-${text.slice(0, 10)}`)).toBe(false);
    }
    for (const name of ['x-request-id', 'etag', 'x-k3y', '%', '']) expect(isInName(name)).toBe(false);
    expect(scrubOf().isInName('etag')).toBe(false);
    expect(scrubOf('Key%41%zZ').isInName('x-kEy%41%Zz')).toBe(true);
  });

  it('of either of two scrubs is found by both of them', () => {
    const both = bothScrubs(scrubOf('one-Secret'), scrubOf('other-Secret'));
    expect(both('one-Secret, other-Secret')).toBe(`${SCRUBBED}, ${SCRUBBED}`);
    expect([both.isInName('x-one-secret'), both.isInName('other-SECRET'), both.isInName('one')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is looked for in a megabyte of its own beginning', () => {
    const text = 'aaaaaaaaaaaaaaab'.slice(0, 15).repeat(70_000);
    expect(scrubOf('aaaaaaaaaaaaaaab')(text)).toBe(text);
  });
});
