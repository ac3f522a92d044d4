// Every case of test/cases/identity: a token made by its recipe is accepted, or refused for just that reason.
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  authenticateAgent,
  authenticateHuman,
  TOKEN_PROBLEMS,
  TokenRefused,
  verifyToken,
} from '../../src/identity/index.ts';
import { agentDefinition, configOf, humanSettings } from '../support/config.ts';
import { fixedKeySets } from '../support/key-sets.ts';
import { ISSUER, keysFrom } from './key-sets.ts';
import { type Recipe, rulesFrom, tokenFrom } from './recipe.ts';

const NOW = new Date('2026-03-02T12:00:00Z');

function casesIn(folder: string): readonly (readonly [string, Recipe])[] {
  const directory = new URL(`../cases/identity/${folder}/`, import.meta.url);
  return readdirSync(directory).map((file) => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(new URL(file, directory), 'utf8')) as Recipe,
  ]);
}

const AGENTS = casesIn('agents');
const PEOPLE = casesIn('people');

// Whatever a token says, nobody is called.
const called = vi.fn(() => Promise.reject(new Error('no network')));
beforeEach(() => vi.stubGlobal('fetch', called));
afterEach(() => {
  vi.unstubAllGlobals();
  expect(called).not.toHaveBeenCalled();
});

function verdictOf(outcome: unknown): string {
  return outcome instanceof TokenRefused ? outcome.problem : 'accepted';
}

describe('agents', () => {
  it.each(AGENTS)('%s', async (_, recipe) => {
    const token = tokenFrom(recipe, {}, NOW);
    const keySets = fixedKeySets({ [ISSUER.issuer]: keysFrom(recipe) });
    const identities = [{ issuer: ISSUER.issuer, claims: { iss: ISSUER.issuer } }];
    const config = configOf({
      issuers: [rulesFrom(recipe)],
      humans: humanSettings({ issuer: 'https://people.example.com' }),
      agents: [agentDefinition('report-builder', { identities })],
    });
    expect(verdictOf(await authenticateAgent(token, config, keySets, NOW))).toBe(recipe.expect);
    expect(keySets.asked).toHaveLength(recipe.asked ?? -1);
    for (const { issuer } of keySets.asked) expect(issuer).toBe(ISSUER.issuer);
  });

  it.each(AGENTS)('%s, where the keys are at hand', async (_, recipe) => {
    const outcome = await verifyToken(tokenFrom(recipe, {}, NOW), keysFrom(recipe), rulesFrom(recipe), NOW);
    expect(verdictOf(outcome)).toBe(recipe.expect);
  });
});

describe('people', () => {
  it.each(PEOPLE)('%s', async (_, recipe) => {
    const claims = {
      aud: 'bailiwick-people',
      email: 'dana@example.com',
      email_verified: true,
      hd: 'example.com',
    };
    const keySets = fixedKeySets({ [ISSUER.issuer]: keysFrom(recipe) });
    const rules = { issuer: ISSUER.issuer, claims: { hd: 'example.com' } };
    const config = configOf({
      issuers: [rulesFrom(recipe)],
      humans: recipe.humans === null ? undefined : humanSettings({ ...rules, ...recipe.humans }),
    });
    expect(verdictOf(await authenticateHuman(tokenFrom(recipe, claims, NOW), config, keySets, NOW))).toBe(
      recipe.expect,
    );
  });
});

/** Problems that a token alone does not have, and the folder whose tests show them. */
const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  proves_both: 'identity',
  bound_to_a_key: 'broker',
  address_not_allowed: 'broker',
  replayed: 'broker',
  task_token: 'broker',
  proof_of_another_key: 'broker',
  nonce_wrong: 'identity',
};

it('has a case for every problem, and knows every problem that a case names', () => {
  const named = [...AGENTS, ...PEOPLE].map(([, { expect }]) => expect);
  const here = TOKEN_PROBLEMS.filter((problem) => !Object.hasOwn(SHOWN_ELSEWHERE, problem));
  expect(new Set(named)).toEqual(new Set(['accepted', ...here]));
});

it.each(Object.entries(SHOWN_ELSEWHERE))('%s is shown in test/%s', (problem, folder) => {
  const directory = new URL(`../${folder}/`, import.meta.url);
  const tests = readdirSync(directory).filter(
    (file) => file.endsWith('.test.ts') && file !== 'cases.test.ts',
  );
  const texts = tests.map((file) => readFileSync(new URL(file, directory), 'utf8'));
  expect(texts.some((text) => text.includes(`'${problem}'`))).toBe(true);
});

it('runs where nothing can be fetched: no module of it imports more than hashes, signatures and thumbprints', () => {
  const sources = new URL('../../src/identity/', import.meta.url);
  const imported = readdirSync(sources).flatMap((file) => {
    const text = readFileSync(new URL(file, sources), 'utf8');
    expect(text).not.toMatch(/\bfetch\(|\bimport\(/);
    return [...text.matchAll(/from '([^'.][^']*)'/g)].map(([, name]) => name);
  });
  expect(new Set(imported)).toEqual(new Set(['node:crypto', 'jose']));
});
