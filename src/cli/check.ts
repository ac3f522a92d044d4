// `bailiwick check`: every fault in the operator's files, as file:line: problem.
import { parseArgs } from 'node:util';
import type { Config, Fault } from '../config/index.ts';
import { loadConfig } from '../config/loading/index.ts';
import { type ExitCode, type Lines, terminal } from './lines.ts';

const USAGE = 'usage: bailiwick check [DIR] [--config DIR] [--deployed]';

interface Asked {
  readonly dir: string;
  readonly mode: 'embedded' | 'deployed';
}

function understand(args: readonly string[]): Asked | { readonly wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { config: { type: 'string' }, deployed: { type: 'boolean', default: false } },
    });
    const named = [...positionals, ...(values.config === undefined ? [] : [values.config])];
    if (named.length > 1) return { wrong: 'name one directory' };
    return { dir: named[0] ?? '.', mode: values.deployed ? 'deployed' : 'embedded' };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : 'unknown arguments' };
  }
}

/** One line, whatever a file's name or contents hold. */
function faultLine({ file, line, problem }: Fault, warning: boolean): string {
  return `${file}:${line}: ${warning ? 'warning: ' : ''}${problem}`.replace(/\p{Cc}/gu, ' ');
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Of texts that are known to be right: heads outside of comments and strings. */
function countPolicies({ policies }: Config): number {
  const heads = policies.map(({ text }) =>
    text.replace(/"(?:[^"\\]|\\.)*"|\/\/[^\n]*/gu, '').match(/\b(?:permit|forbid)\s*\(/gu),
  );
  return heads.reduce((sum, found) => sum + (found?.length ?? 0), 0);
}

function summary(config: Config): string {
  const agents = counted(Object.keys(config.agents).length, 'agent', 'agents');
  const targets = counted(Object.keys(config.targets).length, 'target', 'targets');
  const policies = counted(countPolicies(config), 'policy', 'policies');
  return `ok: ${agents}, ${targets}, ${policies}, digest ${config.digest}`;
}

/** Exit code 0: nothing wrong, though there may be warnings; 1: faults; 2: wrong use. */
export async function runCheck(args: readonly string[], lines: Lines = terminal): Promise<ExitCode> {
  const asked = understand(args);
  if ('wrong' in asked) {
    lines.err(`${asked.wrong}\n${USAGE}`);
    return 2;
  }
  const loaded = await loadConfig(asked.dir, { mode: asked.mode });
  for (const warning of loaded.warnings) lines.out(faultLine(warning, true));
  if ('faults' in loaded) {
    for (const fault of loaded.faults) lines.out(faultLine(fault, false));
    return 1;
  }
  lines.out(summary(loaded.config));
  return 0;
}
