// A program of its own, run by `config-directory.ts`: checks the config in a directory and prints it, or its faults.
import { type Checked, ConfigRefused, checkedConfig } from './checked-config.ts';

const [directory = ''] = process.argv.slice(2);

async function check(): Promise<Checked> {
  try {
    return { config: await checkedConfig(directory) };
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error;
    return { faults: error.faults };
  }
}

process.stdout.write(JSON.stringify(await check()));
