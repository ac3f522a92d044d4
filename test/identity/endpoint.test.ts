// Whether two URLs name one endpoint: however it is spelled, and never another.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sameEndpoint } from '../../src/identity/endpoint.ts';

const HOST = 'https://bailiwick.example.com';
const segment = fc.stringMatching(/^[A-Za-z0-9_~-][A-Za-z0-9._~%-]{0,6}$/).map(encodeURIComponent);
const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);

/** Escapes some characters that need none, and changes the case of what has none. */
function respelled(text: string, seed: number): string {
  return [...text]
    .map((character, at) => {
      if ((seed >> (at % 16)) % 2 === 0 || !/[A-Za-z0-9_~-]/.test(character) || text[at - 1] === '%')
        return character;
      return text[at - 2] === '%' ? character.toLowerCase() : `%${character.charCodeAt(0).toString(16)}`;
    })
    .join('');
}

it('is the same endpoint, however it is spelled', () => {
  fc.assert(
    fc.property(path, fc.nat(), fc.webQueryParameters(), (one, seed, query) => {
      const other = `HTTPS://BAILIWICK.example.com:443${respelled(one, seed)}?${query}#x`;
      expect(sameEndpoint(other, HOST + one)).toBe(true);
      expect(sameEndpoint(HOST + one, other)).toBe(true);
    }),
  );
});

it('is another with another path', () => {
  fc.assert(
    fc.property(path, path, (one, other) => {
      fc.pre(one !== other);
      expect(sameEndpoint(HOST + one, HOST + other)).toBe(false);
    }),
  );
});

it('is never an endpoint that is no URL, on either side', () => {
  fc.assert(
    fc.property(fc.anything(), (claimed) => {
      expect(sameEndpoint(claimed, `${HOST}/v1/tasks`)).toBe(false);
    }),
  );
  expect(sameEndpoint('nonsense', 'nonsense')).toBe(false);
  expect(sameEndpoint('', '')).toBe(false);
});
