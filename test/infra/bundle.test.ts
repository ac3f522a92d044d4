// What Lambda gets: one small file a function, the same for the same sources, with nothing in it that is not for it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, bundleFunction, REPOSITORY, writeBundle } from '../../infra/bundle.ts';
import { FUNCTION_NAMES, type FunctionName } from '../../infra/functions.ts';

const MOST_BYTES = 2_000_000;

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const manifest: Manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));

/** Of our dependencies, those that only people's machines need. */
const NOT_FOR_FUNCTIONS = ['yaml', 'scslre'];
const NOT_OURS_TO_CARRY = [
  /^src\/(embedded|cli|adapters\/embedded|config\/loading|config\/iam|agents\/reach)\//,
  /^(test|scripts|bench|infra|examples)\//,
];

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bailiwick-bundles-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function packageOf(input: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
}

/** Of the function and of what it loads later. */
function inputsOf(name: FunctionName): readonly string[] {
  const { metafile, parts } = bundleFunction(name);
  return [metafile, ...Object.values(parts).map((part) => part.metafile)].flatMap(({ inputs }) =>
    Object.keys(inputs),
  );
}

describe.each(FUNCTION_NAMES)('%s', (name) => {
  it('is under 2 MB of JavaScript', () => {
    const { code, companions, parts } = bundleFunction(name);
    const scripts = companions
      .filter((file) => file.endsWith('.js'))
      .map((file) => statSync(join(REPOSITORY, file)).size);
    const later = Object.values(parts).map((part) => part.code.length);
    expect([...scripts, ...later].reduce((sum, size) => sum + size, code.length)).toBeLessThan(MOST_BYTES);
  });

  it('holds no package that is for development or for people’s machines only', () => {
    const packages = new Set(inputsOf(name).flatMap((input) => packageOf(input) ?? []));
    const forbidden = [...Object.keys(manifest.devDependencies), ...NOT_FOR_FUNCTIONS];
    expect(forbidden.filter((each) => packages.has(each))).toEqual([]);
  });

  it('holds none of our files that are not for it, and no SQLite', () => {
    const { metafile } = bundleFunction(name);
    const inputs = Object.entries(metafile.inputs);
    const ours = inputsOf(name).filter((input) => packageOf(input) === undefined);
    expect(ours).toContain(`lambdas/${name}/handler.ts`);
    expect(ours.filter((input) => NOT_OURS_TO_CARRY.some((pattern) => pattern.test(input)))).toEqual([]);
    const others = ours.filter(
      (input) => /^lambdas\/(?!shared\/)/.test(input) && !input.startsWith(`lambdas/${name}/`),
    );
    expect(others).toEqual([]);
    expect(inputs.flatMap(([, { imports }]) => imports.map(({ path }) => path))).not.toContain('node:sqlite');
  });

  it('carries its SDK clients with it, and asks Lambda for nothing but Node’s own modules', () => {
    const outside = Object.values(bundleFunction(name).metafile.inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external }) => external === true)
      .map(({ path }) => path.replace(/^node:/, ''));
    const builtins = new Set(process.getBuiltinModule('node:module').builtinModules);
    const parts = Object.keys(bundleFunction(name).parts);
    expect(outside.filter((path) => !builtins.has(path) && !parts.includes(path))).toEqual([]);
  });

  it('is the same whenever it is made', () => {
    const again = bundle(`lambdas/${name}/handler.ts`);
    expect(Buffer.from(again.code).equals(Buffer.from(bundleFunction(name).code))).toBe(true);
  });

  it('loads in a plain Node, away from this repository, and exports a handler', () => {
    const where = join(directory, name);
    writeBundle(bundleFunction(name), where);
    const script = `const { handler } = require(${JSON.stringify(join(where, 'index.js'))}); console.log(typeof handler)`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], {
      cwd: directory,
      env: {
        AWS_REGION: 'eu-west-1',
        STATE_TABLE: 'state',
        EVENTS_TABLE: 'events',
        OBJECTS_BUCKET: 'objects',
        ARCHIVE_BUCKET: 'archive',
        SIGNING_KEYS: 'arn:aws:kms:eu-west-1:111122223333:key/signing',
        TOKEN_KEYS_SECRET: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:keys',
        MASKING_KEYS_SECRET: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:masking',
        BROKER_NAME: 'bailiwick',
        MAKE_CALL_ROLE: 'arn:aws:iam::111122223333:role/make-call',
        SEALING_KEY: 'arn:aws:kms:eu-west-1:111122223333:key/sealing',
        WORKFLOW_ARN: 'arn:aws:states:eu-west-1:111122223333:stateMachine:approvals',
        POWERTOOLS_SERVICE_NAME: 'bailiwick',
        POWERTOOLS_METRICS_NAMESPACE: 'Bailiwick',
      },
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect({ stdout, stderr, status }).toMatchObject({ stdout: 'function\n', status: 0 });
  });
});

it.each(['archive-events', 'sign-digest'] as const)(
  'brings no policy engine to %s, which decides nothing',
  (name) => {
    const { companions, metafile, parts } = bundleFunction(name);
    expect(companions).toEqual([]);
    expect(parts).toEqual({});
    const ours = Object.keys(metafile.inputs).filter((input) =>
      /^src\/(policy|connectors|api|identity)\//.test(input),
    );
    expect(ours).toEqual([]);
  },
);

it('brings Cedar along, so that a bundle decides by policy far from this repository', () => {
  const where = join(directory, 'cedar');
  const entry = 'src/policy/cedar.ts';
  writeBundle(bundle(entry), where);
  const script = `const { cedar } = require(${JSON.stringify(join(where, 'index.js'))}); console.log(cedar((it) => it.getCedarVersion()))`;
  const { stdout } = spawnSync(process.execPath, ['-e', script], {
    cwd: directory,
    env: {},
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
