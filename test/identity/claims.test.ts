// What claims fit a rule: exactly, as members, by a pattern as a whole; never by what nobody wrote.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claims } from '../../src/config/index.ts';
import { claimsFit } from '../../src/identity/claims.ts';

/** Claims as a token brings them: through JSON. */
function fits(rule: Claims, claims: Readonly<Record<string, unknown>>): boolean {
  return claimsFit(JSON.parse(JSON.stringify(claims)) as Record<string, unknown>, rule);
}

describe('exact claims', () => {
  it.each<[Claims, Readonly<Record<string, unknown>>, boolean]>([
    [{ ref: 'main' }, { ref: 'main' }, true],
    [{ ref: 'main' }, { ref: 'Main' }, false],
    [{ ref: 'main' }, { ref: 'main ' }, false],
    [{ ref: 'main' }, { ref: ['main'] }, false],
    [{ ref: 'main' }, { ref: { toString: 'main' } }, false],
    [{ ref: 'main' }, {}, false],
    [{ ref: 'm.*' }, { ref: 'main' }, false],
    [{ id: '7' }, { id: 7 }, false],
    [{ id: 7 }, { id: '7' }, false],
    [{ id: 7 }, { id: 7 }, true],
    [{ on: true }, { on: true }, true],
    [{ on: true }, { on: 'true' }, false],
    [{ on: false }, {}, false],
    [{ ref: 'main', id: 7 }, { ref: 'main', id: 7 }, true],
    [{ ref: 'main', id: 7 }, { ref: 'main', id: 8 }, false],
    [{ toString: 'x' } as unknown as Claims, {}, false],
  ])('%j by %j: %j', (rule, claims, expected) => {
    expect(fits(rule, claims)).toBe(expected);
  });
});

describe('nested claims', () => {
  it.each<[Claims, Readonly<Record<string, unknown>>, boolean]>([
    [{ 'kubernetes.io.namespace': 'jobs' }, { 'kubernetes.io.namespace': 'jobs' }, true],
    [{ 'realm.role': 'bot' }, { realm: { role: 'bot' } }, true],
    [{ 'a.b.c': 1 }, { a: { b: { c: 1 } } }, true],
    [{ 'realm.role': 'bot' }, { realm: { role: 'other' } }, false],
    [{ 'realm.role': 'bot' }, { realm: 'bot' }, false],
    [{ 'realm.role': 'bot' }, { realm: null }, false],
    // Named whole it is that claim, whatever stands inside another.
    [{ 'realm.role': 'bot' }, { 'realm.role': 'other', realm: { role: 'bot' } }, false],
    [{ 'realm.constructor.name': 'Object' }, { realm: {} }, false],
    [{ 'text.length': 1 }, { text: 'x' }, false],
    [{ 'list.0': 'x' }, { list: ['x'] }, false],
    // Names that hold dots themselves: the longest that leads to the claim.
    [{ 'kubernetes.io.pod.name': 'a' }, { 'kubernetes.io': { pod: { name: 'a' } } }, true],
    [{ 'kubernetes.io.pod.name': 'a' }, { 'kubernetes.io': { 'pod.name': 'a' } }, true],
    [{ 'https://sts.example.com/.account': '1' }, { 'https://sts.example.com/': { account: '1' } }, true],
    [{ 'a.b.c': 1 }, { 'a.b': { x: 2 }, a: { b: { c: 1 } } }, true],
    [{ 'a.b.c': 1 }, { 'a.b': 'x', a: { 'b.c': 1 } }, true],
    [{ 'a.b.c': 1 }, { 'a.b': { c: 2 }, a: { b: { c: 1 } } }, false],
    [{ 'a.b.c': 1 }, { 'a.b': [{ c: 1 }], a: { b: [{ c: 1 }] } }, false],
    [{ 'a..b': 1 }, { a: { '.b': 1 } }, true],
    [{ '.a': 1 }, { '': { a: 1 } }, false],
    [{ 'a.b': 'x' }, { a: null }, false],
  ])('%j by %j: %j', (rule, claims, expected) => {
    expect(fits(rule, claims)).toBe(expected);
  });
});

