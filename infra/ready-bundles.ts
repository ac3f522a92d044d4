// The functions' code as the package carries it. There, `#function-bundles` is this file; see scripts/build.ts.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyCompanions } from './companions.ts';
import { COMPANIONS_FILE, type FunctionBundles } from './function-bundles.ts';

const BUNDLES = join(import.meta.dirname, '..', 'bundles');

const sourceOf: FunctionBundles['sourceOf'] = (name) => join(BUNDLES, name);

export const functionBundles: FunctionBundles = {
  sourceOf,
  writeTo(name, directory) {
    cpSync(sourceOf(name), directory, { recursive: true });
    const companions: Readonly<Record<string, readonly string[]>> = JSON.parse(
      readFileSync(join(BUNDLES, COMPANIONS_FILE), 'utf8'),
    );
    copyCompanions(companions[name] ?? [], directory);
  },
};
