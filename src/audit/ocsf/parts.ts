// What each class has of its own, made of an event's body: undefined where the event lacks what the class must have.
import type { JsonObject } from '../../shared/json.ts';
import type { ClassName } from './classes.ts';
import { capabilitiesOf, touchedBy } from './operation.ts';
import { anyOf, countIn, momentIn, objectIn, textIn } from './read.ts';
import { apiOf, destinationOf, httpRequestOf, httpResponseOf, resourcesOf } from './what.ts';
import { type Actor, agentUser, sourceOf, taskSession } from './who.ts';

export interface Given {
  readonly id: string;
  readonly time: number;
  readonly body: JsonObject;
  readonly by: Actor | undefined;
}

type Parts = JsonObject | undefined;

/** Where it came from and where it went. */
function ways(body: JsonObject, { actor, source }: Actor): JsonObject {
  return {
    actor,
    src_endpoint: source,
    http_request: httpRequestOf(body),
    http_response: httpResponseOf(body),
  };
}

/** What an AWS session is, where one was issued; else the task, or what was handed on of it. */
function sessionOf(body: JsonObject): JsonObject | undefined {
  const issued = objectIn(body, 'session');
  const uid = textIn(issued, 'sessionName');
  if (uid !== undefined) {
    return {
      ...{ uid, issuer: textIn(issued, 'roleArn') ?? 'bailiwick' },
      credential_uid: textIn(issued, 'accessKeyId'),
      expiration_time: momentIn(issued, 'expiresAt'),
    };
  }
  const delegation = textIn(body, 'type') === 'delegation.offered' ? textIn(body, 'delegation') : undefined;
  const session = delegation === undefined ? taskSession(body) : { uid: delegation, issuer: 'bailiwick' };
  if (session === undefined) return undefined;
  return {
    ...session,
    credential_uid: textIn(body, 'accessKeyId'),
    expiration_time: momentIn(body, 'expiresAt'),
  };
}

/** Privileges are what is given, or was asked for and is not. Of what gives none there are none. */
function authorizedSession({ body, by }: Given): Parts {
  const user = textIn(body, 'to') ?? textIn(body, 'agent');
  if (by === undefined || user === undefined) return undefined;
  return {
    ...ways(body, by),
    user: agentUser(user),
    privileges: capabilitiesOf(body),
    session: sessionOf(body),
    dst_endpoint: destinationOf(body),
  };
}

/** Nobody is proven by a refused token, but a good one may say for whom it was made. */
function authentication({ body }: Given): Parts {
  const agent = textIn(body, 'agent');
  const isOwn = textIn(body, 'reason') === 'task_token';
  const hash = textIn(body, 'tokenHash');
  return {
    user: agent === undefined ? { name: 'unknown', type_id: 0, type: 'Unknown' } : agentUser(agent),
    service: { name: 'Bailiwick' },
    src_endpoint: sourceOf(body, 'other', 'unknown'),
    ...(isOwn
      ? { auth_protocol_id: 99, auth_protocol: 'Task token' }
      : { auth_protocol_id: 4, auth_protocol: 'OpenID' }),
    ...{ logon_type_id: 3, logon_type: 'Network', is_remote: true },
    ...(hash === undefined ? {} : { authentication_token: { uid: `sha256:${hash}` } }),
    session: taskSession(body),
    http_request: httpRequestOf(body),
  };
}

function configEntity(body: JsonObject): JsonObject | undefined {
  const digest = textIn(body, 'configDigest');
  if (digest === undefined) return undefined;
  return { uid: digest, name: 'config', type_id: 99, type: 'Config' };
}

function digestEntity(body: JsonObject): JsonObject | undefined {
  const sequence = countIn(body, 'sequence');
  if (sequence === undefined) return undefined;
  return { uid: String(sequence), name: `digest ${sequence}`, type_id: 99, type: 'Digest' };
}

function agentEntity(body: JsonObject): JsonObject | undefined {
  const agent = textIn(body, 'agent');
  return agent === undefined
    ? undefined
    : { uid: agent, name: agent, type_id: 2, type: 'User', user: agentUser(agent) };
}

function entityOf(body: JsonObject): JsonObject | undefined {
  if (textIn(body, 'type') === 'config.loaded') return configEntity(body);
  return textIn(body, 'type') === 'audit.digested' ? digestEntity(body) : agentEntity(body);
}

function entityManagement({ body, by }: Given): Parts {
  const entity = entityOf(body);
  if (by === undefined || entity === undefined) return undefined;
  return { ...ways(body, by), entity, comment: textIn(body, 'why') };
}

function apiActivity({ body, by }: Given): Parts {
  if (by === undefined) return undefined;
  return {
    ...ways(body, by),
    api: apiOf(body),
    dst_endpoint: destinationOf(body),
    resources: anyOf(resourcesOf(body, by.actor)),
  };
}

/** The statement itself stands in the event. */
function datastoreActivity({ body, by }: Given): Parts {
  const target = destinationOf(body);
  if (by === undefined || target === undefined) return undefined;
  const [table, ...more] = touchedBy(body);
  return {
    ...ways(body, by),
    dst_endpoint: target,
    ...{ type_id: 1, type: 'Database' },
    database: { ...target, type_id: 1, type: 'Relational' },
    ...(table === undefined || more.length > 0 ? {} : { table: { name: table.name } }),
  };
}

function sshActivity({ body, by }: Given): Parts {
  const target = destinationOf(body);
  if (by === undefined || target === undefined) return undefined;
  return { actor: by.actor, src_endpoint: by.source, dst_endpoint: target, app_protocol_name: 'ssh' };
}

/** What a finding is about: an event, or an object in the archive. */
function aboutOf(body: JsonObject): JsonObject {
  const about = objectIn(body, 'event');
  const [uid, stream, key] = [textIn(about, 'id'), textIn(about, 'stream'), textIn(body, 'key')];
  const role = { role_id: 3, role: 'Affected' };
  const resources = [
    ...(uid === undefined ? [] : [{ uid, name: uid, type: 'event', ...role, namespace: stream }]),
    ...(key === undefined ? [] : [{ uid: key, name: key, type: 'archived object', ...role }]),
  ];
  return { resources: anyOf(resources) };
}

function detectionFinding({ id, time, body }: Given): Parts {
  const kind = textIn(body, 'finding');
  return {
    finding_info: {
      uid: id,
      created_time: time,
      title: textIn(body, 'title'),
      desc: textIn(body, 'detail'),
      ...(kind === undefined
        ? {}
        : { types: [kind], analytic: { uid: kind, name: kind, type_id: 1, type: 'Rule' } }),
    },
    is_alert: true,
    ...aboutOf(body),
  };
}

export const PARTS: Readonly<Record<ClassName, (given: Given) => Parts>> = {
  base: () => ({}),
  finding: detectionFinding,
  authentication,
  session: authorizedSession,
  entity: entityManagement,
  ssh: sshActivity,
  api: apiActivity,
  datastore: datastoreActivity,
};
