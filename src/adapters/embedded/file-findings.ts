// Findings of the embedded broker: a file with a line for each, for whoever watches it.
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Findings } from '../../ports/findings.ts';
import { asUnavailable } from '../faults.ts';
import { syncDirectory } from './whole-file.ts';

export interface FileFindingsDependencies {
  /** Made with the first finding. */
  readonly file: string;
}

const OWNER_ONLY = 0o600;
const LINE_END = 10;

/** Whether the last line has its end: a broker that was killed may have written half a line. */
async function isWhole(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === LINE_END;
}

async function append(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', OWNER_ONLY);
  try {
    await file.appendFile(`${(await isWhole(file)) ? '' : '\n'}${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(dirname(path));
}

export function createFileFindings({ file }: FileFindingsDependencies): Findings {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async report({ record }) {
      const line = JSON.stringify(record);
      // One after the other, so that no line begins within another.
      const written = last.then(() => append(file, line));
      last = written.catch(() => undefined);
      try {
        await written;
      } catch (error) {
        throw asUnavailable('findings', error);
      }
    },
  };
}
