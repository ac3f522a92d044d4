// A backtest as it is run from the command line, without a process for each.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runBacktest, type Surroundings } from '../../../src/cli/policy/backtest.ts';
import { temporaryDirectory } from '../../embedded/support/broker.ts';

export const CONFIG = fileURLToPath(new URL('../backtest-config', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Without a terminal and without anything in the environment, unless it is given. */
export async function backtested(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  surroundings: Partial<Surroundings> = {},
): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const lines = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const screen = { write: () => true };
  const code = await runBacktest(args, lines, environment, { screen, isGone: () => false, ...surroundings });
  return { code, out, err };
}

/** That config with some of its text replaced, as an operator edits it. */
export function candidate(
  edits: readonly (readonly [file: string, from: string, to: string])[] = [],
): string {
  const directory = temporaryDirectory();
  cpSync(CONFIG, directory, { recursive: true });
  for (const [file, from, to] of edits) {
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not say ${from}`);
    writeFileSync(path, text.replace(from, to));
  }
  return directory;
}
