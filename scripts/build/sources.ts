// From the sources to JavaScript and declarations: what the package's doors need of them, and nothing else.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { needed, withBuiltImports } from './imports.ts';

/** The command, the constructs, and the files that these run or load by name: no import leads to them. */
const DOORS = [
  ...['src/cli/main.js', 'src/embedded/archive-worker.js'],
  ...['infra/index.js', 'infra/check-config.js', 'infra/ready-bundles.js'],
];
const TYPED_DOOR = 'infra/index.d.ts';

/** What `#names` stand for in the package, where they are not simply what was built of package.json's. */
const READY_MADE: Readonly<Record<string, string>> = { '#function-bundles': './infra/ready-bundles.js' };
/** Only functions import it, and those are bundled. */
const FOR_FUNCTIONS_ONLY = ['#bucket-objects'];

interface Manifest {
  readonly imports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

interface Built {
  readonly repository: string;
  /** Where the compiler may write. */
  readonly emitted: string;
  readonly dist: string;
}

function compile({ repository, emitted }: Built): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(repository, 'node_modules/typescript/bin/tsc'),
      '-p',
      join(repository, 'tsconfig.build.json'),
      '--outDir',
      emitted,
    ],
    { cwd: repository, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the sources could not be built:\n${stdout}${stderr}`);
}

function builtImports({ imports }: Manifest): Record<string, string> {
  const names = Object.keys(imports).filter((name) => !FOR_FUNCTIONS_ONLY.includes(name));
  const built = (name: string) => READY_MADE[name] ?? imports[name]?.replace(/\.ts$/, '.js') ?? '';
  return Object.fromEntries(names.map((name) => [name, built(name)]));
}

function refuseUndeclared(packages: readonly string[], { dependencies, peerDependencies }: Manifest): void {
  const missing = packages.filter((name) => !(name in dependencies) && !(name in peerDependencies));
  if (missing.length > 0) {
    throw new Error(`imported, but no dependency of the package: ${missing.join(', ')}`);
  }
}

function put(dist: string, file: string, text: string): void {
  mkdirSync(dirname(join(dist, file)), { recursive: true });
  writeFileSync(join(dist, file), text);
}

export function buildSources(built: Built): void {
  const { repository, emitted: directory, dist } = built;
  const manifest: Manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  compile(built);
  const imports = builtImports(manifest);
  const scripts = needed({ directory, entries: DOORS, imports, fileOf: (path) => path });
  const types = needed({
    directory,
    entries: [TYPED_DOOR],
    imports,
    fileOf: (path) => path.replace(/(?<!\.d)\.[jt]s$/, '.d.ts'),
  });
  refuseUndeclared([...scripts.packages, ...types.packages], manifest);
  for (const file of scripts.files) cpSync(join(directory, file), join(dist, file));
  for (const file of types.files) {
    put(dist, file, withBuiltImports(readFileSync(join(directory, file), 'utf8')));
  }
  // Node asks the nearest package.json what a `#name` is.
  put(dist, 'package.json', `${JSON.stringify({ type: 'module', imports }, null, 2)}\n`);
}
