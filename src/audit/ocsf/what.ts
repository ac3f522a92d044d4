// What was asked of which API, as the classes of applications and of identities say it.
import { STATUS_OF_CODE } from '../../shared/codes.ts';
import type { JsonObject } from '../../shared/json.ts';
import { operationOf, ROLES, type Role, requestLineOf, targetsOf, touchedBy } from './operation.ts';
import { anyOf, integerIn, objectIn, textIn } from './read.ts';

const METHODS: ReadonlySet<string> = new Set([
  ...['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'],
]);

/** What went to the target, where the event says it; else what came to the broker. */
export function httpRequestOf(body: JsonObject): JsonObject | undefined {
  const request = objectIn(body, 'request');
  const line = (ownOperation(body) === undefined ? requestLineOf(body) : undefined) ?? {
    method: textIn(request, 'method'),
    path: textIn(request, 'route'),
  };
  if (line.method === undefined || line.path === undefined || !METHODS.has(line.method)) return undefined;
  const query = 'query' in line ? line.query : undefined;
  return {
    http_method: line.method,
    url: { path: line.path, query_string: query },
  };
}

export function httpResponseOf(body: JsonObject): JsonObject | undefined {
  const answered = objectIn(body, 'answered');
  const code = integerIn(answered, 'status');
  if (code === undefined) return undefined;
  return { code, body_length: integerIn(answered, 'bytes') };
}

export interface Outcome {
  readonly code?: string;
  readonly detail?: string;
}

/** In the broker's own codes, or the target's status. */
export function outcomeOf(body: JsonObject): Outcome {
  const refusal = objectIn(body, 'refusal');
  const type = textIn(body, 'type');
  const status = integerIn(objectIn(body, 'answered'), 'status');
  const code =
    textIn(refusal, 'code') ??
    textIn(body, 'code') ??
    textIn(body, 'answer') ??
    (type === 'token.refused' ? textIn(body, 'reason') : undefined) ??
    (status === undefined ? undefined : String(status));
  const own = type === 'audit.finding' ? undefined : textIn(body, 'detail');
  const detail = textIn(refusal, 'detail') ?? own;
  return { ...(code === undefined ? {} : { code }), ...(detail === undefined ? {} : { detail }) };
}

/** Of those that the broker answers with. */
export function statusOfCode(code: string): number | undefined {
  return Object.hasOwn(STATUS_OF_CODE, code)
    ? STATUS_OF_CODE[code as keyof typeof STATUS_OF_CODE]
    : undefined;
}

function responseOf(body: JsonObject): JsonObject | undefined {
  const status = integerIn(objectIn(body, 'answered'), 'status');
  if (status !== undefined) return { code: status };
  const { code, detail } = outcomeOf(body);
  const known = code === undefined ? undefined : statusOfCode(code);
  if (code === undefined || known === undefined) return undefined;
  return { code: known, error: code, message: detail };
}

/** What people and the broker do to a call, which is not what the call does. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'call.decided': 'decide-approval',
  'approval.asked': 'ask-approvers',
  'approval.refused': 'decide-approval',
  'approval.revealed': 'reveal-operation',
  'audit.exported': 'export-audit',
};

function ownOperation(body: JsonObject): string | undefined {
  const type = textIn(body, 'type') ?? '';
  if (type === 'access.refused') return textIn(body, 'wanted') ?? 'access';
  return Object.hasOwn(OPERATIONS, type) ? OPERATIONS[type] : undefined;
}

export function apiOf(body: JsonObject): JsonObject {
  const own = ownOperation(body);
  const [target] = own === undefined ? targetsOf(body).keys() : [];
  const request = textIn(objectIn(body, 'request'), 'id');
  return {
    operation: own ?? operationOf(body),
    service: { name: target === undefined || target === '' ? 'Bailiwick' : target },
    ...(request === undefined ? {} : { request: { uid: request } }),
    response: responseOf(body),
  };
}

/** Where there is one. */
export function destinationOf(body: JsonObject): JsonObject | undefined {
  const [target, ...others] = targetsOf(body).keys();
  return target === undefined || others.length > 0 ? undefined : { uid: target, name: target };
}

function resource(type: string, uid: string, role: Role, more: JsonObject = {}): JsonObject {
  return { uid, name: uid, type, role, role_id: ROLES[role], ...more };
}

function askedOf(body: JsonObject): readonly JsonObject[] {
  const type = textIn(body, 'type');
  if (type === 'audit.exported') {
    return [resource('audit', textIn(body, 'task') ?? 'audit', 'Target')];
  }
  if (type !== 'access.refused') return [];
  const wanted = objectIn(body, 'resource');
  const kind = textIn(wanted, 'type');
  return kind === undefined ? [] : [resource(kind.toLowerCase(), textIn(wanted, 'id') ?? kind, 'Target')];
}

function isAskedOf(body: JsonObject, agent: string): boolean {
  return askedOf(body).some(({ uid }) => uid === agent);
}

/** Whose call it is, where somebody else does something to it. */
function relatedOf(body: JsonObject, actor: JsonObject): readonly JsonObject[] {
  const agent = textIn(body, 'agent');
  const isActor = textIn(objectIn(actor, 'user'), 'uid') === agent;
  const approval = isActor ? undefined : textIn(body, 'approval');
  const role = textIn(objectIn(body, 'session'), 'roleArn');
  return [
    ...(approval === undefined ? [] : [resource('approval', approval, 'Target')]),
    ...(agent === undefined || isActor || isAskedOf(body, agent)
      ? []
      : [resource('agent', agent, 'Related')]),
    ...(role === undefined ? [] : [resource('AWS::IAM::Role', role, 'Related')]),
  ];
}

export function resourcesOf(body: JsonObject, actor: JsonObject): readonly JsonObject[] {
  return [
    ...[...targetsOf(body)].map(([target, capabilities]) =>
      resource('target', target, 'Target', { labels: anyOf(capabilities) }),
    ),
    ...touchedBy(body).map(({ name, role }) => resource('part of a target', name, role)),
    ...askedOf(body),
    ...relatedOf(body, actor),
  ];
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-|$)/;

/** The caller's span is in `unmapped`: OCSF would have its times, which nobody here knows. */
export function traceOf(body: JsonObject): JsonObject | undefined {
  const [, uid, flags] = TRACEPARENT.exec(textIn(objectIn(body, 'request'), 'traceparent') ?? '') ?? [];
  if (uid === undefined || flags === undefined) return undefined;
  return { uid, flags: anyOf(Number.parseInt(flags, 16) % 2 === 1 ? ['sampled'] : []) };
}
