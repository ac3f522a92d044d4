// Every mistake an operator may make, as data: the folder is the verdict, the file names place and words.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Fault } from '../../src/config/index.ts';
import { loadConfig } from '../../src/config/loading/index.ts';
import { BASE, CASES, directoryOf } from './support.ts';

interface Case {
  readonly mode?: 'embedded' | 'deployed';
  readonly edits?: readonly { readonly file: string; readonly from: string; readonly to: string }[];
  /** Beside those of the base; null takes one away. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** `file:line: ` and words that stand in the problem. */
  readonly faults?: readonly string[];
  readonly warnings?: readonly string[];
}

function casesIn(folder: 'bad' | 'good'): readonly (readonly [string, Case])[] {
  return readdirSync(join(CASES, folder)).map((name) => {
    const text = readFileSync(join(CASES, folder, name), 'utf8');
    return [name.replace('.yaml', ''), (parse(text) ?? {}) as Case] as const;
  });
}

function filesOfCase({ edits = [], files = {} }: Case): Record<string, string> {
  const all: Record<string, string | null> = { ...BASE, ...files };
  for (const { file, from, to } of edits) {
    const before = all[file];
    if (!before?.includes(from)) throw new Error(`nothing to edit in ${file}: ${from}`);
    all[file] = before.replace(from, () => to);
  }
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** The fault itself where it is as expected, so that a difference shows both. */
function expectFaults(found: readonly Fault[], expected: readonly string[]): void {
  const lines = found.map(({ file, line, problem }) => `${file}:${line}: ${problem}`);
  const matched = lines.map((line, index) => {
    const [, place = '', words = ''] = /^(\S+:\d+: )(.*)$/s.exec(expected[index] ?? '') ?? [];
    return place !== '' && line.startsWith(place) && line.includes(words) ? expected[index] : line;
  });
  expect(matched).toEqual(expected);
}

describe('bad', () => {
  test.each(casesIn('bad'))('%s', async (_, given) => {
    const loaded = await loadConfig(directoryOf(filesOfCase(given)), { mode: given.mode ?? 'embedded' });
    if (!('faults' in loaded)) throw new Error('this should not have passed');
    expectFaults(loaded.faults, given.faults ?? []);
    expectFaults(loaded.warnings, given.warnings ?? []);
    expect(JSON.stringify(loaded.faults)).not.toContain('very-private');
  });
});

describe('good', () => {
  test.each(casesIn('good'))('%s', async (_, given) => {
    const loaded = await loadConfig(directoryOf(filesOfCase(given)), { mode: given.mode ?? 'embedded' });
    expect('faults' in loaded ? loaded.faults : []).toEqual([]);
    expectFaults(loaded.warnings, given.warnings ?? []);
  });
});
