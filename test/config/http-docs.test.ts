// docs/http-targets.md: every block of YAML in it is a target, or part of one, that is accepted as it stands.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Loaded, loadConfig } from '../../src/config/loading/index.ts';
import { BASE, directoryOf } from './support.ts';

const PAGE = readFileSync(new URL('../../docs/http-targets.md', import.meta.url), 'utf8');

type Keys = Readonly<Record<string, unknown>>;

const BLOCKS: readonly Keys[] = [...PAGE.matchAll(/^```yaml\n(.*?)^```/gms)].map(
  ([, text = '']) => parse(text) as Keys,
);
const [WHOLE = {}] = BLOCKS;
const REPORTS = (BASE['targets/store.yaml'] ?? '').replace('id: store', 'id: reports');

/** A part is laid over the page's first block; routes alone are those of a capability with the parameter they name. */
function targetOf(block: Keys): Keys {
  if (!('routes' in block)) return { ...WHOLE, ...block };
  const parameters = { team: { pattern: '[a-z]+' } };
  return { ...WHOLE, capabilities: { edit: { effect: 'write', parameters, ...block } } };
}

async function loaded(target: Keys): Promise<Loaded> {
  const files = { 'targets/tickets-api.yaml': stringify(target), 'targets/reports.yaml': REPORTS };
  return loadConfig(directoryOf({ ...BASE, ...files }), { mode: 'deployed' });
}

test('there are as many as the page is about', () => {
  expect(BLOCKS.filter((block) => 'id' in block)).toHaveLength(1);
  const forms = BLOCKS.flatMap(({ inject }) => [inject].flat()).flatMap((form) => Object.keys(form ?? {}));
  expect(new Set(forms)).toEqual(new Set(['header', 'query', 'value', 'basic', 'bearer', 'oauth2', 'sigv4']));
  expect(BLOCKS.some((block) => 'routes' in block)).toBe(true);
});

test.each(BLOCKS.map((block, index) => [index, block] as const))('block %i', async (_, block) => {
  const result = await loaded(targetOf(block));
  const faults = 'faults' in result ? result.faults : [];
  const own = [...faults, ...result.warnings].filter(({ file }) => file === 'targets/tickets-api.yaml');
  // A secret that only some forms need is in the page's first block.
  const unneeded = own.filter(({ problem }) => !problem.includes('so it is never sent'));
  expect(unneeded).toEqual([]);
  expect(faults.filter(({ file }) => file.startsWith('targets/'))).toEqual([]);
});
