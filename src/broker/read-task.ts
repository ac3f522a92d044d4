// Reads a task for whoever holds it: its agent, or the bearer of its token.
import { Refusal } from '../shared/errors.ts';
import { type Authenticating, agentForTask, type Caller } from './caller.ts';
import type { BrokerDependencies, ConfigOnly } from './dependencies.ts';
import { readTaskOf, type Standing } from './standing.ts';

export async function readTask(
  dependencies: Authenticating & Pick<BrokerDependencies, 'tokenKeys'> & ConfigOnly,
  caller: Caller,
  id: string,
): Promise<Standing | Refusal> {
  const agent = await agentForTask(dependencies, caller, id);
  return agent instanceof Refusal ? agent : readTaskOf(dependencies, id, agent);
}
