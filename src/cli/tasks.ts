// `bailiwick tasks`: what agents are doing, and how people put an end to it.
import { setTimeout } from 'node:timers/promises';
import { finishTaskAnswer, tasksAnswer } from '../api/answers.ts';
import { ROUTES } from '../api/routes.ts';
import { type ExitCode, type Lines, terminal } from './lines.ts';
import { blocks } from './print/table.ts';
import { revocationLine, taskLines, taskTable } from './print/tasks.ts';
import { type Answer, understood } from './remote/client.ts';
import { COMMON_HELP, type Command, runCommand, type Subcommand } from './remote/command.ts';

export const TASKS_HELP = `bailiwick tasks: what agents are doing

usage: bailiwick tasks COMMAND [OPTIONS]

  list         all open tasks: whose, what for, for whom, until when
                 [--agent AGENT] those of one agent only
  show TASK    everything about one, open or not
  revoke TASK --reason TEXT
               end it, and all tasks below it, at once; waits up to half a minute until credentials of it that
               are out are denied

${COMMON_HELP}`;

const list: Subcommand = {
  usage: 'tasks list [--agent AGENT] [--json]',
  flags: ['agent'],
  run: async (client, { agent }) => {
    const answer = await client.list(ROUTES.listTasks, 'tasks', { agent });
    return { answer, lines: (width) => taskTable(understood(tasksAnswer, answer).tasks, width) };
  },
};

const show: Subcommand = {
  usage: 'tasks show TASK [--json]',
  id: 'task',
  run: async (client, { id }) => {
    const answer = await client.call(ROUTES.listTasks, { query: { task: id } });
    return { answer, lines: () => blocks(understood(tasksAnswer, answer).tasks.map(taskLines)) };
  },
};

const ASK_AGAIN_MILLISECONDS = 2000;
/** Half a minute: longer than it takes to write a deny, unless it can't be written. */
const MOST_TIMES = 15;

/** Asked again until the sessions that are out are denied: revoking what is over changes nothing. */
async function untilInForce(ask: () => Promise<Answer>): Promise<Answer> {
  let answer = await ask();
  for (let times = 0; answer['revocation'] === 'pending' && times < MOST_TIMES; times += 1) {
    await setTimeout(ASK_AGAIN_MILLISECONDS);
    answer = await ask();
  }
  return answer;
}

const revoke: Subcommand = {
  usage: 'tasks revoke TASK --reason TEXT [--json]',
  id: 'task',
  flags: ['reason'],
  run: async (client, { id, reason }) => {
    const asked = { parameters: { task: id }, body: { reason } };
    const answer = await untilInForce(() => client.call(ROUTES.revokeTask, asked));
    return {
      answer,
      lines: () => {
        const { task, revocation } = understood(finishTaskAnswer, answer);
        return [...taskLines(task), revocationLine(revocation)];
      },
    };
  },
};

const TASKS: Command = { name: 'tasks', subcommands: { list, show, revoke } };

export async function runTasks(
  args: readonly string[],
  lines: Lines = terminal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ExitCode> {
  return runCommand(TASKS, args, lines, environment);
}
