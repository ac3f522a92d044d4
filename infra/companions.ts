// What a bundle finds beside itself instead of inside: Cedar's WebAssembly, from wherever npm has put that package.
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** As a bundle finds it: where npm would have put it. */
const CEDAR = 'node_modules/@cedar-policy/cedar-wasm';

export const CEDAR_FILES: readonly string[] = [
  'package.json',
  'nodejs/package.json',
  'nodejs/cedar_wasm.js',
  'nodejs/cedar_wasm_bg.wasm',
].map((file) => `${CEDAR}/${file}`);

function cedarDirectory(): string {
  const loaded = createRequire(import.meta.url).resolve('@cedar-policy/cedar-wasm/nodejs');
  return dirname(dirname(loaded));
}

export function copyCompanions(files: readonly string[], directory: string): void {
  for (const file of files) {
    const to = join(directory, file);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(cedarDirectory(), file.slice(CEDAR.length)), to);
  }
}
