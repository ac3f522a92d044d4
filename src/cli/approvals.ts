// `bailiwick approvals`: what waits for people, all that is to be known of it, and their decisions.
import { approvalAnswer, approvalsAnswer } from '../api/answers.ts';
import { ROUTES } from '../api/routes.ts';
import { type ExitCode, type Lines, terminal } from './lines.ts';
import { approvalLines, approvalTable, decidedLines } from './print/approvals.ts';
import { understood } from './remote/client.ts';
import { COMMON_HELP, type Command, runCommand, type Subcommand } from './remote/command.ts';

export const APPROVALS_HELP = `bailiwick approvals: what waits for people, and your decision

usage: bailiwick approvals COMMAND [OPTIONS]

  list         all that wait and that you may decide: since when, until when, which agent, what, who is missing
  show APPROVAL
               the whole card, as on the page: look at it before you decide
  approve APPROVAL [--reason TEXT]
               say yes; once enough have, it is carried out. What is admin is approved for a reason
  deny APPROVAL --reason TEXT
               say no: it is not done, and the agent is told why

You decide once. Never what you asked for yourself, nor what an agent asks for that you answer for.

${COMMON_HELP}`;

const list: Subcommand = {
  usage: 'approvals list [--json]',
  run: async (client) => {
    const answer = await client.list(ROUTES.listApprovals, 'approvals');
    return { answer, lines: (width) => approvalTable(understood(approvalsAnswer, answer).approvals, width) };
  },
};

const show: Subcommand = {
  usage: 'approvals show APPROVAL [--json]',
  id: 'approval',
  run: async (client, { id }) => {
    const answer = await client.call(ROUTES.readApproval, { parameters: { approval: id } });
    return { answer, lines: (width) => approvalLines(understood(approvalAnswer, answer).approval, width) };
  },
};

function decide(decision: 'approve' | 'deny'): Subcommand {
  const isDenial = decision === 'deny';
  return {
    usage: `approvals ${decision} APPROVAL ${isDenial ? '--reason TEXT' : '[--reason TEXT]'} [--json]`,
    id: 'approval',
    flags: ['reason'],
    ...(isDenial ? {} : { mayReason: true }),
    run: async (client, { id, reason }) => {
      // What is undefined is not sent.
      const asked = { parameters: { approval: id }, body: { decision, reason } };
      const answer = await client.call(ROUTES.decideApproval, asked);
      return { answer, lines: () => decidedLines(understood(approvalAnswer, answer).approval, decision) };
    },
  };
}

const APPROVALS: Command = {
  name: 'approvals',
  subcommands: { list, show, approve: decide('approve'), deny: decide('deny') },
};

export async function runApprovals(
  args: readonly string[],
  lines: Lines = terminal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ExitCode> {
  return runCommand(APPROVALS, args, lines, environment);
}
