// Turns a function's sources into the one file that Lambda runs, the same bytes for the same sources.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile } from 'esbuild';
import { CEDAR_FILES, copyCompanions } from './companions.ts';
import type { FunctionBundles } from './function-bundles.ts';

export const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));

/** Loads Cedar's WebAssembly by name when it is first asked, so a bundler does not see it. */
const LOADS_CEDAR = 'src/policy/cedar.ts';

export interface Bundle {
  readonly code: Uint8Array;
  /** Files beside the code that it finds by name, as paths both here in the repository and there. */
  readonly companions: readonly string[];
  readonly metafile: Metafile;
  /** What it loads at first use, as files of their own, by the name it imports them under. */
  readonly parts: Readonly<Record<string, Bundle>>;
}

/** As package.json has them under `imports`. */
const PARTS: Readonly<Record<string, string>> = {
  '#bucket-objects': 'lambdas/shared/bucket-objects.ts',
  '#openapi': 'src/api/openapi.ts',
};

/**
 * CommonJS, because it starts faster here than ESM (see bench/coldstart.ts), and because what reads a file beside
 * itself finds it: `__dirname` stays the bundle's own directory. It forbids top-level await, which esbuild reports.
 */
export function bundle(entry: string): Bundle {
  const { code, metafile } = build(entry);
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const parts = Object.entries(PARTS)
    .filter(([name]) => imports.some(({ path }) => path === name))
    .map(([name, source]) => [name, bundle(source)] as const);
  return { code, metafile, companions: companionsOf(metafile), parts: Object.fromEntries(parts) };
}

function build(entry: string): Pick<Bundle, 'code' | 'metafile'> {
  const result = buildSync({
    absWorkingDir: REPOSITORY,
    entryPoints: [entry],
    outfile: 'index.js',
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // Libraries' ESM builds can be shaken, their CommonJS builds cannot.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    external: Object.keys(PARTS),
    metafile: true,
    logLevel: 'silent',
    define: {
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': '__url',
    },
    banner: { js: 'const __url=require("node:url").pathToFileURL(__filename).href;' },
  });
  const code = result.outputFiles[0];
  if (code === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  return { code: code.contents, metafile: result.metafile };
}

function companionsOf(metafile: Metafile): readonly string[] {
  return LOADS_CEDAR in metafile.inputs ? CEDAR_FILES : [];
}

const made = new Map<string, Bundle>();

/** The bundle of one of the functions, made once a process. */
export function bundleFunction(name: string): Bundle {
  const known = made.get(name);
  if (known !== undefined) return known;
  const fresh = bundle(`lambdas/${name}/handler.ts`);
  made.set(name, fresh);
  return fresh;
}

function fileOf(part: string): string {
  return `${part.replace('#', '')}.js`;
}

/** What was made of our sources, without what it finds beside itself. */
export function writeCode(bundled: Bundle, directory: string): void {
  mkdirSync(directory, { recursive: true });
  const parts = Object.entries(bundled.parts);
  const imports = Object.fromEntries(parts.map(([name]) => [name, `./${fileOf(name)}`]));
  // So that nothing above the directory decides how its files are read.
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'commonjs', imports }));
  writeFileSync(join(directory, 'index.js'), bundled.code);
  for (const [name, part] of parts) writeFileSync(join(directory, fileOf(name)), part.code);
}

/** Lays a bundle out as Lambda will find it. */
export function writeBundle(bundled: Bundle, directory: string): void {
  writeCode(bundled, directory);
  copyCompanions(bundled.companions, directory);
}

export const functionBundles: FunctionBundles = {
  sourceOf: (name) => join(REPOSITORY, 'lambdas', name),
  writeTo: (name, directory) => writeBundle(bundleFunction(name), directory),
};
