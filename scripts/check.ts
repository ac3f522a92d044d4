// `npm run check`: everything that can be said of the sources without running them. Every check runs; any fails all.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaFiles } from '../src/config/loading/index.ts';
import { docProblems } from './docs.ts';
import { maskingPageProblems } from './masking-page.ts';

const ROOT = join(import.meta.dirname, '..');
const SCHEMAS = 'examples/quickstart/schemas';
const CRUISED = ['src', 'lambdas', 'infra', 'scripts', 'bench', 'test'];
/** Beside a compiler that it does not know, the cruiser sees no module and finds no fault. */
const LEAST_MODULES = 150;

/** What is wrong, a line each; nothing when all is well. */
type Check = () => readonly string[] | Promise<readonly string[]>;

function run(command: string, args: readonly string[]): { readonly ok: boolean; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'node_modules/.bin', command), args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { ok: status === 0, output: `${stdout}${stderr}`.trim() };
}

const tool =
  (command: string, ...args: readonly string[]): Check =>
  () => {
    const { ok, output } = run(command, args);
    return ok ? [] : [output];
  };

function layering(): readonly string[] {
  const { ok, output } = run('depcruise', ['--output-type', 'err-long', ...CRUISED]);
  if (!ok) return [output];
  const seen = Number(/\((\d+) modules/.exec(output)?.[1] ?? 0);
  return seen >= LEAST_MODULES
    ? []
    : [`the layering check saw ${seen} modules; there are more than ${LEAST_MODULES}`];
}

async function generatedFiles(): Promise<readonly string[]> {
  const schemas = Object.entries(schemaFiles())
    .filter(([name, text]) => readFileSync(join(ROOT, SCHEMAS, name), 'utf8') !== text)
    .map(([name]) => `${SCHEMAS}/${name} is not what the sources say: run \`npm run generate\``);
  return [...schemas, ...maskingPageProblems()];
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** `npm ci` would say it too, but it refuses lockfiles that were written on another platform. */
function lockfile(): readonly string[] {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
  const manifest = read('package.json') as Manifest;
  const locked =
    (read('package-lock.json') as { packages: Readonly<Record<string, Manifest>> }).packages[''] ?? {};
  return (['dependencies', 'devDependencies', 'peerDependencies'] as const)
    .filter((kind) => JSON.stringify(manifest[kind]) !== JSON.stringify(locked[kind]))
    .map((kind) => `package-lock.json has other ${kind} than package.json: run \`npm install\``);
}

const CHECKS: Readonly<Record<string, Check>> = {
  'format and lint': tool('biome', 'check', '--error-on-warnings', '.'),
  types: tool('tsc', '--project', '.'),
  'dead code': tool('knip'),
  layering,
  'generated files': generatedFiles,
  lockfile,
  docs: docProblems,
};

let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  const problems = await check();
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  for (const problem of problems) console.log(problem);
  failed += problems.length === 0 ? 0 : 1;
}
process.exitCode = failed === 0 ? 0 : 1;
