// Every way to tamper with an archive that somebody thought of is found, and named for what it is.
import { describe, expect, test } from 'vitest';
import { FAULT_KINDS } from '../../../src/audit/verify/index.ts';
import type { ArchiveFiles } from '../../support/archives.ts';
import { told, verifyFiles } from './support.ts';
import { DIGEST_TAMPERINGS } from './tamperings/digests.ts';
import { OBJECT_TAMPERINGS } from './tamperings/objects.ts';
import { HEAD, ONE, ORIGINAL } from './tamperings/original.ts';
import { OTHER_TAMPERINGS } from './tamperings/others.ts';

const TAMPERINGS = [...OBJECT_TAMPERINGS, ...DIGEST_TAMPERINGS, ...OTHER_TAMPERINGS];

const verify = (files: ArchiveFiles, settings: { readonly head?: string } = {}) =>
  verifyFiles(files, { keys: [ONE.id], ...settings });

test('what nobody tampered with has no faults', async () => {
  const { faults, notes, ...rest } = await verify(ORIGINAL.files, { head: HEAD });
  expect(faults).toEqual({ total: 0, byKind: {}, first: [] });
  expect(notes.total).toBe(0);
  expect(rest).toMatchObject({ objects: 5, events: 40, strays: 1, digests: { count: 3 } });
  expect(rest).toMatchObject({ head: { sequence: 3, sha256: HEAD }, tail: { objects: 0 } });
});

describe('found and named', () => {
  test.each(TAMPERINGS)('$what', async ({ how, kinds, says, head }) => {
    const files = new Map(ORIGINAL.files);
    how(files, ORIGINAL);
    const { faults } = await verify(files, head === undefined ? {} : { head });
    expect(Object.keys(faults.byKind).sort()).toEqual(kinds);
    const said = told(faults).join('\n');
    for (const word of says) expect(said).toContain(word);
  });
});

test('every kind of fault has a case', () => {
  const known = new Set(TAMPERINGS.flatMap(({ kinds }) => kinds));
  expect([...known].sort()).toEqual([...FAULT_KINDS].sort());
});
