// Two projects: `unit` needs nothing but Node; `e2e` is the black box, run embedded or against a deployment.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { triedAgain } from './test/e2e/support/tried-again.ts';

const deployed = (process.env['BAILIWICK_E2E_URL'] ?? '') !== '';
/** An emulator shares the machine with the tests, and may stand still for seconds. What fails twice fails. */
const isEmulated = (process.env['BAILIWICK_E2E_PLACE'] ?? '') !== '';
/** What only a deployment has. */
const DEPLOYED = 'test/e2e/deployed/**';

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Left to itself it spares a core for watching, which nobody does here. Some files wait more than they work, for
    // processes that they start and for time limits to pass: others fill the gap. A deployment may be an emulator on the
    // same machine, with a process for each request: two files at once would take from it what it needs to answer in time.
    maxWorkers: deployed ? 1 : '150%',
    // For the hundreds of commands and brokers that tests start: most of their time is spent reading the same sources.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
    ...(isEmulated ? { reporters: ['default', triedAgain] } : {}),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          // Files share what they import, Cedar and the CDK above all, and each begins with the same chance.
          isolate: false,
          setupFiles: ['test/support/same-chance.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: deployed ? [] : [DEPLOYED],
          globalSetup: ['test/e2e/support/global-setup.ts'],
          ...(deployed ? { testTimeout: 120_000, retry: isEmulated ? 1 : 0 } : {}),
        },
      },
    ],
  },
});
