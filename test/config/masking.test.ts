// What operators say of masking, from their files to the rules that the engine works by.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/loading/index.ts';
import { masking } from '../../src/config/loading/schema/masking.ts';
import { parseSource } from '../../src/config/loading/source.ts';
import { LOCALES, type MaskingRules, mergeRules } from '../../src/masking/index.ts';
import { BASE, CASES, directoryOf } from './support.ts';

function settingsOf(yaml: string) {
  return masking().safeParse(parseSource('x.yaml', yaml).source?.data);
}

describe('YAML', () => {
  test('leaves `off`, and Norway, the words that they are', () => {
    expect(settingsOf('{ detectors: { PHONE: off, EMAIL: redact }, locales: [no, nl] }').data).toEqual({
      detectors: { PHONE: 'off', EMAIL: 'redact' },
      locales: ['no', 'nl'],
    });
  });

  test('that was written for another parser is a fault, not a guess', () => {
    for (const yaml of ['{ detectors: { PHONE: false } }', '{ locales: [false] }', '{ keys: { on: off } }']) {
      expect(settingsOf(yaml).success, yaml).toBe(false);
    }
  });
});

async function rulesOf(files: Readonly<Record<string, string>>, target: string): Promise<MaskingRules> {
  const loaded = await loadConfig(directoryOf({ ...BASE, ...files }), { mode: 'embedded' });
  if ('faults' in loaded) throw new Error(JSON.stringify(loaded.faults));
  return mergeRules(loaded.config.broker.masking, loaded.config.targets[target]?.masking);
}

test("the contract's own columns reach the engine", async () => {
  const [, postgres = ''] =
    /^```yaml\n(# targets\/orders-db\.yaml.*?)^```/ms.exec(
      readFileSync(join(CASES, 'contract.md'), 'utf8'),
    ) ?? [];
  const rules = await rulesOf(
    { 'targets/orders-db.yaml': postgres.replace('group: orders-owners', 'group: owners') },
    'orders-db',
  );
  expect(rules.columns).toEqual({
    'public.customers.email': 'pseudonym',
    'public.customers.card_number': 'last4',
  });
});

test("what a target's file says is laid over what broker.yaml says", async () => {
  const broker = `${BASE['broker.yaml']}masking: { detectors: { EMAIL: pseudonym, PHONE: off }, requests: { secrets: refuse } }\n`;
  const files = {
    'broker.yaml': broker,
    'targets/store.yaml': `${BASE['targets/store.yaml']}\nmasking: { detectors: { PHONE: redact } }\n`,
  };
  expect(await rulesOf(files, 'store')).toMatchObject({
    detectors: { EMAIL: 'pseudonym', PHONE: 'redact' },
    refuseSecrets: true,
  });
  // What belongs to no target.
  expect(await rulesOf(files, 'nowhere')).toMatchObject({ detectors: { EMAIL: 'pseudonym', PHONE: 'off' } });
});

test('every country that a detector names can be enabled, and is written as the files write it', () => {
  expect(LOCALES.length).toBeGreaterThan(0);
  for (const locale of LOCALES) expect(settingsOf(`locales: ["${locale}"]`).success, locale).toBe(true);
});
