// The worked examples of issuers: each is a config without fault, and takes that issuer's tokens, but only those of its agents.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/index.ts';
import { loadConfig } from '../../src/config/loading/index.ts';
import { authenticateAgent, TokenRefused } from '../../src/identity/index.ts';
import { directoryOf, filesOf } from '../config/support.ts';
import { fixedKeySets } from '../support/key-sets.ts';
import { casesOf, ISSUERS, keySetOf, knownIssuer, type TokenCase, tokenOf } from './issuer-tokens.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/issuers/', import.meta.url));
const NOW = new Date('2026-03-02T12:00:00Z');

async function configIn(dir: string): Promise<Config> {
  const loaded = await loadConfig(dir, { mode: 'deployed' });
  expect(loaded).toMatchObject({ warnings: [], config: {} });
  if ('faults' in loaded) throw new Error('the example has faults');
  return loaded.config;
}

const configOf = (name: string) => configIn(join(EXAMPLES, name));

/** The agent that a token proves, or why it proves none. */
async function verdictOn(name: string, given: TokenCase, config = configOf(name)): Promise<string> {
  const issuer = knownIssuer(name);
  const keySets = fixedKeySets({ [issuer.issuer]: keySetOf(issuer, given.keys) });
  const token = tokenOf(issuer, given, NOW);
  const proven = await authenticateAgent(token, await config, keySets, NOW);
  if (proven instanceof TokenRefused) return proven.problem;
  return proven.kind === 'agent' ? proven.agent : proven.why;
}

test('every example has cases, and the other way round', () => {
  expect(ISSUERS).toEqual(readdirSync(EXAMPLES).sort());
  const page = readFileSync(new URL('../../docs/issuers.md', import.meta.url), 'utf8');
  for (const name of ISSUERS) expect(page).toContain(`(../examples/issuers/${name}/broker.yaml)`);
});

describe.each(ISSUERS)('%s', (name) => {
  test('has tokens for every agent, and for others', async () => {
    const { agents } = await configOf(name);
    const proven = casesOf(name, 'ok').map(([, { expect: agent }]) => agent);
    expect(new Set(proven)).toEqual(new Set(Object.keys(agents)));
    const refused = casesOf(name, 'refused').map(([, { expect: problem }]) => problem);
    expect(refused).toEqual(expect.arrayContaining(['unknown_agent', 'audience_wrong']));
    expect(refused.filter((problem) => problem in agents)).toEqual([]);
  });

  test.each([...casesOf(name, 'ok'), ...casesOf(name, 'refused')])('%s', async (_, given) => {
    expect(await verdictOn(name, given)).toBe(given.expect);
  });
});

test('cognito, with what stands in comments: clients of one scope, and of that alone', async () => {
  const { 'broker.yaml': broker = '', ...files } = filesOf(join(EXAMPLES, 'cognito'));
  const byScope = broker
    .replace(/^ +audienceClaim: client_id\n +audience: .*\n/m, '')
    .replace(/^( +)# (audience(?:Claim)?: )/gm, '$1$2');
  expect(byScope).toMatch(/^ {4}audienceClaim: scope\n {4}audience: bailiwick\/tasks$/m);
  const verdict = async (claims: TokenCase['claims']) => {
    const [, given] = casesOf('cognito', 'ok')[0] ?? expect.unreachable();
    const changed = { ...given, claims: { ...given.claims, ...claims } };
    return verdictOn('cognito', changed, configIn(directoryOf({ ...files, 'broker.yaml': byScope })));
  };
  expect(await verdict({})).toBe('report-builder');
  expect(await verdict({ client_id: 'another', sub: 'another' })).toBe('unknown_agent');
  expect(await verdict({ scope: 'bailiwick/tasks openid' })).toBe('audience_wrong');
  expect(await verdict({ scope: null })).toBe('audience_wrong');
});
