// A task covers exactly what it was opened with: that capability, those parameters, nothing near them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  coverageOf,
  type HeldCapability,
  isWithin,
  type Narrower,
  type Parameters,
  type Task,
} from '../../src/tasks/index.ts';

function held(capability: string, parameters: Parameters): HeldCapability {
  return { capability, parameters, decision: { outcome: 'allowed', policies: [], configDigest: 'd' } };
}

function taskWith(capabilities: readonly HeldCapability[]): Task {
  return {
    id: 'task_x',
    agent: 'a',
    owner: { team: 'Data', email: 'data@example.com' },
    status: 'open',
    purpose: 'p',
    capabilities,
    ancestors: [],
    openedAt: '2026-03-02T12:00:00.000Z',
    expiresAt: '2026-03-02T13:00:00.000Z',
    configDigest: 'd',
    tokenHash: 't',
    requestHash: 'r',
    openedEvent: 'e',
  };
}

const name = fc.constantFrom('reports:read', 'reports:write', 'ledger:read');
const parameters = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', '__proto__'),
  fc.constantFrom('', '1', '2', 'a'),
  {
    maxKeys: 3,
  },
);
const capability = fc.record({ capability: name, parameters });

/** Independent of canonical JSON: the same names with the same values. */
function same(a: Parameters, b: Parameters): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((one) => Object.hasOwn(b, one) && a[one] === b[one])
  );
}

describe('coverageOf', () => {
  it('covers what the task holds, exactly', () => {
    fc.assert(
      fc.property(fc.array(capability, { maxLength: 4 }), capability, (holds, wanted) => {
        const task = taskWith(holds.map((one) => held(one.capability, one.parameters)));
        const fitting = holds.filter(
          (one) => one.capability === wanted.capability && same(one.parameters, wanted.parameters),
        );
        const coverage = coverageOf(task, wanted.capability, wanted.parameters);
        expect(coverage.covered).toBe(fitting.length > 0);
        if (coverage.covered) expect(same(coverage.held.parameters, wanted.parameters)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('fills in parameters only where there is one set to mean', () => {
    fc.assert(
      fc.property(fc.array(capability, { maxLength: 4 }), name, (holds, wanted) => {
        const task = taskWith(holds.map((one) => held(one.capability, one.parameters)));
        const fitting = task.capabilities.filter((one) => one.capability === wanted);
        expect(coverageOf(task, wanted, undefined)).toEqual(
          fitting.length === 1
            ? { covered: true, held: fitting[0] }
            : { covered: false, reason: fitting.length === 0 ? 'not_held' : 'ambiguous' },
        );
      }),
    );
  });

  it.each<[Parameters, Parameters]>([
    [{ prefix: 'a' }, {}],
    [{ prefix: 'a' }, { prefix: 'ab' }],
    [{ prefix: 'a' }, { prefix: 'A' }],
    [{ prefix: 'a' }, { prefix: 'a', more: '' }],
    [{ prefix: 'a', more: 'b' }, { prefix: 'a' }],
    [{}, { prefix: 'a' }],
  ])('holding %j does not cover %j', (holds, wanted) => {
    const task = taskWith([held('reports:read', holds)]);
    expect(coverageOf(task, 'reports:read', wanted)).toEqual({ covered: false, reason: 'other_parameters' });
  });
});

describe('isWithin', () => {
  const never: Narrower = () => false;
  const always: Narrower = () => true;

  it('is so for equal parameters, whoever says what is narrower, and whatever their order', () => {
    fc.assert(
      fc.property(fc.array(capability, { maxLength: 4 }), capability, (holds, wanted) => {
        const fitting = holds.some(
          (one) => one.capability === wanted.capability && same(one.parameters, wanted.parameters),
        );
        expect(isWithin(holds, wanted, never)).toBe(fitting);
      }),
      { numRuns: 500 },
    );
    const turned = { capability: 'reports:read', parameters: { b: '2', a: '1' } };
    expect(isWithin([{ capability: 'reports:read', parameters: { a: '1', b: '2' } }], turned, never)).toBe(
      true,
    );
  });

  it('asks only about the same capability, and each that is held', () => {
    fc.assert(
      fc.property(fc.array(capability, { maxLength: 4 }), capability, (holds, wanted) => {
        const named = holds.some((one) => one.capability === wanted.capability);
        expect(isWithin(holds, wanted, always)).toBe(named);
        const asked: unknown[] = [];
        isWithin(holds, wanted, (...given) => {
          asked.push(given);
          return false;
        });
        for (const one of asked)
          expect(one).toEqual([wanted.capability, expect.anything(), wanted.parameters]);
      }),
    );
  });

  it('holds the wide against the narrow, not the other way round', () => {
    const longer: Narrower = (_, wide, narrow) => String(narrow['a']).startsWith(String(wide['a']));
    const [short, long] = ['x', 'x/y'].map((a) => ({ capability: 'reports:read', parameters: { a } }));
    if (short === undefined || long === undefined) throw new Error('two of them');
    expect(isWithin([short], long, longer)).toBe(true);
    expect(isWithin([long], short, longer)).toBe(false);
    expect(isWithin([], short, longer)).toBe(false);
  });
});
