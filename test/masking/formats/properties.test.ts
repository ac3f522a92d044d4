// What holds of any document: JSON stays JSON, and only what is masked of it changes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/shared/json.ts';
import { maskerOf } from './support.ts';

const masker = maskerOf();
const ruled = maskerOf({
  paths: { '$..a.b': 'drop', '$[*].x': 'pseudonym', '$.name': 'keep' },
  keys: { note: 'last4', serial: 'keep', inner: 'hash' },
  actions: { EMAIL: 'last4', CARD: 'pseudonym', SSN: 'drop' },
});

const key = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'x',
    'ssn',
    'password',
    'note',
    'serial',
    'inner',
    'name',
    'value',
    'Key',
    'Value',
    'a@b.example',
  ),
  fc.constantFrom('__proto__', '', '7', '[EMAIL]'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const plainText = fc.oneof(
  fc.constantFrom(
    'ssn',
    'password',
    'note',
    'hunter2',
    '[EMAIL]',
    '[SSN:…1234]',
    'a%40b.example',
    '%5B',
    '{',
    '[1',
    '"',
    '\\',
    '😀',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const sensitive = fc.constantFrom<Json>(
  'a@b.example',
  'to c@d.example.',
  4111111111111111,
  123456789,
  '4111 1111 1111 1111',
);
const leaf = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1.5, 1e100),
  plainText,
  sensitive,
  fc.json({ maxDepth: 2 }),
  fc.constant('{"ssn":123456789,"note":"some text"}'),
);

const { value: anyValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((members) => Object.fromEntries(members)),
  ),
}));

const blank = fc.constantFrom('', '', '', ' ', '\n', '\t', '\r\n  ');

/** The text of a value with any blanks and escapes, always the same for the same choices. */
function written(value: Json, choices: readonly string[]): string {
  let at = 0;
  const space = () => choices[at++ % choices.length] ?? '';
  const text = (given: string) =>
    JSON.stringify(given).replaceAll(/(?<!\\)[a-z@/]/gu, (one) =>
      space() === '\t' && one !== '/' ? `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}` : one,
    );
  const write = (one: Json): string => {
    if (typeof one === 'string') return text(one);
    if (Array.isArray(one))
      return `[${space()}${one.map((item: Json) => `${write(item)}${space()}`).join(',')}]`;
    if (one === null || typeof one !== 'object') return JSON.stringify(one);
    const members = Object.entries(one as JsonObject).map(
      ([name, member]) => `${space()}${text(name)}${space()}:${space()}${write(member as Json)}${space()}`,
    );
    return `{${members.join(',')}}`;
  };
  return `${space()}${write(value)}${space()}`;
}

// An escape in front of a letter (`\n`) is none to be written otherwise.
const texts = fc.tuple(anyValue, fc.array(blank, { minLength: 1, maxLength: 12 })).map(([value, choices]) => {
  const text = written(value, choices);
  return { value, text: isSame(text, value) ? text : JSON.stringify(value) };
});

function isSame(text: string, value: Json): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value);
  } catch {
    return false;
  }
}

const LABEL = /\[[A-Z]+(?::[^\]]+)?\]/u;

/** Every place where the two differ has a label where there was a value, or nothing; the rest is the same. */
function expectMasked(before: Json, after: Json): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  if (before === null || typeof before !== 'object') {
    if (after === null) return;
    expect(typeof after).toBe('string');
    if (typeof before !== 'string' || !JSON.stringify(after).includes('null')) expect(after).toMatch(LABEL);
    return;
  }
  expect(Array.isArray(after)).toBe(Array.isArray(before));
  const [olds, news] = [Object.entries(before), Object.entries(after as object)] as [
    [string, Json][],
    [string, Json][],
  ];
  expect(news.length).toBe(olds.length);
  for (const [index, [name, old]] of olds.entries()) {
    const [newName, value] = news[index] as [string, Json];
    if (newName !== name) expect(newName).toMatch(LABEL);
    expectMasked(old, value);
  }
}

