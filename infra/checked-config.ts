// The operator's files, checked before anything is synthesised from them.
import type { Config, Fault } from '../src/config/index.ts';
import { loadConfig } from '../src/config/loading/index.ts';

declare const deployable: unique symbol;

/** A config that was checked as deployments are: made by `checkedConfig`, and by nothing else. */
export type DeployableConfig = Config & { readonly [deployable]: true };

/** The operator's files are broken; the message names every fault. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused';

  readonly faults: readonly Fault[];

  constructor(directory: string, faults: readonly Fault[]) {
    super([`the config in ${directory} cannot be deployed:`, ...faults.map(asLine)].join('\n'));
    this.faults = faults;
  }
}

/** What comes of checking, as one program tells another. */
export type Checked = { readonly config: Config } | { readonly faults: readonly Fault[] };

export async function checkedConfig(directory: string): Promise<DeployableConfig> {
  const loaded = await loadConfig(directory, { mode: 'deployed' });
  if ('faults' in loaded) throw new ConfigRefused(directory, loaded.faults);
  for (const warning of loaded.warnings) process.stderr.write(`warning: ${asLine(warning)}\n`);
  return loaded.config as DeployableConfig;
}

function asLine({ file, line, problem }: Fault): string {
  return `${file}:${line}: ${problem}`;
}
