// The key of pseudonyms, deployed: fetched where a rule needs it, and never else; another one once it has rotated.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTools } from '../../lambdas/shared/tools.ts';
import { packConfig } from '../../src/config/index.ts';
import type { MaskingSettings } from '../../src/masking/index.ts';
import { PUBLIC_URL } from '../support/api.ts';
import { configOf } from '../support/config.ts';
import { PARTS } from '../support/world.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:masking';
const EMAIL = 'canary.bird@example.net';

let directory: string;
let asked: string[];
let held: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bailiwick-'));
  vi.stubEnv('LAMBDA_TASK_ROOT', directory);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.resetModules();
  vi.useFakeTimers({ toFake: ['Date'] });
  asked = [];
  held = JSON.stringify({ id: 'k1', key: 'first-key-'.repeat(5) });
  vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(async (command: unknown) => {
    if (!(command instanceof GetSecretValueCommand)) throw new Error('an unexpected command');
    asked.push(command.input.SecretId ?? '');
    return { SecretString: held };
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

async function maskingOf(masking: MaskingSettings) {
  const config = configOf({ ...PARTS, broker: { publicUrl: PUBLIC_URL, masking } });
  writeFileSync(join(directory, 'config.json'), packConfig(config));
  const { maskingFrom } = await import('../../lambdas/shared/masking.ts');
  return maskingFrom(createTools(), SECRET);
}

it('is not fetched where no rule makes pseudonyms', async () => {
  const masking = await maskingOf({ detectors: { EMAIL: 'hash' } });
  expect((await masking()).words.text(EMAIL)).toMatch(/^\[EMAIL:sha256-/);
  expect(await masking()).toBe(await masking());
  expect(asked).toEqual([]);
});

it('is fetched where one does, from its own secret, and once for a while', async () => {
  const masking = await maskingOf({ detectors: { EMAIL: 'pseudonym' } });
  expect((await masking()).words.text(EMAIL)).toMatch(/^\[EMAIL:k1-[a-z2-7]{16}\]$/);
  expect(await masking()).toBe(await masking());
  expect(asked).toEqual([SECRET]);
});

it('is another one within minutes of its rotation', async () => {
  const masking = await maskingOf({ detectors: { EMAIL: 'pseudonym' } });
  await masking();
  held = JSON.stringify({ id: 'k2', key: 'second-key-'.repeat(5) });
  vi.setSystemTime(Date.now() + 10 * 60_000);
  expect((await masking()).words.text(EMAIL)).toMatch(/^\[EMAIL:k2-/);
});

it('that is none masks nothing at all: the request fails', async () => {
  const masking = await maskingOf({ detectors: { EMAIL: 'pseudonym' } });
  held = '{"id":"k1","key":"short"}';
  await expect(masking()).rejects.toThrow('at least 32 characters');
});
