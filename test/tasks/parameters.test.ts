// Parameters: nothing that means something to IAM gets through, whatever pattern the operator wrote.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterProblems } from '../../src/tasks/index.ts';
import { awsCapability } from '../support/config.ts';

const taking = (pattern: string) => awsCapability({ parameters: { prefix: { pattern } } });
const problemsOf = (pattern: string, value: string) =>
  parameterProblems(taking(pattern), { prefix: value }, 'parameters');

/** From harmless to as careless as an operator can be. */
const PATTERNS = ['[a-z0-9-]{1,40}', 'a|b', '.*', '[^]*', '\\S+', '(?:team|user)/[a-z]+', '.*prefix.*'];
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(...'ab/-.*?$:{}\\"\n\r\0\u00e9\u200b\uff0a'), maxLength: 20 }),
  fc.constantFrom(
    '*',
    '?',
    '${aws:username}',
    'a*',
    '..',
    '../b',
    'a:b',
    'a\nb',
    'a\u0000',
    ' ',
    '',
    'a\u2028',
  ),
);

describe('parameterProblems', () => {
  it('accepts no value that IAM could read as anything but itself', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PATTERNS), hostile, (pattern, value) => {
        if (problemsOf(pattern, value).length > 0) return;
        expect(value).toMatch(/^[ !"#%&'()+,\-./0-9;<=>@A-Z[\\\]^_`a-z|~]{0,256}$/);
        expect(new RegExp(pattern, 'u').exec(value)?.[0]).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts what matches the pattern as a whole', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{1,40}$/), (value) => {
        expect(problemsOf('[a-z0-9-]{1,40}', value)).toEqual([]);
      }),
    );
  });

  it.each([
    ['[a-z]+', 'team-a', 'more than the pattern'],
    ['[a-z]+', 'team\n', 'a line end after it'],
    ['[a-z]+', '\nteam', 'a line end before it'],
    ['a|b', 'ax', 'an alternative without its anchor'],
    ['a|b', 'xb', 'an alternative without its anchor'],
    ['.*', '*', 'a wildcard'],
    ['.*', 'team?', 'a wildcard of one character'],
    ['.*', '${aws:username}', 'a variable of IAM'],
    ['.*', '$', 'the beginning of a variable'],
    ['.*', '{x}', 'braces'],
    ['.*', 'a:b', 'the border of a segment'],
    ['[^]*', 'a\u0000b', 'NUL'],
    ['[^]*', 'a\r\nb', 'line ends'],
    ['.*', 't\u00e9am', 'letters beyond ASCII'],
    ['\\w+', '\u{1d4ea}', 'letters that only look like letters'],
    ['.*', '\uff0a', 'a wide asterisk'],
    ['.*', 'a\u200bb', 'what is not seen'],
    ['.*', '\ud800', 'half a character'],
    ['.*', 'x'.repeat(257), 'too much'],
    ['[a-z]+', '', 'nothing'],
  ])('of %j refuses %j: %s', (pattern, value) => {
    expect(problemsOf(pattern, value)).toEqual([{ path: 'parameters.prefix', problem: expect.any(String) }]);
  });

  it('wants every parameter, and no other, and says so of all at once', () => {
    const definition = awsCapability({ parameters: { a: { pattern: 'x' }, b: { pattern: 'y' } } });
    expect(parameterProblems(definition, { b: 'z', c: 'x' }, 'p')).toEqual([
      { path: 'p.a', problem: 'is required and must match x' },
      { path: 'p.b', problem: 'must match y as a whole' },
      { path: 'p.c', problem: 'is not a parameter of the capability: known are a, b' },
    ]);
    expect(parameterProblems(awsCapability(), { c: 'x' }, 'p')).toEqual([
      { path: 'p.c', problem: 'is not a parameter of the capability: the capability takes none' },
    ]);
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'finds no parameter %s that nobody gave',
    (name) => {
      const definition = awsCapability({ parameters: JSON.parse(`{"${name}":{"pattern":"[^]*"}}`) });
      expect(parameterProblems(definition, {}, 'p')).toEqual([
        { path: `p.${name}`, problem: 'is required and must match [^]*' },
      ]);
      const given = JSON.parse(`{"${name}":"x"}`) as Readonly<Record<string, string>>;
      expect(parameterProblems(definition, given, 'p')).toEqual([]);
      expect(parameterProblems(awsCapability(), given, 'p')).toHaveLength(1);
    },
  );
});
