// The operator's config as it was packed beside the function, and the policy made from it, once a cold start.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rules } from '../../src/broker/index.ts';
import { type Config, unpackConfig } from '../../src/config/index.ts';
import { createPolicyEngine } from '../../src/policy/index.ts';
import { once } from './once.ts';

export const packedConfig: () => Promise<Config> = once(async () => {
  const directory = process.env['LAMBDA_TASK_ROOT'] ?? '.';
  return unpackConfig(await readFile(join(directory, 'config.json'), 'utf8'));
});

export const rules: () => Promise<Rules> = once(async () => {
  const config = await packedConfig();
  return { config, policy: await createPolicyEngine(config) };
});

export async function publicUrl(): Promise<string | undefined> {
  return (await packedConfig()).broker.publicUrl;
}
