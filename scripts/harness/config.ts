// The config that the black-box tests are written against, for the account that it is deployed to.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EMULATED_ACCOUNT } from './environment.ts';

/** A copy of it; the roles that it hands out are of that account. */
export function configFor(account: string, repository: string, directory: string): string {
  const config = join(directory, 'config');
  cpSync(join(repository, 'test/e2e/config'), config, { recursive: true });
  if (account === EMULATED_ACCOUNT) return config;
  for (const file of readdirSync(join(config, 'targets'))) {
    const path = join(config, 'targets', file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(EMULATED_ACCOUNT, account));
  }
  return config;
}
