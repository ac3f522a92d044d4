// Refuses a person what policy does not let them, and writes that down: who tries what is not theirs is worth knowing.
import { agentStream, BROKER_STREAM, storedEvent } from '../audit/index.ts';
import type { OperatorQuestion } from '../policy/index.ts';
import { type Refusal, Unavailable } from '../shared/errors.ts';
import { makeId, timeOf } from '../shared/ids.ts';
import type { Caller } from './caller.ts';
import { notPermitted, type Operating, type Operator, permissionOf } from './operator.ts';

type Action = OperatorQuestion['action'];
type Resource = OperatorQuestion['resource'];
type Telling = Pick<Operating, 'events' | 'told' | 'clock' | 'ids' | 'log'>;

/** What it is of, and where it stands: with the task's events, or with the agent's, so far as there is one. */
function placeOf({ rules }: Operator, resource: Resource, now: Date) {
  if (resource.type === 'Task') {
    // A task's events begin with its opening.
    const opened = (timeOf('task', resource.id)?.getTime() ?? 0) + 1;
    const at = new Date(Math.max(now.getTime(), opened));
    return { stream: resource.id, at, of: { task: resource.id, agent: resource.agent } };
  }
  if (resource.type === 'Agent' && Object.hasOwn(rules.config.agents, resource.id)) {
    return { stream: agentStream(resource.id, now), at: now, of: { agent: resource.id } };
  }
  return { stream: BROKER_STREAM, at: now, of: {} };
}

/** However often the same person asks for the same in one minute. The refusal stands where this can't be written, too. */
async function tell(
  { events, told, clock, ids, log }: Telling,
  operator: Operator,
  { facts }: Caller,
  { code, detail }: Refusal,
  wanted: Action,
  resource: Resource,
): Promise<void> {
  const { human, rules } = operator;
  const now = clock.now();
  const { stream, at, of } = placeOf(operator, resource, now);
  const event = storedEvent(stream, makeId('evt', at, ids.random(10)), now, {
    ...{ type: 'access.refused', by: human.id, groups: human.groups, wanted, resource },
    ...of,
    ...{ code, detail, ...permissionOf(operator, wanted, resource) },
    configDigest: rules.config.digest,
    request: facts,
  });
  try {
    const about = ['access.refused', human.id, wanted, stream, facts.method, facts.route];
    await told.tell(about, now, () => events.append(event));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend });
  }
}

/** Undefined where policy lets them. */
export async function refuseAccess(
  dependencies: Telling,
  operator: Operator,
  caller: Caller,
  action: Action,
  resource: Resource,
): Promise<Refusal | undefined> {
  const refused = notPermitted(operator, action, resource);
  if (refused !== undefined) await tell(dependencies, operator, caller, refused, action, resource);
  return refused;
}
