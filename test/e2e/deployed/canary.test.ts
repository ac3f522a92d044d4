// Secrets that go through the deployed broker are in no log and no trace afterwards.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { credentials, openTask, READ, send, taskBody } from '../support/broker.ts';
import { AGENTS, operatorToken, tokenOf } from '../support/tokens.ts';
import { everyLog } from './aws.ts';

const CANARY = 'canary-7f3a9c5e1b2d4860';

/** How many requests carry them. */
const SENT = 13;
/** Where traces can be read, which is not everywhere. */
const TRACES = process.env['BAILIWICK_E2E_TRACES'];
const traced = () => (TRACES === undefined ? '' : readFileSync(TRACES, 'utf8'));

/** The secrets, once they were in every place of a request that could end in a log, and in what comes back. */
async function sendSecrets(): Promise<readonly string[]> {
  const token = tokenOf('ci', { ...AGENTS['report-builder'].claims, jti: `${CANARY}-claim` });
  const opened = await openTask('report-builder', [READ]);
  const issued = await credentials(
    opened,
    { capability: READ.capability },
    {
      key: `${CANARY}-key`,
      headers: { 'x-other': `${CANARY}-header`, cookie: `${CANARY}-cookie` },
    },
  );
  await send('POST', '/v1/tasks', { token, body: taskBody() });
  await send('GET', `/v1/tasks/${opened.task.id}?${CANARY}=query`, { token: opened.token });
  await send('GET', `/${CANARY}/path`, { token: `${CANARY}-bearer` });
  await send('GET', `/v1/tasks/${CANARY}-id`, { token: opened.token });
  await send('POST', '/v1/tasks', { token, body: { purpose: 7, [`${CANARY}-member`]: CANARY } });
  await send('POST', '/v1/tasks', { token: `${token.slice(0, -8)}AAAAAAAA`, body: taskBody() });
  await send('POST', '/v1/tasks', { token, raw: `{"${CANARY}` });
  await send('POST', '/v1/tasks', { token, body: taskBody(), headers: { dpop: `${CANARY}-proof` } });
  const form = new URLSearchParams({ subject_token: token, scope: `${CANARY}-scope` });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  await send('POST', '/v1/token', { raw: form.toString(), headers });
  const operator = operatorToken();
  await send('GET', `/v1/agents?cursor=${CANARY}`, { token: operator });
  const body = { reason: `${CANARY}-reason` };
  await send('POST', `/v1/agents/${CANARY}/quarantine`, { token: operator, body });
  const { secretAccessKey, sessionToken } = issued.credentials;
  return [CANARY, token, token.split('.')[1] ?? '', opened.token, secretAccessKey, sessionToken, operator];
}

it('a secret sent through the deployed broker is in no log and no trace', async () => {
  const secrets = await sendSecrets();
  const lines = [...(await everyLog()).values()].flat();
  // There is something to look through: every one of the requests is in a log, and they were traced.
  expect(lines.filter((line) => line.includes('request handled')).length).toBeGreaterThanOrEqual(SENT);
  if (TRACES !== undefined) await expect.poll(() => traced().split('"## ').length).toBeGreaterThan(SENT);
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(16);
    expect(lines.filter((line) => line.includes(secret))).toEqual([]);
    expect(traced().includes(secret)).toBe(false);
  }
});
