// `bailiwick policy explain` as it is run from the command line, without a process for each.
import { runExplain } from '../../../src/cli/policy/explain.ts';

export interface Explained {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const NOW = new Date('2026-03-04T12:00:00.000Z');

/** Without anything in the environment, unless it is given. */
export async function explained(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Explained> {
  const [out, err]: [string[], string[]] = [[], []];
  const lines = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await runExplain(args, lines, environment, NOW);
  return { code, out: out.join('\n'), err: err.join('\n') };
}
