// What every adapter of Secrets must do.
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import type { Secrets } from '../../src/ports/secrets.ts';
import { type Open, useSubject } from './support/subject.ts';

/** What the back end of a suite must hold. */
export const HELD = {
  'prod/tickets-api': { token: 'canary-token', user: 'broker' },
  odd: { '': '', 'e\u0301\u{1f511}': 'canary-"quoted"\n\0' },
  empty: {},
} as const;

export function secretsContract(open: Open<Secrets>): void {
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

  it('answers many at once', async () => {
    const { port } = subject();
    const all = await Promise.all(Array.from({ length: 50 }, () => port.read('prod/tickets-api')));
    expect(all.map((secret) => secret?.['token']?.open())).toEqual(Array(50).fill('canary-token'));
  });
}
