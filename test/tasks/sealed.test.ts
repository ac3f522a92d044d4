// What is sealed beside a record: opened by whoever holds the keys of task tokens, for that record and no other.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/shared/secret.ts';
import {
  type Parameters,
  rotatedKeys,
  SealBroken,
  sealedBeside,
  withOwnParameters,
} from '../../src/tasks/index.ts';

const NOW = new Date('2026-03-02T12:00:00Z');
const KEYS = { current: new Secret('key-of-task-tokens-'.repeat(3)) };
const ID = 'task_01hzzzzzzz0000000000000000';

const held = (...all: readonly Parameters[]) =>
  all.map((parameters) => ({ capability: 'notes:read', parameters }));
const seal = (given: readonly Parameters[], shown: readonly Parameters[], keys = KEYS, id = ID) =>
  sealedBeside(id, held(...given), held(...shown), { keys, now: NOW, random: randomBytes });
const record = (given: readonly Parameters[], shown: readonly Parameters[], keys = KEYS) => ({
  id: ID,
  capabilities: held(...shown),
  ...seal(given, shown, keys),
});

it('is nothing where what is shown is what was given, whatever the order of its names', () => {
  expect(seal([{ a: '1', b: '2' }], [{ b: '2', a: '1' }])).toEqual({});
  const plain = { id: ID, capabilities: held({ a: '1' }) };
  expect(withOwnParameters(plain, KEYS)).toBe(plain);
});

it('gives back what was given, whatever it was, and shows none of it', () => {
  const parameters = fc.dictionary(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'grapheme', minLength: 12 }),
  );
  fc.assert(
    fc.property(fc.array(parameters, { minLength: 1, maxLength: 4 }), (given) => {
      const shown = given.map(() => ({ shown: '[EMAIL]' }));
      const kept = record(given, shown);
      expect(withOwnParameters(kept, KEYS).capabilities).toEqual(held(...given));
      const text = JSON.stringify(kept);
      for (const value of given.flatMap((one) => Object.values(one))) expect(text).not.toContain(value);
    }),
    { numRuns: 100 },
  );
});

it('is another one each time, so that two records tell nothing of each other', () => {
  const [one, other] = [1, 2].map(() => seal([{ a: 'secret' }], [{ a: '[X]' }]).sealed);
  expect(one).not.toBe(other);
});

describe('keys that rotate', () => {
  const kept = record([{ a: 'own' }], [{ a: '[X]' }]);
  const rotated = rotatedKeys(KEYS, new Secret('fresh-key-of-task-tokens-'.repeat(2)), NOW);

  it('open what the one before them sealed', () => {
    expect(withOwnParameters(kept, rotated).capabilities).toEqual(held({ a: 'own' }));
  });

  it('seal with the one that everybody knows', () => {
    const next = record([{ a: 'own' }], [{ a: '[X]' }], rotated);
    expect(withOwnParameters(next, KEYS).capabilities).toEqual(held({ a: 'own' }));
  });

  it('open nothing once both are others', () => {
    const others = {
      current: new Secret('another-key-'.repeat(4)),
      previous: new Secret('one-more-key-'.repeat(4)),
    };
    expect(() => withOwnParameters(kept, others)).toThrow(SealBroken);
  });
});

describe('what was sealed', () => {
  const kept = record([{ a: 'own' }], [{ a: '[X]' }]);

  it('opens in no other record', () => {
    expect(() => withOwnParameters({ ...kept, id: 'task_01hzzzzzzz0000000000000001' }, KEYS)).toThrow(
      SealBroken,
    );
  });

  it('opens not at all once a byte of it is another, or it is cut', () => {
    const bytes = Buffer.from(kept.sealed ?? '', 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const sealed = changed.toString('base64url');
      expect(() => withOwnParameters({ ...kept, sealed }, KEYS)).toThrow(SealBroken);
      const cut = bytes.subarray(0, at).toString('base64url');
      expect(() => withOwnParameters({ ...kept, sealed: cut }, KEYS)).toThrow(SealBroken);
    }
  });
});