describe('JSON', () => {
  it('stays JSON, the same but for what is masked', () => {
    fc.assert(
      fc.property(texts, ({ value, text }) => {
        const masked = masker.text(text, undefined, 'json');
        expectMasked(JSON.parse(JSON.stringify(value)) as Json, dedupedParse(masked, value));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps every character outside what is masked', () => {
    fc.assert(
      fc.property(texts, ({ text }) => {
        const spans = masker.find(text, 'json');
        const masked = masker.text(text, undefined, 'json');
        // Keys that are masked alike are numbered.
        fc.pre(!/\]#\d/u.test(masked));
        let at = 0;
        let from = 0;
        for (const { start, end, type } of spans) {
          const before = text.slice(from, start);
          expect(masked.slice(at, at + before.length)).toBe(before);
          at += before.length;
          const label = /^\\*"?\[[A-Z]+\]\\*"?/u.exec(masked.slice(at))?.[0] ?? '';
          expect(label).toContain(`[${type}]`);
          at = masked.indexOf(`[${type}]`, at) + type.length + 2;
          const rest = masked.slice(at);
          const quote = /^\\*"/u.exec(rest)?.[0] ?? '';
          if (!text.startsWith(quote, end) || quote === '')
            at += text.startsWith(rest.slice(0, 1), end) ? 0 : quote.length;
          from = end;
        }
        expect(masked.slice(at)).toBe(text.slice(from));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['without rules', masker],
    ['with rules', ruled],
  ])('is masked once, %s: what is masked stays as it is', (_, by) => {
    fc.assert(
      fc.property(texts, ({ text }) => {
        const once = by.text(text, undefined, 'json');
        expect(by.text(once, undefined, 'json')).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['without rules', masker],
    ['with rules', ruled],
  ])('and the value that it means are masked alike, %s', (_, by) => {
    fc.assert(
      fc.property(texts, ({ value, text }) => {
        const given = JSON.parse(JSON.stringify(value)) as Json;
        expect(by.value(given)).toEqual(JSON.parse(by.text(text, undefined, 'json')));
      }),
      { numRuns: 500 },
    );
  });
});

/** Keys that are masked alike would become one: such texts are compared by their values. */
function dedupedParse(masked: string, value: Json): Json {
  const parsed = JSON.parse(masked) as Json;
  const count = (one: Json): number =>
    one === null || typeof one !== 'object'
      ? 1
      : Object.values(one as JsonObject).reduce((sum: number, each) => sum + count(each as Json), 1);
  return count(parsed) === count(JSON.parse(JSON.stringify(value)) as Json) ? parsed : masker.value(value);
}

describe('anything', () => {
  const part = fc.oneof(
    fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        '"',
        '\\',
        ',',
        ':',
        '|',
        '&',
        '=',
        '%',
        '%4',
        '\\u',
        '\n',
        '\r',
        '-',
        ';',
        '?',
        '#',
      ],
    ),
    fc.constantFrom(
      'a@b.example',
      '"ssn":',
      '123456789',
      'password',
      'note',
      '[EMAIL]',
      '\ud83d',
      '\0',
      '"value":',
      'id,ssn\n',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const anything = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''));

  it.each(['text', 'json', 'csv', 'form', 'auto'] as const)(
    'is masked as %s without a fault, in spans in order',
    (format) => {
      fc.assert(
        fc.property(anything, (text) => {
          let earlier = 0;
          for (const { start, end } of ruled.find(text, format)) {
            expect(start).toBeGreaterThanOrEqual(earlier);
            expect(end).toBeGreaterThan(start);
            earlier = end;
          }
          expect(earlier).toBeLessThanOrEqual(text.length);
          if (ruled.find(text, format).length === 0) expect(ruled.text(text, undefined, format)).toBe(text);
        }),
        { numRuns: 500 },
      );
    },
  );

  it('is masked as a URL and as a header without a fault, once', () => {
    fc.assert(
      fc.property(
        anything,
        fc.constantFrom('cookie', 'set-cookie', 'authorization', 'location', 'note', 'x'),
        (text, name) => {
          expect(() => ruled.url(text)).not.toThrow();
          const once = masker.headers([[name, text]]);
          expect(masker.headers(once)).toEqual(once);
        },
      ),
      { numRuns: 500 },
    );
  });
});
