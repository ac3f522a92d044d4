// No way of writing a secret brings it back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScrub, SCRUBBED } from '../../src/shared/scrub.ts';
import { Secret } from '../../src/shared/secret.ts';

const scrubOf = (...secrets: string[]) => createScrub(secrets.map((secret) => new Secret(secret)));
const bytesOf = (text: string) => Buffer.from(text, 'utf8');
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const percent = (text: string) =>
  [...bytesOf(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

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
  'in a form': (secret) => new URLSearchParams({ secret }).toString().slice('secret='.length),
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
  'in hex': (secret) => bytesOf(secret).toString('hex'),
  'in large hex': (secret) => bytesOf(secret).toString('hex').toUpperCase(),
  'in base64': (secret) => bytesOf(secret).toString('base64'),
  'in base64url': (secret) => bytesOf(secret).toString('base64url'),
  'in base64 behind one byte': (secret) => bytesOf(`:${secret}`).toString('base64'),
  'in base64 of a pair': (secret) => bytesOf(`jo:${secret}`).toString('base64'),
  'in base64 between others': (secret) => bytesOf(`user:${secret}:more`).toString('base64'),
  'in base64 in a URL': (secret) => encodeURIComponent(bytesOf(secret).toString('base64')),
  'in base64 in JSON': (secret) => bytesOf(secret).toString('base64').replaceAll('/', '\\/'),
  'in base64 of lines': (secret) =>
    bytesOf(`user:${secret}`).toString('base64').replaceAll(/.{8}/gu, '$&\r\n'),
};

const secrets = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{8,40}$/u),
  fc.stringMatching(/^[!-~]{8,40}$/u),
  fc.string({ unit: 'binary', minLength: 8, maxLength: 24 }).filter((text) => text.isWellFormed()),
);

/** So much of the secret's own writing is left that it says something: a third of it in a row. */
function pieces(written: string): readonly string[] {
  const size = Math.max(6, Math.ceil(written.length / 3));
  return Array.from({ length: written.length - size + 1 }, (_, at) => written.slice(at, at + size));
}

describe('a secret', () => {
  it.each(Object.entries(WAYS))('%s does not come back', (_, write) => {
    fc.assert(
      fc.property(secrets, fc.constantFrom('', '"', ' ', '='), (secret, beside) => {
        const written = write(secret);
        const text = `{"echo":"before${beside}${written}${beside} after"}`;
        const scrubbed = scrubOf(secret)(text);
        expect(scrubbed).toContain(SCRUBBED);
        for (const piece of pieces(written)) {
          if (!`{"echo":"before${beside}${SCRUBBED}${beside} after"}`.includes(piece))
            expect(scrubbed).not.toContain(piece);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is found however its characters are written', () => {
    expect(scrubOf('sk_live/a+b')('x sk%5Flive\\/\\u0061&#43;b y')).toBe(`x ${SCRUBBED} y`);
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

  it('is looked for in a megabyte of its own beginning', () => {
    const text = 'aaaaaaaaaaaaaaab'.slice(0, 15).repeat(70_000);
    expect(scrubOf('aaaaaaaaaaaaaaab')(text)).toBe(text);
  });
});
