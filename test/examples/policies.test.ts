// The policies in examples/: each is sound, has cases that hold, and is needed by them.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { runPolicyCases } from '../../src/broker/index.ts';
import type { Config, PolicyFile } from '../../src/config/index.ts';
import { loadConfig, loadPolicyCases } from '../../src/config/loading/index.ts';
import { createPolicyEngine, type PolicyCase } from '../../src/policy/index.ts';
import { cutPolicies, type Piece } from '../../src/policy/source.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const NAMES = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
  .filter((file) => basename(file) === 'broker.yaml')
  .map(dirname)
  .sort();

interface Example {
  readonly name: string;
  readonly config: Config;
  readonly warnings: readonly string[];
  readonly cases: readonly PolicyCase[];
}

async function load(name: string): Promise<Example> {
  const dir = join(EXAMPLES, name);
  const loaded = await loadConfig(dir, { mode: 'embedded' });
  if ('faults' in loaded) throw new Error(JSON.stringify(loaded.faults, null, 2));
  const { config } = loaded;
  const { cases, faults } = await loadPolicyCases(dir, config);
  expect(faults, name).toEqual([]);
  return { name, config, warnings: loaded.warnings.map(({ problem }) => problem), cases };
}

async function run(config: Config, cases: readonly PolicyCase[]) {
  return runPolicyCases({ config, policy: await createPolicyEngine(config) }, cases);
}

interface Placed {
  readonly file: PolicyFile;
  readonly piece: Piece;
}

function policiesOf({ config }: Example): readonly Placed[] {
  return config.policies.flatMap((file) => cutPolicies(file.text).map((piece) => ({ file, piece })));
}

/** As written, but for white space and comments: the same policy may stand in several examples. */
function textOf({ code }: Piece): string {
  return code.replace(/\s+/g, ' ');
}

/** Without one policy. Its lines stay, so that those after it have the ids that they had. */
function without({ config }: Example, { file, piece }: Placed): Config {
  const end = piece.start + piece.text.length;
  const blank = piece.text.replace(/[^\n]/g, ' ');
  const text = file.text.slice(0, piece.start) + blank + file.text.slice(end);
  return { ...config, policies: config.policies.map((one) => (one === file ? { ...file, text } : one)) };
}

let examples: readonly Example[] = [];

beforeAll(async () => {
  examples = await Promise.all(NAMES.map(load));
});

function exampleOf(name: string): Example {
  return examples.find((example) => example.name === name) ?? expect.unreachable(name);
}

test.each(NAMES)('%s: is sound, and its cases hold', async (name) => {
  const { config, warnings, cases } = exampleOf(name);
  expect(warnings.filter((problem) => !/^targets of kind .* do not work yet/.test(problem))).toEqual([]);
  const { results } = await run(config, cases);
  expect(results.filter(({ differs }) => differs !== undefined)).toEqual([]);
});

test('every policy has a case that touches it, there or where the same stands again', async () => {
  const touched = new Set<string>();
  const untouched: { readonly where: string; readonly text: string }[] = [];
  for (const example of examples) {
    const idle = (await run(example.config, example.cases)).untouched;
    for (const placed of policiesOf(example)) {
      const { file, piece } = placed;
      const isIdle = idle.some((one) => one.file === file.file && one.line === piece.line);
      if (!isIdle) touched.add(textOf(placed.piece));
      else
        untouched.push({ where: `${example.name}/${file.file}:${piece.line}`, text: textOf(placed.piece) });
    }
  }
  expect(touched.size).toBeGreaterThan(20);
  expect(untouched.filter(({ text }) => !touched.has(text)).map(({ where }) => where)).toEqual([]);
});

test('every policy is needed: without it a case fails, there or where the same stands again', async () => {
  const needed = new Set<string>();
  const all = new Map<string, string>();
  for (const example of examples) {
    for (const placed of policiesOf(example)) {
      all.set(textOf(placed.piece), `${example.name}/${placed.file.file}:${placed.piece.line}`);
      const { failed } = await run(without(example, placed), example.cases);
      if (failed > 0) needed.add(textOf(placed.piece));
    }
  }
  expect([...all].filter(([text]) => !needed.has(text)).map(([, where]) => where)).toEqual([]);
});

describe('the quickstart', () => {
  test('has its policies as the tests of policy have them', () => {
    const tested = readFileSync(new URL('../cases/policy/default.cedar', import.meta.url), 'utf8');
    const textsOf = (text: string) => cutPolicies(text).map(textOf);
    const [file] = exampleOf('quickstart').config.policies;
    expect(textsOf(file?.text ?? '')).toEqual(textsOf(tested));
  });

  test.each(['export', 'public', 'grant', 'destroy'])('has a case that asks for what is %s', (impact) => {
    const { config, cases } = exampleOf('quickstart');
    const asks = cases.flatMap(({ asks: asked, outcome }) =>
      'operation' in asked && outcome === 'needsApproval' ? asked.operation.operations : [],
    );
    const impacts = asks.map(({ capability }) => {
      const [target = '', name = ''] = capability.split(':');
      return config.targets[target]?.capabilities[name]?.impacts;
    });
    expect(impacts).toContainEqual([impact]);
  });
});

describe('the worked policies', () => {
  const DIRECTORY = join(EXAMPLES, 'policies');
  const FILES = readdirSync(join(DIRECTORY, 'policies'))
    .filter((name) => name.endsWith('.cedar'))
    .map((name) => basename(name, '.cedar'));
  const WORKED = FILES.filter((name) => name !== 'default');

  const casesOf = (name: string) =>
    exampleOf('policies').cases.filter(({ file }) => basename(file).startsWith(`${name}-`));

  function withOnly(...names: readonly string[]): Config {
    const { config } = exampleOf('policies');
    const files = names.map((name) => `policies/${name}.cedar`);
    return { ...config, policies: config.policies.filter(({ file }) => files.includes(file)) };
  }

  test('are each in the README, have a name, and cases that begin with that of their file', () => {
    const readme = readFileSync(join(DIRECTORY, 'README.md'), 'utf8');
    const { cases } = exampleOf('policies');
    for (const name of FILES) expect(readme).toContain(`(policies/${name}.cedar)`);
    for (const { piece } of policiesOf(exampleOf('policies')))
      expect(piece.code).toMatch(/^@id\("[a-z-]+"\)/);
    const beginnings = [...FILES, 'together'].map((name) => `${name}-`);
    const strays = cases.filter(({ file }) => !beginnings.some((start) => basename(file).startsWith(start)));
    expect(strays.map(({ file }) => file)).toEqual([]);
  });

  test('the default policies stand alone', async () => {
    const { failed } = await run(withOnly('default'), casesOf('default'));
    expect({ failed }).toEqual({ failed: 0 });
  });

  test.each(WORKED)('%s: alone beside the default ones it bites, and stays out of the way', async (name) => {
    const cases = casesOf(name);
    const { results } = await run(withOnly('default', name), cases);
    expect(results.filter(({ differs }) => differs !== undefined)).toEqual([]);
    const { failed } = await run(withOnly('default'), cases);
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThan(cases.length);
  });
});
