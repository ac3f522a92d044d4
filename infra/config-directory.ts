// The operator's files by the name of their directory, for constructs: they cannot wait, and loading files has to.
import { spawnSync } from 'node:child_process';
import { extname, join } from 'node:path';
import { unpackConfig } from '../src/config/index.ts';
import { type Checked, ConfigRefused, type DeployableConfig } from './checked-config.ts';

/** Beside this file, built or not as this one is. */
const PROGRAM = join(import.meta.dirname, `check-config${extname(import.meta.filename)}`);
/** The file descriptor that it writes to. */
const RESULT = 3;
/** Far more than an API Gateway or Lambda would take of it. */
const MOST_BYTES = 512 * 1024 * 1024;

/** Throws `ConfigRefused` where the files are broken; its warnings go to this process's own stderr. */
function loadNow(directory: string): DeployableConfig {
  const { error, status, signal, output } = spawnSync(process.execPath, [PROGRAM, directory], {
    encoding: 'utf8',
    maxBuffer: MOST_BYTES,
    // Whatever it prints is for people: the app's own stdout may be for a program.
    stdio: ['ignore', 2, 2, 'pipe'],
  });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`the config could not be checked: ${PROGRAM} ended with ${status ?? signal}`);
  const checked = JSON.parse(output[RESULT] ?? '') as Checked;
  if ('faults' in checked) throw new ConfigRefused(directory, checked.faults);
  // As frozen, and as free of prototypes, as a config that was loaded here.
  return unpackConfig(JSON.stringify(checked.config)) as DeployableConfig;
}

export function deployable(config: DeployableConfig | string): DeployableConfig {
  return typeof config === 'string' ? loadNow(config) : config;
}
