// The operator's files by the name of their directory, for constructs: they cannot wait, and loading files has to.
import { execFileSync } from 'node:child_process';
import { extname, join } from 'node:path';
import { unpackConfig } from '../src/config/index.ts';
import { type Checked, ConfigRefused, type DeployableConfig } from './checked-config.ts';

/** Beside this file, built or not as this one is. */
const PROGRAM = join(import.meta.dirname, `check-config${extname(import.meta.filename)}`);
/** Far more than an API Gateway or Lambda would take of it. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Throws `ConfigRefused` where the files are broken; its warnings go to this process's own stderr. */
function loadNow(directory: string): DeployableConfig {
  const printed = execFileSync(process.execPath, [PROGRAM, directory], {
    encoding: 'utf8',
    maxBuffer: MOST_BYTES,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const checked = JSON.parse(printed) as Checked;
  if ('faults' in checked) throw new ConfigRefused(directory, checked.faults);
  // As frozen, and as free of prototypes, as a config that was loaded here.
  return unpackConfig(JSON.stringify(checked.config)) as DeployableConfig;
}

export function deployable(config: DeployableConfig | string): DeployableConfig {
  return typeof config === 'string' ? loadNow(config) : config;
}
