// What every event of a call says of it, whoever writes it down, and whenever: all of it stands in the call and its task.
import type { TaskFacts } from '../audit/index.ts';
import type { Json } from '../shared/json.ts';
import { type Call, type Owner, type Task, taskKey } from '../tasks/index.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { taskIn } from './standing.ts';

function namesOf(requested: Json): readonly string[] {
  if (typeof requested !== 'object' || requested === null) return [];
  const parts = (Array.isArray(requested) ? requested : [requested]) as readonly {
    readonly target?: unknown;
    readonly capability?: unknown;
  }[];
  return parts.map(({ target, capability = '' }) => String(target ?? String(capability).split(':')[0]));
}

/** As it was asked for: undefined where several were at once. */
function targetOf({ requested }: Pick<Call, 'requested'>): string | undefined {
  const [target, ...others] = new Set(namesOf(requested));
  return target === '' || others.length > 0 ? undefined : target;
}

/** Without the task where that is no longer kept, or could not be read. */
export function factsOfCall(call: Call, task: Task | undefined, owner: Owner | undefined = task?.owner) {
  const { id, repeats, kind, requestLine, approval, configDigest } = call;
  const target = targetOf(call);
  const ofTask: TaskFacts = {
    task: call.task,
    ancestors: call.ancestors,
    agent: call.agent,
    ...(owner === undefined ? {} : { owner }),
    ...(task?.requester === undefined ? {} : { requester: task.requester }),
    ...(task === undefined ? {} : { purpose: task.purpose }),
  };
  return {
    ...ofTask,
    call: repeats ?? id,
    ...(repeats === undefined ? {} : { repetition: id }),
    kind,
    ...(target === undefined ? {} : { target }),
    ...(requestLine === undefined ? {} : { requestLine }),
    ...(approval === undefined ? {} : { approval }),
    configDigest,
  };
}

/** For those who write down what became of a call that somebody else has made. */
export async function taskOfCall(
  { records }: Pick<BrokerDependencies, 'records'>,
  { task }: Pick<Call, 'task'>,
): Promise<Task | undefined> {
  const [record] = await records.read([taskKey(task)]);
  return taskIn(record, task);
}
