// The `bailiwick` command: finds the command that is meant and runs it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lines, terminal } from './lines.ts';

const HELP = `bailiwick: a credential broker for AI agents

usage: bailiwick COMMAND [OPTIONS]

  start        run the broker on this machine
                 [--config DIR] [--data DIR] [--secrets FILE] [--port N] [--aws] [--durable]
  init DIR     write a commented config to begin with
  check [DIR]  say every fault in a config [--deployed]
  demo token AGENT | --human ID [--groups A,B]
               a token of the demo issuer [--config DIR] [--data DIR]
  agents list | show AGENT | unknown | refused
               how the agents stand, and who knocks in vain
  agents quarantine AGENT | disable AGENT | reinstate AGENT | attest AGENT --reason TEXT
               contain an agent, or let it act again
  tasks list | show TASK | revoke TASK --reason TEXT
               what agents are doing, and the end of it
  approvals list | show APPROVAL | approve APPROVAL [--reason TEXT] | deny APPROVAL --reason TEXT
               what waits for people, and your decision
  policy test | explain CALL | backtest --config DIR
               try policies: on your own cases, on one question, on all that was recorded
  audit verify DIR | s3://BUCKET [--key FILE] [--proof EVENT]
               check the archive of the audit: what is missing, altered, added, reordered or unsigned
  credentials [serve] --task TASK --capability TARGET:CAPABILITY
               a task's AWS credentials for every AWS SDK and the AWS CLI: for \`credential_process\`, or as an endpoint
  mask         mask standard input, as the broker would [--target TARGET] [--config DIR] [--data DIR] [--jsonl]
                 \`bailiwick agents --help\`, and \`--help\` of tasks, approvals, policy, audit, credentials and mask, say more
  help         this text
  --version    which version this is

Exit codes: 0 done, 1 found something or was refused, 2 wrong use or a config that start can't run.`;

/** Answers an exit code; `credentials serve` that of the command which it runs. */
type Command = (args: readonly string[], lines: Lines) => Promise<number>;

/** Each command is loaded when it is asked for: a token is had faster than a broker starts. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).runStart,
  init: async () => (await import('./init.ts')).runInit,
  check: async () => (await import('./check.ts')).runCheck,
  demo: async () => (await import('./demo.ts')).runDemo,
  agents: async () => (await import('./agents.ts')).runAgents,
  tasks: async () => (await import('./tasks.ts')).runTasks,
  approvals: async () => (await import('./approvals.ts')).runApprovals,
  policy: async () => (await import('./policy.ts')).runPolicy,
  audit: async () => (await import('./audit.ts')).runAudit,
  credentials: async () => (await import('./credentials.ts')).runCredentials,
  mask: async () => (await import('./mask.ts')).runMask,
};

/** Of commands that have more to say than one text for all can. */
const HELPS: Readonly<Record<string, () => Promise<string>>> = {
  agents: async () => (await import('./agents.ts')).AGENTS_HELP,
  tasks: async () => (await import('./tasks.ts')).TASKS_HELP,
  approvals: async () => (await import('./approvals.ts')).APPROVALS_HELP,
  policy: async () => (await import('./policy.ts')).POLICY_HELP,
  audit: async () => (await import('./audit.ts')).AUDIT_HELP,
  credentials: async () => (await import('./credentials.ts')).CREDENTIALS_HELP,
  mask: async () => (await import('./mask.ts')).MASK_HELP,
};

async function version(): Promise<string> {
  const { packageRoot } = await import('./paths.ts');
  const text = await readFile(join(await packageRoot(), 'package.json'), 'utf8');
  return String((JSON.parse(text) as { version: string }).version);
}

export async function main(args: readonly string[], lines: Lines = terminal): Promise<number> {
  const [name = 'help', ...rest] = args;
  if (['help', '--help', '-h'].includes(name)) {
    lines.out(HELP);
    return args.length === 0 ? 2 : 0;
  }
  if (['--version', '-v', 'version'].includes(name)) {
    lines.out(await version());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    lines.err(`There is no command ${name}.\n\n${HELP}`);
    return 2;
  }
  // What follows -- is for another command.
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (own.includes('--help') || own.includes('-h')) {
    lines.out((await HELPS[name]?.()) ?? HELP);
    return 0;
  }
  return (await command())(rest, lines);
}
