// Commands that are several: finds the one that is meant, and says which there are where none is.
import { closest } from '../shared/closest.ts';
import type { ExitCode, Lines } from './lines.ts';
import { oneLine } from './print/safe.ts';

export type Subcommand = (
  args: readonly string[],
  lines: Lines,
  environment: NodeJS.ProcessEnv,
) => Promise<ExitCode>;

export interface Subcommands {
  /** The command that they are of. */
  readonly of: string;
  readonly usage: string;
  /** Each is loaded when it is asked for. */
  readonly all: Readonly<Record<string, () => Promise<Subcommand>>>;
}

function noSuch({ of, all }: Subcommands, name: string | undefined): string {
  if (name === undefined) return `Say what of ${of}.`;
  const meant = closest(name, Object.keys(all));
  return `There is no such command of ${of}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
}

export async function runSubcommand(
  subcommands: Subcommands,
  args: readonly string[],
  lines: Lines,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> {
  const [name, ...rest] = args;
  const { all, usage } = subcommands;
  const load = name !== undefined && Object.hasOwn(all, name) ? all[name] : undefined;
  if (load !== undefined) return (await load())(rest, lines, environment);
  for (const line of [noSuch(subcommands, name), usage]) lines.err(oneLine(line));
  return 2;
}
