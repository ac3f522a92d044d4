// What `npm pack` makes, installed by npm into an empty project: the command and the constructs work from there.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DESIGNS, FUNCTION_NAMES } from '../../infra/functions.ts';
import { until } from '../support/poll.ts';
import { COMMONJS_APP, ESM_APP, TYPED_APP } from './support/apps.ts';
import { type Registry, serveInstalled } from './support/registry.ts';
import { environment, type Ran, run, start } from './support/run.ts';

/** Nothing here runs these, so nothing else here would miss them. */
const READ_BY_PEOPLE = [
  ...[
    'LICENSE',
    'README.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'docs/commands.md',
    'docs/adr/0001-tokens-are-verified-here.md',
  ],
  ...['templates/brokered-role.yaml', 'dist/bundles/NOTICES.txt'],
];
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
/** Most of it are the functions, each with all that it needs: half a megabyte packed. */
const MOST_BYTES = 9_000_000;
/** Two cores, and others at work: npm unpacks some 10,000 files. */
const INSTALL_MILLISECONDS = 180_000;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let home: string;
let project: string;
let registry: Registry;
let env: NodeJS.ProcessEnv;
let packed: Packed;

function here(...command: readonly string[]): Promise<Ran> {
  return run(command, project, env);
}

async function pack(): Promise<void> {
  const { code, out, err } = await run(
    ['npm', 'pack', '--json', '--pack-destination', home],
    REPOSITORY,
    env,
  );
  expect({ code, err }).toMatchObject({ code: 0 });
  [packed] = JSON.parse(out) as [Packed];
}

async function install(): Promise<void> {
  writeFileSync(join(project, 'package.json'), '{}');
  const { code, err } = await here('npm', 'install', join(home, packed.filename));
  expect({ code, err }).toEqual({ code: 0, err: '' });
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bailiwick-package-'));
  project = join(home, 'project');
  mkdirSync(project);
  registry = await serveInstalled(REPOSITORY);
  env = environment(home, registry.url);
  await pack();
  await install();
}, INSTALL_MILLISECONDS);

afterAll(async () => {
  await registry?.close();
  rmSync(home, { recursive: true, force: true });
});

describe('the package', () => {
  test('carries what was built, and no sources, tests or maps', () => {
    const others = packed.files
      .map(({ path }) => path)
      .filter((path) => !/^(?:dist|docs|templates|examples)\/[^.]/.test(path))
      .filter((path) => !/^(?:[A-Z]+(?:\.md)?|package\.json|src\/cli\/bailiwick\.mjs)$/.test(path));
    expect(others).toEqual([]);
    expect(packed.files.map(({ path }) => path)).toEqual(expect.arrayContaining(READ_BY_PEOPLE));
    const sources = packed.files.filter(({ path }) => /(?<!\.d)\.ts$|\.map$|\.test\./.test(path));
    expect(sources).toEqual([]);
    expect(packed.size).toBeLessThan(MOST_BYTES);
  });

  test('has whatever its pages link to, but for what is said to those who have a checkout', () => {
    const paths = packed.files.map(({ path }) => path);
    const pages = paths.filter((path) => path.endsWith('.md'));
    expect(pages).toEqual(expect.arrayContaining(['docs/constructs.md', 'examples/cdk-role/README.md']));
    const missing = pages.flatMap((page) => {
      const text = readFileSync(join(project, 'node_modules', 'bailiwick', page), 'utf8');
      return [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
        .map(([, target = '']) => posix.join(posix.dirname(page), target).replace(/\/$/, ''))
        .filter((target) => !paths.some((path) => path === target || path.startsWith(`${target}/`)))
        .map((target) => `${page}: ${target}`);
    });
    expect(missing).toEqual(['README.md: CONTRIBUTING.md']);
  });

  test('needs no script of any package to be run', () => {
    const text = readFileSync(join(project, 'node_modules', '.package-lock.json'), 'utf8');
    const { packages } = JSON.parse(text) as { packages: Record<string, { hasInstallScript?: boolean }> };
    expect(Object.keys(packages)).toContain('node_modules/aws-cdk-lib');
    expect(Object.keys(packages).filter((path) => packages[path]?.hasInstallScript)).toEqual([]);
  });

  test('names nothing of the machine that it was made on', () => {
    const dist = join(project, 'node_modules', 'bailiwick', 'dist');
    const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const telling = files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).includes(REPOSITORY));
    expect(telling).toEqual([]);
  });
});

