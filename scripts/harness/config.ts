// The config that the black-box tests are written against, for the account that it is deployed to.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeConfig } from '../../test/e2e/support/target/config.ts';
import type { Place } from '../../test/e2e/support/target/place.ts';
import { EMULATED_ACCOUNT } from './environment.ts';

export interface ConfigOptions {
  readonly account: string;
  readonly repository: string;
  readonly directory: string;
  /** Where the servers will be that the broker calls. */
  readonly place: Place;
}

/** A copy of it; the roles that it hands out are of that account. */
export function configFor({ account, repository, directory, place }: ConfigOptions): string {
  const config = join(directory, 'config');
  cpSync(join(repository, 'test/e2e/config'), config, { recursive: true });
  placeConfig(config, place);
  if (account === EMULATED_ACCOUNT) return config;
  for (const file of readdirSync(join(config, 'targets'))) {
    const path = join(config, 'targets', file);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(EMULATED_ACCOUNT, account));
  }
  return config;
}
