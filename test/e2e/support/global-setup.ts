// One broker for all black-box tests: the deployment that BAILIWICK_E2E_URL names, or an embedded one started here.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startBroker } from '../../support/command.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the broker under test is, without a slash at its end. */
    readonly brokerUrl: string;
  }
}

const CONFIG = fileURLToPath(new URL('../config', import.meta.url));

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const given = process.env['BAILIWICK_E2E_URL'];
  if (given !== undefined && given !== '') {
    provide('brokerUrl', given.replace(/\/$/, ''));
    return async () => {};
  }
  const data = await mkdtemp(join(tmpdir(), 'bailiwick-e2e-'));
  const broker = await startBroker(['--config', CONFIG, '--data', data]);
  provide('brokerUrl', broker.url);
  return async () => {
    await broker.stop();
    await rm(data, { recursive: true, force: true });
  };
}
