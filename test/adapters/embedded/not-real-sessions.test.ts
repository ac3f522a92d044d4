// Nobody can take these credentials for real ones.
import { expect, it } from 'vitest';
import { createNotRealSessions } from '../../../src/adapters/embedded/not-real-sessions.ts';
import { systemIds } from '../../../src/adapters/system.ts';
import { REQUEST } from '../../contract/session-issuer.ts';
import { movableClock } from '../../contract/support/clock.ts';

it('says in every part that it is not real', async () => {
  const issuer = createNotRealSessions({ clock: movableClock(), ids: systemIds });
  const session = await issuer.issue(REQUEST);
  if ('problem' in session) throw new Error(session.detail);
  expect(session.accessKeyId).toMatch(/^NOTREAL[A-Z2-7]{13}$/);
  expect(session.secretAccessKey.open()).toMatch(/^not-real-[\w-]{40}$/);
  expect(session.sessionToken.open()).toMatch(/^not-real-[\w-]{40}$/);
  expect(session.real).toBe(false);
});
