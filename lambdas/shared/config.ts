// The operator's config as it was packed beside the function: checked at synth, read once a cold start.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Masking, Rules, WithoutPolicy } from '../../src/broker/index.ts';
import { type Config, unpackConfig } from '../../src/config/index.ts';

let unpacked: Config | undefined;

/** For what has to know it before it can wait. */
export function packedNow(): Config {
  const directory = process.env['LAMBDA_TASK_ROOT'] ?? '.';
  unpacked ??= unpackConfig(readFileSync(join(directory, 'config.json'), 'utf8'));
  return unpacked;
}

export async function packedConfig(): Promise<Config> {
  return packedNow();
}

/** For functions that hear nobody either. */
export async function configOnly(): Promise<Pick<Rules, 'config'>> {
  return { config: await packedConfig() };
}

/** For functions that decide nothing, and so carry no policy engine, but hear what callers say. */
export function withoutPolicy(masking: () => Promise<Masking>): WithoutPolicy['rules'] {
  return async () => {
    const [config, masked] = await Promise.all([packedConfig(), masking()]);
    return { config, masking: masked };
  };
}

/** A deployed config has one: what is packed was checked as deployed. */
export async function publicUrl(): Promise<string> {
  const url = (await packedConfig()).broker.publicUrl;
  if (url === undefined) throw new Error('the packed config has no publicUrl: deploy a checked one');
  return url;
}
