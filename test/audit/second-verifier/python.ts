// The second verifier, run by the Python of this machine.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const VERIFIER = fileURLToPath(new URL('verify.py', import.meta.url));

const NEW_ENOUGH = 'import sys; sys.exit(sys.version_info < (3, 8))';

/** Without it these tests are skipped: nothing else of the project needs it. */
export const HAS_PYTHON = spawnSync('python3', ['-c', NEW_ENOUGH], { timeout: 20_000 }).status === 0;

/** Without bytecode beside the sources. */
export function python(args: readonly string[], input = '') {
  return spawnSync('python3', ['-B', ...args], {
    input,
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 2 ** 26,
  });
}

/** Many in one process, since it takes longer to start than to verify; and most signatures are the same in all. */
const MANY = `
import functools, json, sys
sys.path.insert(0, sys.argv[1])
import verify
verify.signed_by = functools.lru_cache(None)(verify.signed_by)
verdicts = []
for asked in json.load(sys.stdin):
    archive = verify.Archive(asked['directory'], set(asked['keys']), asked.get('head'))
    archive.verify()
    verdicts.append({'faults': archive.faults, 'notes': archive.notes})
print(json.dumps(verdicts))
`;

export interface Verdict {
  /** Each as `kind: what`. */
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

export interface Asked {
  readonly directory: string;
  /** The ids of those that are trusted. */
  readonly keys: readonly string[];
  readonly head?: string | undefined;
}

export function secondVerdicts(archives: readonly Asked[]): readonly Verdict[] {
  const { status, stdout, stderr } = python(['-c', MANY, dirname(VERIFIER)], JSON.stringify(archives));
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
