// Finds the files of the operator's policy cases: their folder is the outcome that they expect.
import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Decision } from '../../../policy/index.ts';
import { closest } from '../../../shared/closest.ts';
import {
  addFile,
  type Collected,
  codeOf,
  type Found,
  insidePath,
  isPassing,
  MAX_FILES,
  wholeFile,
} from '../files.ts';
import { quoted } from '../words.ts';

const TESTS = 'policies/tests';

export const FOLDERS: Readonly<Record<string, Decision['outcome']>> = {
  allow: 'allowed',
  approve: 'needsApproval',
  deny: 'denied',
};

const NAMES = Object.keys(FOLDERS);

async function entriesOf(into: Collected, name: string): Promise<readonly Dirent[]> {
  if ((await insidePath(into, name)) === undefined) return [];
  try {
    const entries = await readdir(join(into.root, name), { withFileTypes: true });
    // Notes beside the cases are nobody's case.
    return entries.filter((entry) => !isPassing(entry.name) && !entry.name.endsWith('.md'));
  } catch (error) {
    into.faults.push(wholeFile(name, `cannot be read as a directory (${codeOf(error)})`));
    return [];
  }
}

/** What stands here and is no case would be believed to be one that holds. */
function strayFault(folder: string, { name }: Dirent): string {
  if (folder === TESTS) {
    const near = closest(name, NAMES);
    const hint = near === undefined ? '' : `; did you mean ${quoted(near)}?`;
    return `is not read: cases stand in allow/, approve/ and deny/${hint}`;
  }
  if (name.endsWith('.yml')) return `is not read: call it ${quoted(name.replace(/\.yml$/u, '.yaml'))}`;
  return `is not read: only ${folder}/*.yaml is`;
}

async function addFolder(into: Collected, folder: string): Promise<void> {
  const entries = await entriesOf(into, folder);
  const isCase = (entry: Dirent) => entry.name.endsWith('.yaml') && !entry.isDirectory();
  const cases = entries.filter(isCase);
  if (into.files.length + cases.length > MAX_FILES) {
    into.faults.push(wholeFile(folder, `more than ${MAX_FILES} cases: they would not be run`));
    return;
  }
  for (const { name } of cases) await addFile(into, `${folder}/${name}`);
  for (const entry of entries.filter((one) => !isCase(one))) {
    into.faults.push(wholeFile(`${folder}/${entry.name}`, strayFault(folder, entry)));
  }
}

/** Of a config directory that was loaded; none where it has no cases. */
export async function findCases(dir: string): Promise<Found> {
  const into: Collected = { root: await realpath(dir), files: [], faults: [], warnings: [] };
  const above: readonly string[] = await readdir(join(into.root, 'policies')).catch(() => []);
  if (!above.includes('tests')) return into;
  for (const entry of await entriesOf(into, TESTS)) {
    if (NAMES.includes(entry.name)) await addFolder(into, `${TESTS}/${entry.name}`);
    else into.faults.push(wholeFile(`${TESTS}/${entry.name}`, strayFault(TESTS, entry)));
  }
  into.files.sort((a, b) => (a.file < b.file ? -1 : 1));
  return into;
}
