// Who acts under a task that may go on now, as the operator's files of this moment have them.
import type { AgentDefinition } from '../config/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { Task } from '../tasks/index.ts';
import type { Rules } from './dependencies.ts';
import { type Standing, standingProblem } from './standing.ts';

export interface Acting {
  readonly task: Task;
  readonly agent: AgentDefinition;
  readonly standing: Standing;
}

export function actingIn(
  { config }: Pick<Rules, 'config'>,
  standing: Standing | undefined,
  now: Date,
): Acting | Refusal {
  const problem = standingProblem(standing, now);
  if (problem !== undefined || standing === undefined) {
    return problem ?? new Refusal('task_over', 'The task is over.');
  }
  const { task } = standing;
  const agent = config.agents[task.agent];
  return agent === undefined
    ? new Refusal('unknown_agent', 'The agent is no longer registered.')
    : { task, agent, standing };
}
