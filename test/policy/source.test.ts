// Cutting a file into policies agrees with Cedar, and knows where everything stands.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cedar } from '../../src/policy/cedar.ts';
import { cutPolicies, lineAt } from '../../src/policy/source.ts';

const policy = fc.constantFrom(
  'permit (principal, action, resource);',
  '@id("a;b") forbid(principal,action,resource)when{"; // \\" é"!=""};',
  'permit (principal, // ; "\n action, resource) unless { "a\n;b" == "//" };',
  '@note("\\\\")\npermit (principal, action in [Action::"x;y"], resource) when { {a: [1]}.a == [1] };',
);
const trivia = fc.constantFrom('', ' ', '\n', '\r\n', '// ; " permit\n', '//\n//;\r', '\t', '// "é\n\n');
const file = fc
  .tuple(fc.array(fc.tuple(trivia, trivia, policy), { maxLength: 6 }), trivia)
  .map(([parts, tail]) => parts.flat().join('') + tail);

test('a file holds as many policies as Cedar finds, and each is one to Cedar', () => {
  fc.assert(
    fc.property(file, (text) => {
      const pieces = cutPolicies(text);
      const whole = cedar((module) => module.policySetTextToParts(text));
      expect(whole).toMatchObject({ type: 'success' });
      expect(pieces.map((piece) => piece.text).sort()).toEqual(
        whole.type === 'success' && [...whole.policies].sort(),
      );
      for (const piece of pieces) {
        expect(cedar((module) => module.policyToJson(piece.text)).type).toBe('success');
        expect(text.slice(piece.start, piece.start + piece.text.length)).toBe(piece.text);
        expect(piece.code).toHaveLength(piece.text.length);
        expect(piece.line).toBe(text.slice(0, piece.start).split('\n').length);
      }
    }),
  );
});

test('no text is lost: what is not a comment or white space is in a piece', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('"', '\\', '/', ';', '\n', '\r', ' ', '(', ')', 'a', 'é')),
      (parts) => {
        const text = parts.join('');
        const pieces = cutPolicies(text);
        let rest = text;
        for (const piece of pieces.toReversed()) {
          rest = rest.slice(0, piece.start) + rest.slice(piece.start + piece.text.length);
        }
        const whole = cedar((module) => module.checkParsePolicySet({ staticPolicies: rest }));
        expect(whole.type, JSON.stringify(rest)).toBe('success');
      },
    ),
  );
});

test('lines are counted from one', () => {
  expect([0, 1, 2, 3].map((offset) => lineAt('a\n\nb', offset))).toEqual([1, 1, 2, 3]);
});
