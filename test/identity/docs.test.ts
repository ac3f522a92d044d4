// docs/tokens.md names every problem, and only cases that are there.
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PROOF_PROBLEMS, TOKEN_PROBLEMS } from '../../src/identity/index.ts';

const TEXT = readFileSync(new URL('../../docs/tokens.md', import.meta.url), 'utf8');

it.each([...TOKEN_PROBLEMS, ...PROOF_PROBLEMS])('says what %s is', (problem) => {
  expect(TEXT).toContain(`\`${problem}\``);
});

it('names cases that are there', () => {
  const named = [...TEXT.matchAll(/`((?:agents|people|proofs)\/[a-z0-9-]+)`/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(40);
  for (const name of named) {
    expect(existsSync(new URL(`../cases/identity/${name}.json`, import.meta.url)), name).toBe(true);
  }
});
