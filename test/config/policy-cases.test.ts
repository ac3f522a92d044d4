// The operator's policy cases as files: what they come to be, and every mistake in them with its place.
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runPolicyCases } from '../../src/broker/index.ts';
import type { Config } from '../../src/config/index.ts';
import { loadConfig, loadPolicyCases } from '../../src/config/loading/index.ts';
import { createPolicyEngine } from '../../src/policy/index.ts';
import { directoryOf, emptyDirectory, filesOf, writeFiles } from './support.ts';

const CASES = fileURLToPath(new URL('../cases/policy-tests/', import.meta.url));
const BASE = filesOf(join(CASES, 'base'));

interface FolderCase {
  /** Files of the base that are not there. */
  readonly without?: readonly string[];
  /** Below policies/tests/. */
  readonly files: Readonly<Record<string, string>>;
  /** `file:line: ` below policies/tests/, and words with which the problem begins. */
  readonly faults?: readonly string[];
  /** As much of each case as is looked at. */
  readonly cases?: readonly object[];
}

function casesIn(folder: 'bad' | 'good'): readonly (readonly [string, FolderCase])[] {
  return readdirSync(join(CASES, folder)).map((name) => {
    const text = readFileSync(join(CASES, folder, name), 'utf8');
    return [name.replace('.yaml', ''), parse(text) as FolderCase] as const;
  });
}

function testsIn(files: FolderCase['files']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([file, content]) => [`policies/tests/${file}`, content]),
  );
}

function configDirectory({ without = [], files }: FolderCase): string {
  const base = Object.entries(BASE).filter(([file]) => !without.includes(file));
  return directoryOf({ ...Object.fromEntries(base), ...testsIn(files) });
}

async function configOf(dir: string): Promise<Config> {
  const loaded = await loadConfig(dir, { mode: 'embedded' });
  if ('faults' in loaded) throw new Error(JSON.stringify(loaded.faults));
  expect(loaded.warnings.filter(({ file }) => file.startsWith('policies'))).toEqual([]);
  return loaded.config;
}

async function casesOf(dir: string) {
  return loadPolicyCases(dir, await configOf(dir));
}

const PLAIN = 'agent: lead\ncapability: reports:purge\n';

describe('bad', () => {
  test.each(casesIn('bad'))('%s', async (_, given) => {
    const { faults, cases } = await casesOf(configDirectory(given));
    const lines = faults.map(({ file, line, problem }) => `${file}:${line}: ${problem}`);
    const expected = (given.faults ?? []).map((fault) => `policies/tests/${fault}`);
    const matched = lines.map((line, place) =>
      line.startsWith(expected[place] ?? '\n') ? expected[place] : line,
    );
    expect(matched).toEqual(expected);
    const faulty = new Set(faults.map(({ file }) => file));
    expect(cases.filter(({ file }) => faulty.has(file))).toEqual([]);
  });
});

describe('good', () => {
  test.each(casesIn('good'))('%s', async (_, given) => {
    const { faults, cases } = await casesOf(configDirectory(given));
    expect(faults).toEqual([]);
    expect(cases).toMatchObject(given.cases ?? []);
    expect(cases).toHaveLength(given.cases?.length ?? 0);
  });
});

test('the cases that the documentation shows hold, in a config with what they name', async () => {
  const docs = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');
  const shown = [...docs.matchAll(/^```yaml\n# (policies\/tests\/\S+)\n(.*?)^```/gms)];
  const edited = (file: string, from: string, to: string) => ({
    [file]: (BASE[file] ?? '').replace(from, to),
  });
  const dir = directoryOf({
    ...BASE,
    ...edited('agents/lead.yaml', 'reports:read', 'orders-db:read'),
    ...edited('broker.yaml', 'groups: [operators, security]', 'groups: [operators, security, support]'),
    ...edited(
      'targets/orders-db.yaml',
      'effect: read',
      'effect: read, exportAbove: { rows: 1000 }, parameters: { prefix: { pattern: "[a-z0-9]+" } }',
    ),
    'policies/more.cedar': `@id("blast-radius-changes") forbid (principal is Agent, action, resource)
      when { context.impacts.contains("export") && context.approvals.of["orders-owners"] < 1 };`,
    ...Object.fromEntries(shown.map(([, file = '', text = '']) => [file, text])),
  });
  const config = await configOf(dir);
  const { cases, faults } = await loadPolicyCases(dir, config);
  expect({ faults, files: cases.map(({ file }) => file) }).toEqual({
    faults: [],
    files: ['policies/tests/approve/export.yaml', 'policies/tests/deny/stranger-approves.yaml'],
  });
  const { results } = runPolicyCases({ config, policy: await createPolicyEngine(config) }, cases);
  expect(results.filter(({ differs }) => differs !== undefined)).toEqual([]);
});

describe('the files', () => {
  test('that are links out of the config, no text, or too large are faults, not cases', async () => {
    const outside = join(writeFiles(emptyDirectory(), { 'x.yaml': PLAIN }), 'x.yaml');
    const dir = configDirectory({ files: { 'deny/fine.yaml': PLAIN } });
    const at = (name: string) => join(dir, 'policies/tests/deny', name);
    symlinkSync(outside, at('link.yaml'));
    symlinkSync(at('fine.yaml'), at('inside.yaml'));
    writeFileSync(at('latin.yaml'), Buffer.from([...Buffer.from(`${PLAIN}about: caf`), 0xe9]));
    writeFileSync(at('long.yaml'), `${PLAIN}# ${'x'.repeat(1024 * 1024)}`);
    symlinkSync(dirname(outside), join(dir, 'policies/tests/allow'));
    const { faults, cases } = await casesOf(dir);
    expect(faults.map(({ file, line, problem }) => `${file}:${line}: ${problem}`)).toEqual([
      'policies/tests/allow:1: is a link that leaves the config directory: put the file itself here',
      'policies/tests/deny/latin.yaml:3: is not UTF-8 from here on: save the file as UTF-8',
      'policies/tests/deny/link.yaml:1: is a link that leaves the config directory: put the file itself here',
      'policies/tests/deny/long.yaml:1: has more than 1024 KiB: split it up',
    ]);
    expect(cases.map(({ file }) => file)).toEqual([
      'policies/tests/deny/fine.yaml',
      'policies/tests/deny/inside.yaml',
    ]);
  });

  test.each([
    ['no tests', {}],
    ['an empty folder', { 'policies/tests/deny/.gitkeep': '' }],
  ])('where there are %s, there are no cases', async (_, more) => {
    expect(await casesOf(directoryOf({ ...BASE, ...more }))).toEqual({ cases: [], faults: [] });
  });

  test('are no part of the config: whatever stands there, it is the same', async () => {
    const plain = await configOf(directoryOf(BASE));
    const files = testsIn({ 'deny/x.yaml': PLAIN, 'denied/x.yaml': '[', 'default.cedar': 'x' });
    expect(await configOf(directoryOf({ ...BASE, ...files }))).toStrictEqual(plain);
  });
});
