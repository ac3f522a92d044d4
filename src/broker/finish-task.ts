// Finishes a task for its own agent.
import { Refusal } from '../shared/errors.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { type Authenticating, agentForTask, type Caller } from './caller.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';
import { type EndedTask, endStanding } from './end-task.ts';
import { readTaskOf } from './standing.ts';

export async function finishTask(
  dependencies: Authenticating &
    Pick<BrokerDependencies, 'tokenKeys'> &
    Pick<ApprovalDependencies, 'workflow'> &
    ConfigOnly,
  caller: Caller,
  id: string,
  body?: unknown,
): Promise<EndedTask | Refusal> {
  const agent = await agentForTask(dependencies, caller, id);
  if (agent instanceof Refusal) return agent;
  if (body instanceof Refusal) return body;
  const standing = await readTaskOf(dependencies, id, agent);
  if (standing instanceof Refusal) return standing;
  return endStanding(dependencies, standing, 'finish', {}, caller.facts);
}
