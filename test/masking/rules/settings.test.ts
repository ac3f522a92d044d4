// A target's own say is laid over the broker's, one name at a time.
import { expect, test } from 'vitest';
import { NO_RULES } from '../../../src/masking/index.ts';
import { type MaskingSettings, mergeRules } from '../../../src/masking/rules/settings.ts';

const BROKER: MaskingSettings = {
  detectors: { EMAIL: 'pseudonym', PHONE: 'off' },
  columns: { 'Public.Customers.Email': 'drop', serial: 'keep' },
  paths: { '$.notes': 'drop' },
  keys: { 'X-Debug': 'drop', note: 'redact' },
  patterns: [
    { type: 'EMPLOYEE_ID', match: 'EMP-[0-9]{6}', action: 'pseudonym', ignoreCase: true },
    { type: 'INVOICE', match: 'INV-[0-9]{4}' },
  ],
  allow: ['support@example.com'],
  locales: ['nl'],
  requests: { secrets: 'refuse' },
};

test('nothing said is no rules', () => {
  expect(mergeRules()).toEqual(NO_RULES);
  expect(mergeRules({}, {})).toEqual(NO_RULES);
});

test("where a target says nothing, the broker's holds", () => {
  expect(mergeRules(BROKER)).toEqual({
    detectors: { EMAIL: 'pseudonym', PHONE: 'off' },
    columns: { 'public.customers.email': 'drop', serial: 'keep' },
    paths: { '$.notes': 'drop' },
    keys: { 'x-debug': 'drop', note: 'redact' },
    patterns: [
      { type: 'EMPLOYEE_ID', match: 'EMP-[0-9]{6}', action: 'pseudonym', ignoreCase: true },
      { type: 'INVOICE', match: 'INV-[0-9]{4}', action: 'redact', ignoreCase: false },
    ],
    allow: ['support@example.com'],
    locales: ['nl'],
    refuseSecrets: true,
  });
  expect(mergeRules(BROKER, {})).toEqual(mergeRules(BROKER));
  expect(mergeRules({}, BROKER)).toEqual(mergeRules(BROKER));
});

test('what a target says of a name holds, whatever its case, and the rest stays', () => {
  const rules = mergeRules(BROKER, {
    detectors: { PHONE: 'last4' },
    columns: { 'public.customers.EMAIL': 'hash' },
    paths: { '$.notes': 'keep', '$.more': 'drop' },
    keys: { 'x-debug': 'keep' },
    allow: ['support@example.com', '4111 1111 1111 1111'],
    locales: [],
    requests: { secrets: 'allow' },
  });
  expect(rules).toMatchObject({
    detectors: { EMAIL: 'pseudonym', PHONE: 'last4' },
    columns: { 'public.customers.email': 'hash', serial: 'keep' },
    paths: { '$.notes': 'keep', '$.more': 'drop' },
    keys: { 'x-debug': 'keep', note: 'redact' },
    allow: ['support@example.com', '4111 1111 1111 1111'],
    locales: [],
    refuseSecrets: false,
  });
  expect(Object.keys(rules.keys)).toEqual(['x-debug', 'note']);
});

test("a pattern's action is the target's word on its type, then the broker's", () => {
  const actions = (target: MaskingSettings) =>
    mergeRules(BROKER, target).patterns.map(({ type, match, action }) => `${type} ${match} ${action}`);
  expect(actions({ detectors: { EMPLOYEE_ID: 'hash', INVOICE: 'off' } })).toEqual([
    'EMPLOYEE_ID EMP-[0-9]{6} hash',
  ]);
  expect(actions({ patterns: [{ type: 'EMPLOYEE_ID', match: 'E[0-9]{7}', action: 'drop' }] })).toEqual([
    'EMPLOYEE_ID E[0-9]{7} drop',
    'EMPLOYEE_ID EMP-[0-9]{6} drop',
    'INVOICE INV-[0-9]{4} redact',
  ]);
  // Its own form of a type, in place of what the detector takes for one.
  expect(
    actions({ detectors: { EMAIL: 'off' }, patterns: [{ type: 'EMAIL', match: 'mail:[a-z]{1,9}' }] })[0],
  ).toBe('EMAIL mail:[a-z]{1,9} pseudonym');
});

test('names of documents meet no names of the language', () => {
  const { keys, columns, paths, detectors } = mergeRules(BROKER);
  for (const table of [keys, columns, paths, detectors]) expect(table['constructor']).toBeUndefined();
});
