// A program of its own, run by `config-directory.ts`: checks the config in a directory, and hands it over, or its faults.
import { writeFileSync } from 'node:fs';
import { type Checked, ConfigRefused, checkedConfig } from './checked-config.ts';

/** The file descriptor that is asked for it. */
const RESULT = 3;

const [directory = ''] = process.argv.slice(2);

async function check(): Promise<Checked> {
  try {
    return { config: await checkedConfig(directory) };
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error;
    return { faults: error.faults };
  }
}

// Not by stdout, where whatever `NODE_OPTIONS` loads into every program may print.
writeFileSync(RESULT, JSON.stringify(await check()));
