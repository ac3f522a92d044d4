// `bailiwick policy`: tries policies out: on cases, on one question, on all that was recorded.
import { type ExitCode, type Lines, terminal } from './lines.ts';
import { runSubcommand, type Subcommands } from './subcommands.ts';

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

const SUBCOMMANDS: Subcommands = {
  of: 'policy',
  usage: 'usage: bailiwick policy test|explain|backtest …, and `bailiwick policy --help` says more',
  all: {
    test: async () => (await import('./policy/test.ts')).runTest,
    explain: async () => (await import('./policy/explain.ts')).runExplain,
    backtest: async () => (await import('./policy/backtest.ts')).runBacktest,
  },
};

export async function runPolicy(
  args: readonly string[],
  lines: Lines = terminal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ExitCode> {
  return runSubcommand(SUBCOMMANDS, args, lines, environment);
}
