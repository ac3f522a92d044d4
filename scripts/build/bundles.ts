// The functions' code, made here so that whoever installs the package needs no bundler.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunction, writeCode } from '../../infra/bundle.ts';
import { COMPANIONS_FILE } from '../../infra/function-bundles.ts';
import { FUNCTION_NAMES } from '../../infra/functions.ts';
import { notices } from './notices.ts';

/** Their companions stay where npm puts them: Cedar once is more than all the functions together. */
export function buildBundles(dist: string): void {
  const bundles = join(dist, 'bundles');
  mkdirSync(bundles, { recursive: true });
  const companions = FUNCTION_NAMES.map((name) => {
    const bundled = bundleFunction(name);
    writeCode(bundled, join(bundles, name));
    return [name, bundled.companions] as const;
  });
  writeFileSync(join(bundles, COMPANIONS_FILE), JSON.stringify(Object.fromEntries(companions)));
  writeFileSync(join(bundles, 'NOTICES.txt'), notices(FUNCTION_NAMES.map(bundleFunction)));
}