describe('mappings', () => {
  const pod = { 'kubernetes.io': { namespace: 'jobs', pod: { name: { match: 'report-.*' } } } };
  it.each<[Claims, Readonly<Record<string, unknown>>, boolean]>([
    [pod, { 'kubernetes.io': { namespace: 'jobs', pod: { name: 'report-1', uid: 'x' } } }, true],
    [pod, { 'kubernetes.io': { namespace: 'jobs', pod: { name: 'other-1' } } }, false],
    [pod, { 'kubernetes.io': { namespace: 'jobs', pod: 'report-1' } }, false],
    [pod, { 'kubernetes.io': { namespace: 'jobs' } }, false],
    [pod, { 'kubernetes.io': [{ namespace: 'jobs', pod: { name: 'report-1' } }] }, false],
    [pod, { 'kubernetes.io': JSON.stringify(pod['kubernetes.io']) }, false],
    [pod, { 'kubernetes.io': null }, false],
    [pod, {}, false],
    // A pattern is that one member and nothing else; beside another, it is a member's name.
    [{ a: { match: 'x', b: 1 } }, { a: { match: 'x', b: 1 } }, true],
    [{ a: { match: 'x', b: 1 } }, { a: 'x' }, false],
    [{ a: { match: 'x' } }, { a: { match: 'x' } }, false],
    [{ a: { match: { b: 1 } } }, { a: { match: { b: 1 } } }, true],
    [{ a: { 'b.c': 1 } }, { a: { b: { c: 1 } } }, true],
    // What every object inherits is nobody's claim.
    [{ a: { constructor: { name: 'Object' } } }, { a: {} }, false],
    [{ a: { toString: { length: 0 } } }, { a: {} }, false],
    [JSON.parse('{"a":{"__proto__":{"b":1}}}') as Claims, { a: { b: 1 } }, false],
  ])('%j by %j: %j', (rule, claims, expected) => {
    expect(fits(rule, claims)).toBe(expected);
  });

  it('fits the very claim that it was made from, and not with one value changed', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== '__proto__');
    const mapping = fc.letrec<{ rule: unknown }>((tie) => ({
      rule: fc.oneof({ maxDepth: 3 }, value, fc.dictionary(name, tie('rule'), { minKeys: 2, maxKeys: 3 })),
    })).rule;
    fc.assert(
      fc.property(mapping, value, (rule, other) => {
        expect(fits({ x: rule } as Claims, { x: rule })).toBe(true);
        expect(fits({ x: { a: rule, b: other } } as Claims, { x: { a: rule, b: [other] } })).toBe(false);
      }),
    );
  });
});

describe('match:', () => {
  const ref = (pattern: string): Claims => ({ ref: { match: pattern } });
  it.each<[string, unknown, boolean]>([
    ['refs/heads/[a-z]+', 'refs/heads/main', true],
    ['refs/heads/[a-z]+', 'xrefs/heads/main', false],
    ['refs/heads/[a-z]+', 'refs/heads/main/', false],
    // The famous mistake: an alternative must not lose its anchors.
    ['main|release', 'main', true],
    ['main|release', 'main-evil', false],
    ['main|release', 'evil-release', false],
    ['main', 'main\n', false],
    ['main', 'x\nmain', false],
    ['.*', 'a\nb', false],
    ['', 'x', false],
    ['7', 7, false],
    ['.*', ['main'], false],
    ['.*', undefined, false],
    ['[object Object]', {}, false],
    ['a*', 'a'.repeat(1024), true],
    ['a*', 'a'.repeat(1025), false],
  ])('%j by %j: %j', (pattern, value, expected) => {
    expect(fits(ref(pattern), { ref: value })).toBe(expected);
  });

  it('fits no more than the whole value, whatever stands before or after', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        fc.pre(before + after !== '');
        expect(fits(ref('main|release-[0-9]+'), { ref: `${before}main${after}` })).toBe(false);
      }),
    );
  });
});
