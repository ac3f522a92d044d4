// Where clients put the task token, and where it is found.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskTokenIn } from '../../../src/connectors/http/index.ts';
import type { Header } from './support.ts';

const TOKEN = `bwt_eyJ0YXNrIjoidGFzazEifQ.${'A'.repeat(43)}0123abcd`;
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
const header = (value: string, name = 'X-Api-Key') => [{ header: name, value }];

describe('the task token', () => {
  it.each([
    ['Bearer', `Bearer ${TOKEN}`, 'bearer'],
    ['Bearer in other letters, after two blanks', `bEARER  ${TOKEN}`, 'bearer'],
    ['DPoP', `DPoP ${TOKEN}`, 'dpop'],
    ['token', `token ${TOKEN}`, 'token'],
    ["Basic's password", basic(`x-access-token:${TOKEN}`), 'basic'],
    ["Basic's password, with nobody's name", basic(`:${TOKEN}`), 'basic'],
    ['Basic without its padding', basic(`x:${TOKEN}`).replace(/=+$/u, ''), 'basic'],
  ])('is found as %s', (_, value, scheme) => {
    expect(taskTokenIn([['Authorization', value]], undefined)).toEqual({
      token: TOKEN,
      header: 'authorization',
      scheme,
    });
  });

  it.each([
    ['as a whole', '${secret.key}', TOKEN],
    ['as a whole, where words would stand around it', 'Key ${secret.key}', TOKEN],
    ['with the words around it', 'Key ${secret.key}', `Key ${TOKEN}`],
    ['with the words in other letters', 'Key ${secret.key}', `KEY ${TOKEN}`],
    ['between words', 'Token token="${secret.key}", v=1', `Token token="${TOKEN}", v=1`],
    ['in the place of one of several', '${secret.id}:${secret.key}', `mine:${TOKEN}`],
    ['in the place of the first of several', '${secret.id}:${secret.key}', `${TOKEN}:x`],
  ])("is found in the header of the target's credential, %s", (_, template, value) => {
    expect(taskTokenIn([['x-api-key', value]], header(template))).toEqual({
      token: TOKEN,
      header: 'x-api-key',
    });
  });

  it('is found in a template of Authorization', () => {
    const found = taskTokenIn(
      [['authorization', `ApiKey ${TOKEN}`]],
      header('ApiKey ${secret.k}', 'Authorization'),
    );
    expect(found).toEqual({ token: TOKEN, header: 'authorization' });
  });

  it.each([
    ['nowhere', []],
    ['in a header that nothing is put into', [['X-Other', TOKEN]]],
    ["as Basic's user", [['Authorization', basic(`${TOKEN}:`)]]],
    ['in Basic without a colon', [['Authorization', basic(TOKEN)]]],
    ['in Basic that is no base64', [['Authorization', `Basic ${basic(`x:${TOKEN}`).slice(6)}!`]]],
    ['with other words around it', [['X-Api-Key', `Other ${TOKEN}`]]],
    ['of the target, in its place', [['X-Api-Key', 'Key of-the-target']]],
    ['under another scheme', [['Authorization', `Digest ${TOKEN}`]]],
    ['under none', [['Authorization', TOKEN]]],
    ['that is none, as token', [['Authorization', 'token ghp_x']]],
    ['that is none, as Basic', [['Authorization', basic('a:b')]]],
  ] as const)('is not found %s', (_, headers) => {
    expect(taskTokenIn(headers, header('Key ${secret.key}'))).toBeUndefined();
  });

  it('that is none is returned as a bearer token', () => {
    expect(taskTokenIn([['authorization', 'Bearer eyJ']], undefined)?.token).toBe('eyJ');
    expect(taskTokenIn([['authorization', 'DPoP eyJ']], undefined)?.scheme).toBe('dpop');
  });

  it('is taken where it is one, whatever stands before it', () => {
    const headers: readonly Header[] = [
      ['Authorization', 'Bearer sk-live'],
      ['X-Api-Key', `Key ${TOKEN}`],
    ];
    expect(taskTokenIn(headers, header('Key ${secret.key}'))?.header).toBe('x-api-key');
    const other: readonly Header[] = [
      ['Authorization', basic('x:bwt_basic')],
      ['Authorization', 'token bwt_token'],
      ['Authorization', 'Bearer bwt_bearer'],
    ];
    expect(taskTokenIn(other, undefined)?.token).toBe('bwt_bearer');
    expect(taskTokenIn(other.slice(0, 2), undefined)?.token).toBe('bwt_token');
  });

  it('is looked for without end in no header', () => {
    const literal = fc.constantFrom('', 'a', 'ab', ':', ' ', '${secret.a}', '${secret.b}');
    const text = fc.array(literal, { maxLength: 6 }).map((parts) => parts.join(''));
    const value = fc.array(fc.constantFrom('a', 'b', ':', ' ', 'bwt_x', 'Basic ', 'Bearer '), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(text, value, (template, parts) => {
        const found = taskTokenIn([['x-api-key', parts.join('')]], header(template));
        if (found !== undefined) expect(found.token).toMatch(/^bwt_/u);
      }),
      { numRuns: 2000 },
    );
  });
});
