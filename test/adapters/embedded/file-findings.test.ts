// The file of findings: whole lines, also after a broker that was killed in the middle of one.
import { appendFile, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createFileFindings } from '../../../src/adapters/embedded/file-findings.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { FINDING } from '../../contract/findings.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';

async function setUp() {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  const file = join(path, 'findings.jsonl');
  const report = (findings = createFileFindings({ file })) =>
    findings.report({ ...FINDING, record: { a: 1 } });
  return { file, report };
}

it('goes on after what is there', async () => {
  const { file, report } = await setUp();
  await writeFile(file, '{"before":true}\n');
  await report();
  await report();
  expect(await readFile(file, 'utf8')).toBe('{"before":true}\n{"a":1}\n{"a":1}\n');
});

it('begins a new line after half a one', async () => {
  const { file, report } = await setUp();
  await report();
  await appendFile(file, '{"half":');
  await report();
  expect(await readFile(file, 'utf8')).toBe('{"a":1}\n{"half":\n{"a":1}\n');
});

it('goes on after a failure', async () => {
  const { file, report } = await setUp();
  await mkdir(file);
  const findings = createFileFindings({ file });
  const failed = await Promise.allSettled([report(findings), report(findings)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await rmdir(file);
  await report(findings);
  expect(await readFile(file, 'utf8')).toBe('{"a":1}\n');
});

it('is told nowhere where its directory is gone', async () => {
  const { file } = await setUp();
  const findings = createFileFindings({ file: join(file, 'in', 'nothing') });
  await expect(findings.report(FINDING)).rejects.toThrow(Unavailable);
});
