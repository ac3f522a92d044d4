// Heads read without Cedar are what Cedar reads, or are left to it: the index of policies stands on that.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cedar } from '../../src/policy/cedar.ts';
import { headOf } from '../../src/policy/heads.ts';
import { cutPolicies, type Piece } from '../../src/policy/source.ts';
import { factsOf } from '../../src/policy/tree.ts';
import { policy } from '../support/random-policies/policies.ts';

function headOfCedar({ text }: Piece) {
  const answer = cedar((module) => module.policyToJson(text));
  if (answer.type === 'failure') return undefined;
  const { effect, principal, action, resource } = factsOf(answer.json);
  const { id }: Readonly<Record<string, string | null>> = answer.json.annotations ?? {};
  return { effect, principal, action, resource, ...(id === undefined ? {} : { id }) };
}

function onlyPiece(text: string): Piece | undefined {
  const [piece, ...others] = cutPolicies(text);
  return others.length === 0 ? piece : undefined;
}

/** What a head may hold that is left to Cedar: escapes, an empty list, white space of another kind than ours. */
const ODD = /[\\\u0085]|in \[\]/u;

test('a head is read as Cedar reads it, and only what is odd is left to Cedar', () => {
  fc.assert(
    fc.property(policy, (text) => {
      const piece = onlyPiece(text);
      if (piece === undefined) throw new Error('not one policy');
      const read = headOf(piece);
      if (read === undefined) expect(piece.code).toMatch(ODD);
      else expect(read).toEqual(headOfCedar(piece));
    }),
    { numRuns: 500 },
  );
});

/** What may be written oddly, and what is no Cedar at all. */
const SCRAPS = [
  ...[
    '\n',
    '\t',
    '// "\n',
    '@id("x")',
    '@id',
    '@id()',
    '@b(")")\n',
    ',',
    ' in ',
    ' is ',
    ' == ',
    '::',
    'action',
  ],
  ...['"', '\\', '/', '(', ')', '[', ']', '@', '.', '?', '\ufeff', 'é', 'Agent::"a"', 'principal', 'permit'],
];
const edit = fc.record({
  at: fc.nat(),
  removed: fc.constantFrom(0, 0, 0, 1),
  scrap: fc.constantFrom('', ...SCRAPS),
});

test('whatever becomes of a policy, if Cedar still reads it, it is read the same', () => {
  fc.assert(
    fc.property(policy, fc.array(edit, { minLength: 1, maxLength: 2 }), (text, edits) => {
      const edited = edits.reduce((before, { at, removed, scrap }) => {
        const head = before.split(/\b(?:when|unless)\s*\{/u)[0] ?? '';
        const borders = [...head.matchAll(/(?<!\w)|(?!\w)/gu)].map(({ index }) => index);
        const place = borders[at % borders.length] ?? 0;
        return before.slice(0, place) + scrap + before.slice(place + removed);
      }, text);
      const piece = onlyPiece(edited);
      const read = piece && headOf(piece);
      const known = read && piece && headOfCedar(piece);
      if (known !== undefined) expect(read).toEqual(known);
    }),
    { numRuns: 2000 },
  );
});
