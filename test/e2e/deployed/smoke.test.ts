import { readFileSync } from 'node:fs';
import { importJWK, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import type { World } from './world.ts';

const url = process.env['BAILIWICK_E2E_URL'] ?? '';
const world: World = JSON.parse(readFileSync(process.env['BAILIWICK_E2E_WORLD'] ?? '', 'utf8'));
async function token(sub: string, aud = world.agents.audience) {
  const key = await importJWK(world.agents.privateKey, 'ES256');
  return new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: String(world.agents.privateKey.kid) })
    .setIssuer(world.agents.issuer)
    .setAudience(aud)
    .setSubject(sub)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(key);
}

import { afterAll } from 'vitest';
import { everyLog } from './aws.ts';

afterAll(async () => {
  for (const [g, l] of await everyLog()) console.log(g, l.join('').slice(0, 4000));
});
it('walks', async () => {
  for (const [m, p] of [
    ['GET', '/healthz'],
    ['GET', '/nothing/x'],
    ['DELETE', '/v1/tasks'],
    ['GET', '/openapi.json'],
    ['GET', '/.well-known/oauth-protected-resource'],
    ['GET', '/v1/tasks/x'],
    ['GET', '/v1'],
  ] as const) {
    const r = await fetch(url + p, { method: m });
    console.log(m, p, r.status, r.headers.get('content-type'), (await r.text()).slice(0, 300));
  }
  const t = await token('report-builder');
  const o = await fetch(`${url}/v1/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${t}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      purpose: 'weekly',
      capabilities: [{ capability: 'reports:read', parameters: { prefix: 'team-a' } }],
    }),
  });
  const opened: any = await o.json();
  console.log(o.status, JSON.stringify(opened));
  const c = await fetch(`${url}/v1/tasks/${opened.task.id}/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ capability: 'reports:read' }),
  });
  console.log(c.status, await c.text());
  const f = await fetch(`${url}/v1/tasks/${opened.task.id}/finish`, {
    method: 'POST',
    headers: { authorization: `Bearer ${opened.token}` },
  });
  console.log(f.status, await f.text());
  expect(o.status).toBe(201);
  expect(c.status).toBe(200);
  expect(f.status).toBe(200);
});
