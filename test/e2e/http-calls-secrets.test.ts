// A target that sends the credential back, however it writes it and wherever: the agent does not get to see it.
import { expect, test } from 'vitest';
import { call, describeCalls, eventsOfCall, openFor, secret } from './support/calls.ts';
import { WRITTEN } from './support/target/reflect.ts';

const WHERE = [
  'body',
  'json',
  'header',
  'location',
  'error',
  'binary',
  'utf16',
  'events',
  'cookie',
  'reason',
];

/** In every way that a target writes it here. */
const traces = (value: string) => Object.values(WRITTEN).map((write) => write(value));

/** A part of a secret that is the same in plain and in most ways of writing it. */
const core = (value: string) => /[0-9a-f]{36}/.exec(value)?.[0] ?? value;

describeCalls('reflected', () => {
  const cases = WHERE.flatMap((where) => Object.keys(WRITTEN).map((way) => [where, way] as const));
  // Of a place other than a body, the plainest ways.
  const some = cases.filter(
    ([where, way]) => ['body', 'json'].includes(where) || /^(plain|url|base64)$/.test(way),
  );

  test.for(some)('in %s, as %s', async ([where, way]) => {
    const [key, second] = [secret('e2e/lab', 'key'), secret('e2e/lab', 'second')];
    const opened = await openFor(['lab:read']);
    const answer = await call(
      opened,
      'lab',
      `/reflect/${encodeURIComponent(where)}/${encodeURIComponent(way)}`,
    );
    expect(answer.status).toBeLessThan(600);
    const shown = answer.everything + answer.bytes.toString('utf16le');
    for (const value of [key, second, `${key}.${second}`]) {
      for (const trace of traces(value)) expect(shown).not.toContain(trace);
      expect(shown).not.toContain(core(value));
    }
    const recorded = JSON.stringify(await eventsOfCall(opened, answer));
    for (const value of [key, second]) expect(recorded).not.toContain(core(value));
  });

  test('from a query, from a password: neither', async () => {
    for (const [target, value] of [
      ['by-query', secret('e2e/by-query', 'key')],
      ['by-basic', secret('e2e/by-basic', 'password')],
    ] as const) {
      const opened = await openFor([`${target}:read`]);
      for (const way of Object.keys(WRITTEN)) {
        const answer = await call(opened, target, `/reflect/body/${encodeURIComponent(way)}`);
        expect(answer.status).toBe(200);
        for (const trace of traces(value)) expect(answer.everything).not.toContain(trace);
        expect(answer.everything).not.toContain(core(value));
      }
    }
  });

  test('what is no secret stays', async () => {
    const opened = await openFor(['lab:read']);
    const answer = await call(opened, 'lab', '/reflect/body/plain');
    expect(answer.text).toMatch(/^It was called with .+ just now\.$/);
  });
});
