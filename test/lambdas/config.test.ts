// The config that was packed beside a function, and what a function can't do without.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Config, packConfig } from '../../src/config/index.ts';
import { PUBLIC_URL } from '../support/api.ts';
import { configOf } from '../support/config.ts';
import { PARTS } from '../support/world.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bailiwick-packed-'));
  vi.stubEnv('LAMBDA_TASK_ROOT', directory);
  // It is read once a process.
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

async function publicUrlOf(config: Config): Promise<string> {
  writeFileSync(join(directory, 'config.json'), packConfig(config));
  const { publicUrl } = await import('../../lambdas/shared/config.ts');
  return publicUrl();
}

it('says where callers reach the broker', async () => {
  await expect(publicUrlOf(configOf({ ...PARTS, broker: { publicUrl: PUBLIC_URL } }))).resolves.toBe(
    PUBLIC_URL,
  );
});

it('must say it: proofs of possession are made for that address, and for no other', async () => {
  await expect(publicUrlOf(configOf(PARTS))).rejects.toThrow('publicUrl');
});
