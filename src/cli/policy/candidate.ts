// A config that is not in force: loaded, checked, and made into rules, or every fault in it.
import type { DecidingRules } from '../../broker/index.ts';
import type { Fault } from '../../config/index.ts';
import { loadConfig } from '../../config/loading/index.ts';
import { createPolicyEngine } from '../../policy/index.ts';

/** As `check` prints it. */
function lineOf({ file, line, problem }: Fault): string {
  return `${file}:${line}: ${problem}`;
}

export interface Candidate {
  /** Undefined where there are faults. No keys are in it: it recognises nobody, it only decides. */
  readonly rules?: DecidingRules;
  /** What to print: every fault. Warnings are for `check` to say. */
  readonly lines: readonly string[];
}

/** What a broker that is deployed can use, an embedded one can: so it is judged as that. */
export async function loadCandidate(directory: string): Promise<Candidate> {
  const loaded = await loadConfig(directory, { mode: 'embedded' });
  if ('faults' in loaded) return { lines: loaded.faults.map(lineOf) };
  const { config } = loaded;
  return { rules: { config, policy: await createPolicyEngine(config) }, lines: [] };
}
