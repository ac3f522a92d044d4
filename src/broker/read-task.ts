// Reads a task for whoever holds it: its agent, or the bearer of its token.
import { Refusal } from '../shared/errors.ts';
import type { Task } from '../tasks/index.ts';
import { agentForTask, type Caller } from './caller.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';
import { readTaskOf } from './standing.ts';

export async function readTask(
  dependencies: Omit<BrokerDependencies, 'sessions' | 'events' | 'rules'> & ConfigOnly,
  caller: Caller,
  id: string,
): Promise<Task | Refusal> {
  const agent = await agentForTask(dependencies, caller, id);
  if (agent instanceof Refusal) return agent;
  const read = await readTaskOf(dependencies, id, agent);
  return read instanceof Refusal ? read : read.task;
}
