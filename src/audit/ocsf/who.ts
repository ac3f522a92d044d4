// Who did it, from where, and by which decisions they were let.
import { plainAddress } from '../../shared/addresses.ts';
import type { JsonObject } from '../../shared/json.ts';
import { anyOf, isObject, momentIn, objectIn, objectsIn, textIn, textsIn } from './read.ts';

/** The agent itself; or whoever else the event names as having done it, and else the broker. */
export type Doer = 'agent' | 'other';

const BROKER = { app_name: 'Bailiwick', app_uid: 'bailiwick' } as const;
/** Who gives out tasks, as a session's issuer is called. */
const ISSUER = 'bailiwick';

export function agentUser(id: string): JsonObject {
  return { uid: id, name: id, type_id: 4, type: 'Service' };
}

const EMAIL = /^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+$/;

function personUser(id: string, groups: readonly string[]): JsonObject {
  return {
    ...{ uid: id, name: id, type_id: 1, type: 'User' },
    ...(EMAIL.test(id) ? { email_addr: id } : {}),
    groups: anyOf(groups.map((name) => ({ name }))),
  };
}

/** Where a person's groups stand depends on what they were asked for. */
function groupsOf(body: JsonObject): readonly string[] {
  const own = textsIn(body, 'groups');
  return own.length > 0 ? own : textsIn(objectIn(objectIn(body, 'input'), 'human'), 'groups');
}

/** The task, which is what an agent has instead of a login. */
export function taskSession(body: JsonObject): JsonObject | undefined {
  const task = textIn(body, 'task');
  if (task === undefined) return undefined;
  const [own] = objectsIn(objectIn(body, 'input'), 'chain');
  return {
    ...{ uid: task, issuer: ISSUER },
    created_time: own === undefined ? undefined : momentIn(own, 'openedAt'),
  };
}

/** What was decided of what somebody wanted: of a call that came to nothing, that is not who ended it. */
function decisionsOf(body: JsonObject, doer: Doer): readonly JsonObject[] {
  if (doer === 'other' && isObject(body['refusal'])) return [];
  const holders = [body, objectIn(body, 'permission'), ...objectsIn(body, 'capabilities')];
  return [...holders.map((one) => objectIn(one, 'decision')), ...objectsIn(body, 'decisions')];
}

/** One for each policy that determined it, once. */
function authorizationsOf(body: JsonObject, doer: Doer): readonly JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const one of decisionsOf(body, doer)) {
    const decision = textIn(one, 'outcome');
    if (decision === undefined) continue;
    const version = textIn(one, 'configDigest');
    const policies = textsIn(one, 'policies').filter((uid) => uid !== '');
    if (policies.length === 0) found.set(decision, { decision });
    for (const uid of policies) {
      found.set(`${decision} ${uid}`, { decision, policy: { uid, is_applied: true, version } });
    }
  }
  return [...found.values()];
}

/** As the front door saw it; of an agent's call that goes on without a request, as it saw the one that began it. */
function addressOf(body: JsonObject, doer: Doer): string | undefined {
  const said = textIn(objectIn(body, 'request'), 'sourceAddress') ?? textIn(body, 'address');
  const first = doer === 'agent' ? textIn(objectIn(body, 'input'), 'address') : undefined;
  const address = said ?? first;
  return address === undefined ? undefined : plainAddress(address);
}

/** A name stands for where it comes from, where no address is known. */
export function sourceOf(body: JsonObject, doer: Doer, name: string): JsonObject {
  const ip = addressOf(body, doer);
  return ip === undefined ? { name } : { ip };
}

export interface Actor {
  readonly actor: JsonObject;
  readonly source: JsonObject;
}

/** Undefined where the event does not say who it was. */
export function actorOf(body: JsonObject, doer: Doer): Actor | undefined {
  const authorizations = anyOf(authorizationsOf(body, doer));
  const session = taskSession(body);
  if (doer === 'agent') {
    const agent = textIn(body, 'agent');
    if (agent === undefined) return undefined;
    const actor = { user: agentUser(agent), session, authorizations };
    return { actor, source: sourceOf(body, doer, agent) };
  }
  const person = textIn(body, 'by');
  return person === undefined
    ? { actor: { ...BROKER, session }, source: sourceOf(body, doer, BROKER.app_uid) }
    : {
        actor: { user: personUser(person, groupsOf(body)), authorizations },
        source: sourceOf(body, doer, person),
      };
}