describe('the command', () => {
  test('says what it can do, and which version it is', async () => {
    const help = await here('npx', 'bailiwick', '--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(/^bailiwick: .*\n\nusage: bailiwick COMMAND/);
    const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    expect(await here('npx', 'bailiwick', '--version')).toEqual({ code: 0, err: '', out: `${version}\n` });
  });

  test('writes a config, checks it, tries its policies, and runs on it', async () => {
    expect(await here('npx', 'bailiwick', 'init', 'config')).toMatchObject({ code: 0, err: '' });
    expect(readdirSync(join(project, 'config', 'schemas'))).not.toEqual([]);
    expect((await here('npx', 'bailiwick', 'check', 'config')).out).toMatch(/^ok: /);
    const tried = await here('npx', 'bailiwick', 'policy', 'test', '--config', 'config');
    expect(tried).toMatchObject({ code: 0, err: '' });
    const command = [join(project, 'node_modules', '.bin', 'bailiwick'), 'start', '--config', 'config'];
    const { child, out, ended } = start([...command, '--port', '0'], project, env);
    onTestFinished(() => void child.kill('SIGKILL'));
    const url = await until('the broker', () => /^bailiwick ready (http:\S+)$/m.exec(out())?.[1]);
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    // Loaded at first use, under a name of the package's own.
    expect(await (await fetch(`${url}/openapi.json`)).json()).toHaveProperty('paths');
    const token = await here('npx', 'bailiwick', 'demo', 'token', 'demo-agent');
    expect(token.out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const capabilities = [{ capability: 'demo-aws:read', parameters: { prefix: 'a' } }];
    const opened = await fetch(`${url}/v1/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.out.trim()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ purpose: 'See', capabilities }),
    });
    expect(opened.status).toBe(201);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0 });
    const proven = await here('npx', 'bailiwick', 'audit', 'verify', '.bailiwick');
    expect(proven).toMatchObject({ code: 0, err: '' });
    expect(proven.out).toMatch(/^digests +[1-9]/m);
  });
});

describe('the constructs', () => {
  beforeAll(() => {
    const config = join(project, 'node_modules', 'bailiwick', 'examples', 'deployed');
    cpSync(config, join(project, 'config-deployed'), { recursive: true });
    writeFileSync(join(project, 'app.mjs'), ESM_APP);
    writeFileSync(join(project, 'app.cjs'), COMMONJS_APP);
    writeFileSync(join(project, 'app.mts'), TYPED_APP);
  });

  /** As the CDK's command runs an app, with no account and no bundler. */
  async function synthesized(app: string) {
    const outdir = join(home, app);
    const ran = await run([process.execPath, app], project, { ...env, CDK_OUTDIR: outdir });
    expect(ran).toMatchObject({ code: 0, out: '' });
    const [template = ''] = readdirSync(outdir).filter((name) => name.endsWith('.template.json'));
    const text = readFileSync(join(outdir, template), 'utf8');
    const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
    return { text, outdir, assets, err: ran.err };
  }

  test('synthesize in an app of three lines, the same whether it imports or requires them', async () => {
    const esm = await synthesized('app.mjs');
    const commonJs = await synthesized('app.cjs');
    expect(esm.err).not.toMatch(/warning|error/i);
    expect([commonJs.text, commonJs.assets]).toEqual([esm.text, esm.assets]);
    const { Resources } = JSON.parse(esm.text) as { Resources: Record<string, { Type: string }> };
    const types = Object.values(Resources).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::Lambda::Function')).toHaveLength(FUNCTION_NAMES.length);
    expect(types).toContain('AWS::IAM::ManagedPolicy');
    expect(esm.text).not.toContain(home);
    expect(esm.text).not.toContain(REPOSITORY);
    const contents = esm.assets.map((asset) => readdirSync(join(esm.outdir, asset)));
    const having = (file: string) => contents.filter((files) => files.includes(file));
    const withConfig = FUNCTION_NAMES.filter((name) => DESIGNS[name].config);
    expect(having('index.js')).toHaveLength(FUNCTION_NAMES.length);
    expect(having('config.json')).toHaveLength(withConfig.length);
    expect(having('node_modules').length).toBeGreaterThan(0);
  });

  test('refuse a broken config with each of its faults', async () => {
    const config = join(project, 'config-broken');
    cpSync(join(project, 'config-deployed'), config, { recursive: true });
    const agent = join(config, 'agents', 'report-builder.yaml');
    writeFileSync(agent, readFileSync(agent, 'utf8').replace('reports:read', 'reports:write'));
    writeFileSync(join(project, 'broken.mjs'), ESM_APP.replace('config-deployed', 'config-broken'));
    const { code, err } = await here(process.execPath, 'broken.mjs');
    expect(code).toBe(1);
    expect(err).toMatch(/^ConfigRefused: the config in config-broken cannot be deployed:\nagents\/report-/m);
  });

  test('have types', async () => {
    const tsc = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext'];
    const { code, out } = await here(process.execPath, tsc, ...flags, '--target', 'es2022', 'app.mts');
    expect({ code, out }).toEqual({ code: 0, out: '' });
  });
});
