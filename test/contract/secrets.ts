// What every adapter of Secrets must do.
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import type { Secrets } from '../../src/ports/secrets.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { type Open, useSubject } from './support/subject.ts';

/** What the back end of a suite must hold. */
export const HELD = {
  'prod/tickets-api': { token: 'canary-token', user: 'broker' },
  odd: { '': '', 'e\u0301\u{1f511}': 'canary-"quoted"\n\0' },
  empty: {},
} as const;

/** Secrets that the suite can change where they are held. */
export interface Holding extends Secrets {
  readonly hold: (name: string, fields: JsonObject) => Promise<void>;
}

export function secretsContract(open: Open<Holding>): void {
  const subject = useSubject(open);

  it.each(Object.entries(HELD))('reads every field of %s', async (name, fields) => {
    const secret = await subject().port.read(name);
    const opened = Object.entries(secret ?? {}).map(([field, value]) => [field, value.open()]);
    expect(Object.fromEntries(opened)).toEqual(fields);
  });

  it.each(['nothing', '', 'constructor', '__proto__', 'PROD/tickets-api'])(
    'has no secret named %j',
    async (name) => {
      expect(await subject().port.read(name)).toBeUndefined();
    },
  );

  it('prints none of a secret', async () => {
    const secret = await subject().port.read('prod/tickets-api');
    expect(Object.keys(secret ?? {})).toEqual(['token', 'user']);
    for (const printed of [JSON.stringify(secret), inspect(secret, { depth: 9, showHidden: true })]) {
      expect(printed).not.toContain('canary');
    }
  });

  it('reads afresh what was changed meanwhile', async () => {
    const { port, clock } = subject();
    const token = async (fresh: boolean) => (await port.read('rotated', { fresh }))?.['token']?.open();
    await port.hold('rotated', { token: 'one' });
    expect(await token(false)).toBe('one');
    await port.hold('rotated', { token: 'two' });
    clock.advance(5000);
    expect(await token(true)).toBe('two');
    expect(await token(false)).toBe('two');
  });

  it('takes numbers and booleans for texts, and leaves out what is no field', async () => {
    const { port } = subject();
    const other = { replicas: ['canary'], proxy: null, tags: { a: 'canary' } };
    await port.hold('prod/db', { username: 'app', port: 5432, tls: true, ...other });
    const opened = Object.entries((await port.read('prod/db')) ?? {}).map(([name, field]) => [
      name,
      field.open(),
    ]);
    expect(Object.fromEntries(opened)).toEqual({ username: 'app', port: '5432', tls: 'true' });
    expect((await port.read('prod/tickets-api'))?.['token']?.open()).toBe('canary-token');
  });

  it('has no secret of that name however fresh', async () => {
    expect(await subject().port.read('nothing', { fresh: true })).toBeUndefined();
  });

  it('answers many at once', async () => {
    const { port } = subject();
    const all = await Promise.all(Array.from({ length: 50 }, () => port.read('prod/tickets-api')));
    expect(all.map((secret) => secret?.['token']?.open())).toEqual(Array(50).fill('canary-token'));
  });
}
