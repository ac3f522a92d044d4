// What a route says of the query and the body, and what is told of a request that is not so.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldRule, HttpRoute } from '../../../src/config/index.ts';
import { boundProblem, constraintProblem } from '../../../src/connectors/http/index.ts';

interface Case {
  readonly rules: Partial<HttpRoute>;
  readonly query?: string;
  readonly json?: unknown;
  readonly body?: string;
  readonly latin1?: string;
  readonly contentType?: string | null;
  readonly contentEncoding?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** What stands in the sentence. */
  readonly names?: string;
}

function casesOf(file: string): readonly (readonly [string, Case])[] {
  const text = readFileSync(new URL(`../../cases/http/constraints/${file}`, import.meta.url), 'utf8');
  return Object.entries(JSON.parse(text) as Record<string, Case>);
}

function bodyOf({ json, body, latin1 }: Case): Uint8Array | undefined {
  if (latin1 !== undefined) return Buffer.from(latin1, 'latin1');
  if (body !== undefined) return Buffer.from(body);
  return json === undefined ? undefined : Buffer.from(JSON.stringify(json));
}

function problemOf(one: Case): string | undefined {
  const route: HttpRoute = { route: 'POST /tickets', otherFields: false, ...one.rules };
  const contentType =
    one.contentType === null ? undefined : (one.contentType ?? 'application/json; charset=utf-8');
  const request = {
    query: [...new URLSearchParams(one.query ?? '')],
    body: bodyOf(one),
    contentType,
    contentEncoding: one.contentEncoding,
  };
  return constraintProblem(route, request, one.parameters ?? {});
}

describe('rules of a route', () => {
  it.each(casesOf('taken.json'))('take %s', (_, one) => {
    expect(problemOf(one)).toBeUndefined();
  });

  it.each(casesOf('refused.json'))('refuse %s', (_, one) => {
    const problem = problemOf(one);
    expect(problem).toContain(one.names);
    expect(problem).toMatch(/^[^\n]+\.$/u);
    expect(problem).not.toContain('canary');
  });

  const rule = (is: string): FieldRule => ({ rule: { is: [is] }, required: true });

  it('are judged as every reader reads the body', () => {
    // Whatever is taken has, for a reader that keeps the first and for one that keeps the last, the value that was asked for.
    const key = fc.constantFrom('visibility', 'Visibility', 'title', '__proto__', 'v\\u0069sibility');
    const value = fc.constantFrom('"private"', '"public"', '1', '{"visibility":"public"}', '["private"]');
    const members = fc.array(fc.tuple(key, value), { maxLength: 4 });
    fc.assert(
      fc.property(members, fc.boolean(), (pairs, otherFields) => {
        const body = `{${pairs.map(([name, given]) => `"${name}":${given}`).join(',')}}`;
        const problem = problemOf({ rules: { body: { visibility: rule('private') }, otherFields }, body });
        if (problem !== undefined) return;
        const named = pairs.filter(([name]) => JSON.parse(`"${name}"`).toLowerCase() === 'visibility');
        expect(named.map(([, given]) => given)).toEqual(['"private"']);
        if (!otherFields) expect(pairs).toHaveLength(1);
      }),
      { numRuns: 3000 },
    );
  });

  it('never throw, whatever the bytes are', () => {
    const rules = { body: { 'a.b': rule('x'), 'l[]': rule('y') }, query: { q: rule('z') } };
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (body) => {
          const route: HttpRoute = { route: 'POST /x', otherFields: true, ...rules };
          const request = { query: [['q', 'z']] as const, body, contentType: 'application/json' };
          expect(constraintProblem(route, request, {})).toMatch(/./u);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('hold for a body that is nothing but brackets', () => {
    const body = `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`;
    expect(problemOf({ rules: { body: {}, otherFields: true }, body })).toContain('64');
  });

  it('try a pattern on values of some length only', () => {
    const text: FieldRule = { rule: { pattern: 'a*' }, required: true };
    const value = 'a'.repeat(257);
    for (const problem of [
      problemOf({ rules: { body: { title: text } }, json: { title: value } }),
      problemOf({ rules: { query: { title: text } }, query: `title=${value}` }),
    ]) {
      expect(problem).toContain('`title`');
      expect(problem).toContain('longer than 256 characters');
    }
    const most = { title: value.slice(1) };
    expect(problemOf({ rules: { body: { title: text } }, json: most })).toBeUndefined();
  });

  it('try a pattern on so many values only', () => {
    const rules = { body: { 'labels[]': { rule: { pattern: 'a*' }, required: true } } };
    const labels = (many: number) => ({ labels: Array.from({ length: many }, () => 'a') });
    expect(problemOf({ rules, json: labels(100) })).toBeUndefined();
    expect(problemOf({ rules, json: labels(101) })).toContain('more than 100 times');
  });

  it('tell a name without what could end a line', () => {
    const problem = problemOf({
      rules: { query: {} },
      query: `${encodeURIComponent(`a\r\n\u202e\`${'b'.repeat(99)}`)}=1`,
    });
    expect(problem).toBe(`The query has \`a????${'b'.repeat(59)}…\`, which this route does not take.`);
  });
});

describe('parameters of a path', () => {
  it.each([
    [{ id: '42' }, { id: '42' }, undefined],
    [{ id: '42', other: 'x' }, { id: '42' }, undefined],
    [{ id: '42' }, { repo: 'docs' }, undefined],
    [{ id: '43' }, { id: '42' }, 'id'],
    [{ id: '42 ' }, { id: '42' }, 'id'],
    [{ constructor: 'x' }, {}, undefined],
  ])('%j with %j of the task', (route, task, name) => {
    const problem = boundProblem(Object.assign(Object.create(null), route), task as Record<string, string>);
    if (name === undefined) expect(problem).toBeUndefined();
    else expect(problem).toBe(`\`${name}\` in the path is not the one that this task is for.`);
  });
});
