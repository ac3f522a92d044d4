// Paths that are judged and sent on in one spelling, and those that could mean two things.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePath } from '../../../src/connectors/http/index.ts';

function linesOf(file: string): readonly string[] {
  const text = readFileSync(new URL(`../../cases/http/paths/${file}`, import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('# '));
  return lines.map((line) => JSON.parse(`"${line}"`) as string);
}

describe('a path', () => {
  it.each(linesOf('refused.txt'))('%j is refused', (raw) => {
    expect(parsePath(raw)).toBeUndefined();
  });

  it.each(linesOf('taken.txt').map((line) => line.split(' -> ') as [string, string]))(
    '%j is sent as %j',
    (raw, text) => {
      expect(parsePath(raw)?.text).toBe(text);
    },
  );

  it('too long is refused', () => {
    expect(parsePath(`/${'a'.repeat(8191)}`)).toBeDefined();
    expect(parsePath(`/${'a'.repeat(8192)}`)).toBeUndefined();
  });

  it('is sent in a spelling that means the same to whoever reads it, and is taken again as it is', () => {
    const someEscape = fc
      .integer({ min: 0, max: 255 })
      .map((byte) => `%${byte.toString(16).padStart(2, '0')}`);
    const piece = fc.oneof(
      fc.constantFrom('/', '.', '..', ';', '\\', '%', '%2f', '%2e', 'a', 'é', '%c3%a9', ' '),
      someEscape,
      fc.string({ unit: 'binary', maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = parsePath(`/${pieces.join('')}`);
        if (path === undefined) return;
        expect(path.text).toMatch(/^\/(?:[A-Za-z0-9\-._~!$&'()*+,=:@/]|%[0-9A-F]{2})*$/u);
        expect(parsePath(path.text)).toEqual(path);
        // As every URL parser reads it.
        const url = new URL(`https://host.example${path.text}`);
        expect(url.pathname).toBe(path.text);
        expect(url.pathname.slice(1).split('/').map(decodeURIComponent)).toEqual(
          path.segments.length === 0 ? [''] : path.segments,
        );
      }),
      { numRuns: 3000 },
    );
  });
});
