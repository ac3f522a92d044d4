// A capability whose session policy can never be had is a fault before anyone asks for it; one that can be is none.
import { describe, expect, test } from 'vitest';
import type { AwsTarget } from '../../src/config/index.ts';
import { loadConfig } from '../../src/config/loading/index.ts';
import { compileSessionPolicy, placesOf } from '../../src/credentials/index.ts';
import { BASE, directoryOf } from './support.ts';

const FILE = 'targets/store.yaml';
const TARGET = BASE[FILE] ?? '';
const RESOURCE = 'store/${prefix}/*';

/** With so many characters more in the one resource, and more lines at the end. */
async function loadedWith(characters: number, more = '') {
  const text = TARGET.replace(RESOURCE, `${'x'.repeat(characters)}${RESOURCE}`) + more;
  return loadConfig(directoryOf({ ...BASE, [FILE]: text }), { mode: 'embedded' });
}

/** What is compiled for a task that says as little as it may, asked for from the shortest of addresses. */
async function leastCharacters(more = ''): Promise<number> {
  const loaded = await loadedWith(0, more);
  if ('faults' in loaded) throw new Error(JSON.stringify(loaded.faults));
  const target = loaded.config.targets['store'] as AwsTarget;
  const definition = target.capabilities['read'];
  if (definition === undefined) throw new Error('the base has no such capability');
  const grants = [{ definition, parameters: { prefix: '' } }];
  const places = placesOf(target, grants, '::');
  if (typeof places === 'string') throw new Error(places);
  return compileSessionPolicy(grants, new Date('2026-03-02T12:00:00Z'), places).length;
}

describe.each([
  ['bound to nothing', ''],
  ['bound to ranges', 'boundTo: { sourceIps: [192.0.2.0/24, 198.51.100.0/24] }\n'],
  ['bound to the address of whoever asks', 'boundTo: { callerAddress: true }\n'],
])('%s', (_, more) => {
  test('2,048 characters with nothing in place of the parameters are none too many', async () => {
    const room = 2048 - (await leastCharacters(more));
    expect(await loadedWith(room, more)).not.toHaveProperty('faults');
  });

  test('one more is a fault, which says what to do', async () => {
    const room = 2048 - (await leastCharacters(more));
    expect(await loadedWith(room + 1, more)).toMatchObject({
      faults: [
        {
          file: FILE,
          line: 12,
          problem:
            'the session policy of `read` has at least 2049 characters, and STS takes 2048, so its credentials could never be had: split it into several capabilities, or give it fewer actions, shorter resources and fewer conditions',
        },
      ],
    });
  });
});

test('a parameter that nobody declared hides no policy that is too large', async () => {
  const loaded = await loadedWith(2048, '');
  const text = TARGET.replace(RESOURCE, `${'x'.repeat(2048)}store/\${prefx}`);
  const undeclared = await loadConfig(directoryOf({ ...BASE, [FILE]: text }), { mode: 'embedded' });
  for (const { faults } of [loaded, undeclared] as { faults?: { problem: string }[] }[]) {
    expect(faults?.map(({ problem }) => problem)).toContainEqual(
      expect.stringMatching(/has at least 2\d{3} /),
    );
  }
});

test('a parameter of a strange name is told as one that is not declared, and as nothing else', async () => {
  const text = TARGET.replace(`"arn:aws:s3:::${RESOURCE}"`, "'arn:aws:s3:::store/${a\"\\b}/${prefix}'");
  const loaded = await loadConfig(directoryOf({ ...BASE, [FILE]: text }), { mode: 'embedded' });
  expect(loaded).toMatchObject({
    faults: [{ file: FILE, line: 14, problem: expect.stringContaining('there is no parameter') }],
  });
});

test('conditions that leave no room for the deadline are a fault', async () => {
  const condition = (value: string) => `{ "aws:CurrentTime": "${value}" }`;
  const operators = ['DateLessThan', 'DateLessThanIfExists', 'DateLessThanEquals'];
  const conditions = (which: readonly string[]) =>
    `        conditions: { ${which.map((one) => `${one}: ${condition('1798761600')}`).join(', ')} }\n`;
  expect(await loadedWith(0, conditions(operators.slice(1)))).not.toHaveProperty('faults');
  expect(await loadedWith(0, conditions(operators))).toMatchObject({
    faults: [
      { file: FILE, line: 12, problem: expect.stringContaining('leave no room for the deadline of a task') },
    ],
  });
});
