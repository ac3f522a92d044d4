// `bailiwick agents`: who the agents are and how they stand, who knocks in vain, and what people do about it.
import {
  agentAnswer,
  agentsAnswer,
  refusedTokensAnswer,
  sightingsAnswer,
  tasksAnswer,
} from '../api/answers.ts';
import { ROUTES } from '../api/routes.ts';
import { type ExitCode, type Lines, terminal } from './lines.ts';
import { agentLines, agentTable, refusedTable, sightingLines, standingLines } from './print/agents.ts';
import { taskTable } from './print/tasks.ts';
import { understood } from './remote/client.ts';
import { COMMON_HELP, type Command, runCommand, type Subcommand } from './remote/command.ts';

export const AGENTS_HELP = `bailiwick agents: who the agents are, how they stand, and who knocks in vain

usage: bailiwick agents COMMAND [OPTIONS]

  list         every agent: owner, purpose, status, when it was last seen, review, how many tasks are open
  show AGENT   everything about one, and its open tasks
  show AGENT --reach
               the most it could ever do on AWS, from the operator's files alone: no broker is asked
                 [--config DIR] [--data DIR] [--json]
  unknown      identities with good tokens that no agent is registered for
  refused      how many tokens were refused, minute by minute, why and from where
                 [--hours N] so far back, 24 unless you say otherwise
  quarantine AGENT --reason TEXT
               freeze it: no new call, its open tasks are kept
  disable AGENT --reason TEXT
               switch it off: all its tasks are revoked at once
  reinstate AGENT --reason TEXT
               let it act again
  attest AGENT --reason TEXT [--digest HEX]
               vouch for it as its file stands now; with --digest, only if that is the SHA-256 of the file in force

${COMMON_HELP}`;

const list: Subcommand = {
  usage: 'agents list [--json]',
  run: async (client) => {
    const answer = await client.list(ROUTES.listAgents, 'agents');
    return { answer, lines: (width) => agentTable(understood(agentsAnswer, answer).agents, width) };
  },
};

const show: Subcommand = {
  usage: 'agents show AGENT [--reach] [--json]',
  id: 'agent',
  run: async (client, { id }) => {
    const one = await client.call(ROUTES.readAgent, { parameters: { agent: id } });
    const answer = { ...one, ...(await client.list(ROUTES.listTasks, 'tasks', { agent: id })) };
    return {
      answer,
      lines: (width) => {
        const { tasks } = understood(tasksAnswer, answer);
        const lines = agentLines(understood(agentAnswer, answer).agent);
        return tasks.length === 0 ? lines : [...lines, '', ...taskTable(tasks, width)];
      },
    };
  },
};

const unknown: Subcommand = {
  usage: 'agents unknown [--json]',
  run: async (client) => {
    const answer = await client.list(ROUTES.listUnknownAgents, 'sightings');
    return { answer, lines: () => sightingLines(understood(sightingsAnswer, answer).sightings) };
  },
};

const refused: Subcommand = {
  usage: 'agents refused [--hours N] [--json]',
  flags: ['hours'],
  run: async (client, { hours }) => {
    const answer = await client.list(ROUTES.listRefusedTokens, 'refusedTokens', { hours });
    return {
      answer,
      lines: (width) => refusedTable(understood(refusedTokensAnswer, answer).refusedTokens, width),
    };
  },
};

const CHANGES = {
  quarantine: ROUTES.quarantineAgent,
  disable: ROUTES.disableAgent,
  reinstate: ROUTES.reinstateAgent,
  attest: ROUTES.attestAgent,
} as const;

function change(name: keyof typeof CHANGES): Subcommand {
  const attests = name === 'attest';
  return {
    usage: `agents ${name} AGENT --reason TEXT ${attests ? '[--digest HEX] ' : ''}[--json]`,
    id: 'agent',
    flags: attests ? ['reason', 'digest'] : ['reason'],
    run: async (client, { id, reason, digest }) => {
      // What is undefined is not sent.
      const body = { reason, digest };
      const answer = await client.call(CHANGES[name], { parameters: { agent: id }, body });
      return { answer, lines: () => standingLines(understood(agentAnswer, answer).agent) };
    },
  };
}

const AGENTS: Command = {
  name: 'agents',
  subcommands: {
    list,
    show,
    unknown,
    refused,
    quarantine: change('quarantine'),
    disable: change('disable'),
    reinstate: change('reinstate'),
    attest: change('attest'),
  },
};

export async function runAgents(
  args: readonly string[],
  lines: Lines = terminal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === 'show' && rest.includes('--reach')) {
    return (await import('./agents/reach.ts')).runReach(rest, lines, environment);
  }
  return runCommand(AGENTS, args, lines, environment);
}
