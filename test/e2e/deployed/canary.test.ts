// Secrets that go through the deployed broker are in no log and no trace afterwards.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { everyLog } from './aws.ts';
import { agentToken, broker, DEPLOYED, openTask } from './broker.ts';

const CANARY = 'canary-7f3a9c5e1b2d4860';

/** In every place of a request that could end in a log, and what comes back when all goes well. */
async function sendSecrets(): Promise<readonly string[]> {
  const oidc = await agentToken({ jti: `${CANARY}-claim` });
  const task = await openTask(oidc);
  const credentials = await broker('POST', `/v1/tasks/${task.id}/credentials`, {
    token: task.token,
    body: { capability: 'reports:read' },
    headers: {
      'idempotency-key': `${CANARY}-key`,
      'x-other': `${CANARY}-header`,
      cookie: `${CANARY}-cookie`,
    },
  });
  expect(credentials.status).toBe(200);
  await broker('GET', `/v1/tasks/${task.id}?${CANARY}=query`, { token: task.token });
  await broker('GET', `/${CANARY}/path`, { token: `${CANARY}-bearer` });
  await broker('GET', `/v1/tasks/${CANARY}-id`, { token: task.token });
  await broker('POST', '/v1/tasks', { token: oidc, body: { purpose: 7, [`${CANARY}-member`]: CANARY } });
  await broker('POST', '/v1/tasks', { token: `${oidc.slice(0, -8)}AAAAAAAA`, body: {} });
  await broker('POST', '/v1/tasks', { token: oidc, text: `{"${CANARY}` });
  const { secretAccessKey, sessionToken } = credentials.body.credentials;
  return [CANARY, oidc, oidc.split('.')[1] ?? '', task.token, secretAccessKey, sessionToken];
}

describe.skipIf(!DEPLOYED)('a secret sent through the deployed broker', () => {
  it('is in no log and no trace', async () => {
    const secrets = await sendSecrets();
    const logs = await everyLog();
    const lines = [...logs.values()].flat();
    const file = process.env['BAILIWICK_E2E_TRACES'];
    const traces = file === undefined ? undefined : readFileSync(file, 'utf8');
    // There is something to look through: every one of the requests is in a log, and they were traced.
    expect(lines.filter((line) => line.includes('request handled')).length).toBeGreaterThanOrEqual(8);
    if (traces !== undefined) expect(traces).toContain('"## ');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(16);
      expect(lines.filter((line) => line.includes(secret))).toEqual([]);
      expect(traces?.includes(secret) ?? false).toBe(false);
    }
  });
});
