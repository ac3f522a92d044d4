// `bailiwick policy`: tries policies out: on cases, on one question, on all that was recorded.
import { closest } from '../shared/closest.ts';
import { type ExitCode, type Lines, terminal } from './lines.ts';
import { oneLine } from './print/safe.ts';

export const POLICY_HELP = `bailiwick policy: what policies decide, and why

usage: bailiwick policy COMMAND [OPTIONS]

  test [DIR]   run your own cases, policies/tests/{allow,approve,deny}/*.yaml, and name the policies that none touches
                 [--config DIR] [--case TEXT]… those with TEXT in their path only [--json]

  explain CALL | TASK | EVENT
               what was recorded: which policies decided, which conditions failed, what would make it pass
                 [--config DIR] [--json] [--data DIR | --url URL]
  explain --capability TARGET:CAPABILITY
               the same of what an agent might ask for
                 [--agent AGENT] [--parameter NAME=VALUE]… [--purpose TEXT] [--age SECONDS] [--at TIME]
                 [--requester ID [--proven]] [--from ADDRESS] [--above AGENT]… [--holds CAPABILITIES]…
               by kind of target
                 [--method M] [--route "GET /path"] [--statement KIND]… [--reads TABLE]… [--writes TABLE]…
                 [--function NAME]… [--argv WORD]… [--namespace N --pod P [--container C]] [--max-rows N] [--export]
  explain --human ID --action approve|contain|restore|audit
               the same of what a person might do
                 [--groups A,B] [--agent AGENT [--task]] [--target TARGET]

  backtest --config DIR
               what that config would decide otherwise than was decided, of everything recorded
                 [--since 30d] [--until TIME] [--agent AGENT] [--json | --jsonl] [--data DIR | --url URL]

What was recorded is read from the data directory, .bailiwick unless you say otherwise, or by --url or BAILIWICK_URL from
a broker, with the token of a person who may \`audit\`: BAILIWICK_TOKEN, or --token TOKEN.

Exit codes: 0 all cases hold and every policy is touched, it is allowed, nothing would change; 1 not so; 2 wrong use, a
config with faults, or nothing to be read.`;

type Subcommand = (
  args: readonly string[],
  lines: Lines,
  environment: NodeJS.ProcessEnv,
) => Promise<ExitCode>;

/** Each is loaded when it is asked for. */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<Subcommand>>> = {
  test: async () => (await import('./policy/test.ts')).runTest,
  explain: async () => (await import('./policy/explain.ts')).runExplain,
  backtest: async () => (await import('./policy/backtest.ts')).runBacktest,
};

function noSuch(name: string | undefined): string {
  if (name === undefined) return 'Say what of policy.';
  const meant = closest(name, Object.keys(SUBCOMMANDS));
  return `There is no such command of policy.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
}

export async function runPolicy(
  args: readonly string[],
  lines: Lines = terminal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ExitCode> {
  const [name, ...rest] = args;
  const load = name !== undefined && Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (load !== undefined) return (await load())(rest, lines, environment);
  const usage = 'usage: bailiwick policy test|explain|backtest …, and `bailiwick policy --help` says more';
  for (const line of [noSuch(name), usage]) lines.err(oneLine(line));
  return 2;
}
