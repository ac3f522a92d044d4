// The canonical text of JSON: RFC 8785's own example, and what must hold for any value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, canonicalWith, type Json, type JsonObject } from '../../src/shared/json.ts';

/** As fast-check makes them, without what JSON has no text for. */
const anyJson = fc.jsonValue().map((value): Json => JSON.parse(JSON.stringify(value)));

/** What the text is, said in the simplest way. */
function simply(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(simply).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value as JsonObject).filter(([, member]) => member !== undefined);
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, member]) => `${JSON.stringify(key)}:${simply(member ?? null)}`).join(',')}}`;
}

/** Lone surrogates, too, which JSON.parse would not have made of well-formed text. */
const anyText = fc.array(fc.nat(0xffff), { maxLength: 80 }).map((units) => String.fromCharCode(...units));
const anyTree = fc.letrec<{ tree: Json }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, -0, 1e21, 1e-7),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    anyText,
    fc.string(),
    fc.array(tie('tree'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(anyText, fc.constantFrom('a', 'b', '__proto__', '1')), tie('tree'), {
      maxKeys: 40,
    }),
  ),
})).tree;

function shuffled(value: Json, seed: number): Json {
  if (Array.isArray(value)) return value.map((item: Json) => shuffled(item, seed));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value);
  const turned =
    seed % 2 === 0 ? members.reverse() : [...members.slice(seed % 5), ...members.slice(0, seed % 5)];
  return Object.fromEntries(turned.map(([key, member]) => [key, shuffled(member ?? null, seed + 1)]));
}

describe('canonicalJson', () => {
  it('is what it simply should be, for any value', () => {
    fc.assert(fc.property(anyTree, (value) => canonicalJson(value) === simply(value)));
  });

  it('is the same when there were more keys than it keeps', () => {
    const value = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`key ${n}`, { [`"${n}`]: n }]));
    for (let times = 0; times < 2; times += 1) expect(canonicalJson(value)).toBe(simply(value));
  });

  it('writes the example of RFC 8785', () => {
    const value = {
      // biome-ignore lint/correctness/noPrecisionLoss: the example says it so
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts keys by UTF-16 code units, as the RFC has it', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.keys(JSON.parse(canonicalJson(value)) as object)).toHaveLength(7);
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
  });

  it('sorts many keys as it sorts few', () => {
    const keys = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 3 }), {
      minLength: 25,
      maxLength: 60,
    });
    fc.assert(
      fc.property(keys, (names) => {
        const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
        // Parsed, keys that are numbers would come first.
        const expected = names.toSorted().map((name) => `${JSON.stringify(name)}:0`);
        expect(text).toBe(`{${expected.join(',')}}`);
      }),
    );
  });

  it('writes texts as JSON.stringify does, short and long, plain and not', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 60, maxLength: 70 }));
    fc.assert(fc.property(texts, (text) => canonicalJson(text) === JSON.stringify(text)));
    for (let unit = 0; unit < 0x100; unit += 1) {
      const text = String.fromCharCode(unit);
      expect(canonicalJson(text)).toBe(JSON.stringify(text));
    }
  });

  it('is the same for any order of keys', () => {
    fc.assert(
      fc.property(anyJson, fc.nat(20), (value, seed) => {
        expect(canonicalJson(shuffled(value, seed))).toBe(canonicalJson(value));
      }),
    );
  });

  it('is JSON of the same value, and its own canonical text', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(value);
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
      }),
    );
  });

  it.each([
    ['1.0', '1'],
    ['-0', '0'],
    ['1e21', '1e+21'],
    ['100000000000000000000', '100000000000000000000'],
    ['0.000001', '0.000001'],
    ['1e-7', '1e-7'],
    ['9007199254740993', '9007199254740992'],
  ])('writes %s as %s', (text, canonical) => {
    expect(canonicalJson(JSON.parse(text) as Json)).toBe(canonical);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %s, however deep',
    (bad) => {
      expect(() => canonicalJson(bad)).toThrow(TypeError);
      expect(() => canonicalJson({ a: [{ b: bad }] })).toThrow(TypeError);
    },
  );

  it('leaves out what is undefined, as JSON.stringify does', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it('takes a key named __proto__ for a key', () => {
    expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":2}}') as Json)).toBe(
      '{"__proto__":{"a":2},"b":1}',
    );
  });
});

describe('canonicalWith', () => {
  it('is the canonical text of the object with that member, for any value of it', () => {
    const objects = fc.dictionary(fc.oneof(fc.string(), anyText, fc.constant('m')), anyTree);
    fc.assert(
      fc.property(
        objects,
        fc.constantFrom('', 'm', 'zz', '\u00e4'),
        anyTree,
        anyTree,
        (object, name, a, b) => {
          const { text, having } = canonicalWith(object, name, a);
          expect(text).toBe(simply({ ...object, [name]: a }));
          expect(having(b)).toBe(simply({ ...object, [name]: b }));
          expect(having(a)).toBe(text);
        },
      ),
    );
  });

  it('refuses what has no canonical form', () => {
    expect(() => canonicalWith({ a: [Number.NaN] }, 'b', 1)).toThrow(TypeError);
    expect(() => canonicalWith({ a: 1 }, 'b', Number.NaN)).toThrow(TypeError);
  });
});
