// What demo tokens say: whatever the config demands of an agent's, or a person's, as far as it says so exactly.
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { type Claims, DEMO_ISSUER, type HumanSettings, type IssuerSettings } from '../../src/config/index.ts';
import {
  demoAgentToken,
  demoHumanToken,
  NoDemoToken,
  openDemoIssuer,
  withDemoKeys,
} from '../../src/embedded/demo-issuer.ts';
import { authenticateAgent } from '../../src/identity/index.ts';
import { agentDefinition, configOf, humanSettings } from '../support/config.ts';
import { fixedKeySets } from '../support/key-sets.ts';
import { temporaryDirectory } from './support/broker.ts';

const ISSUER: IssuerSettings = { issuer: DEMO_ISSUER, audience: 'bailiwick', algorithms: ['ES256'] };

async function tokenWith(claims: Claims, settings: Partial<IssuerSettings> = {}) {
  const issuer = await openDemoIssuer(temporaryDirectory());
  const agents = [agentDefinition('worker', { identities: [{ issuer: DEMO_ISSUER, claims }] })];
  const config = withDemoKeys(configOf({ issuers: [{ ...ISSUER, ...settings }], agents }), issuer);
  const token = await demoAgentToken(config, issuer, 'worker');
  const keySets = fixedKeySets({ [DEMO_ISSUER]: issuer.publicKeys.keys });
  return { token, proven: await authenticateAgent(token, config, keySets, new Date()) };
}

describe('of an agent', () => {
  test('they hold nested claims, and prove it', async () => {
    const claims = {
      'kubernetes.io': { namespace: 'agents', serviceaccount: { name: 'worker' } },
      'kubernetes.io.pod.name': 'worker-0',
      sub: 'system:serviceaccount:agents:worker',
    };
    const { token, proven } = await tokenWith(claims);
    expect(decodeJwt(token)).toMatchObject(claims);
    expect(proven).toMatchObject({ agent: 'worker' });
  });

  test('they hold what their issuer demands of every token, beside the agent’s own', async () => {
    const settings = { claims: { org: { id: 7, kind: 'x' } }, types: ['at+jwt'], audienceClaim: 'client_id' };
    const { token, proven } = await tokenWith({ org: { team: 'a' } }, settings);
    expect(decodeJwt(token)).toMatchObject({
      sub: 'worker',
      org: { id: 7, kind: 'x', team: 'a' },
      client_id: 'bailiwick',
    });
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt' });
    expect(proven).toMatchObject({ agent: 'worker' });
  });

  test.each<[Claims, string]>([
    [{ sub: { match: 'w.*' } }, 'a pattern (sub)'],
    [{ a: { b: { c: { match: 'w.*' } } } }, 'a pattern (a.b.c)'],
  ])('there is none where %j is a pattern', async (claims, words) => {
    const making = tokenWith(claims);
    await expect(making).rejects.toThrow(NoDemoToken);
    await expect(making).rejects.toThrow(words);
  });
});

test('of a person, they hold what is demanded exactly, nested too, and leave out patterns', async () => {
  const issuer = await openDemoIssuer(temporaryDirectory());
  const humans: HumanSettings = humanSettings({
    ...ISSUER,
    audience: 'people',
    claims: { org: { id: 7, unit: { match: 'a|b' } }, kind: 'person', email: { match: '.*@example[.]com' } },
  });
  const token = await demoHumanToken(configOf({ humans }), issuer, 'dana@example.com', ['security']);
  const said = decodeJwt(token);
  expect(said).toMatchObject({
    aud: 'people',
    email: 'dana@example.com',
    kind: 'person',
    groups: ['security'],
  });
  expect(said['org']).toEqual({ id: 7 });
});
