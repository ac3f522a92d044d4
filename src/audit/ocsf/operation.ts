// What a call is of: which kind of target, which of them, what is done there, and to what.
import type { JsonObject } from '../../shared/json.ts';
import type { ClassName } from './classes.ts';
import { isObject, objectIn, objectsIn, textIn, textsIn } from './read.ts';

/** By what is done there. What is of no kind that is known is a call of an API all the same. */
const CLASS_OF_KIND: Readonly<Record<string, ClassName>> = {
  credentials: 'api',
  http: 'api',
  kubernetes: 'api',
  sql: 'datastore',
  ssh: 'ssh',
};

/** Which member of an operation says of which kind it is. A command in a pod is one of Kubernetes. */
const KIND_OF_MEMBER = [
  ['kubernetes', 'kubernetes'],
  ['sql', 'sql'],
  ['command', 'ssh'],
  ['http', 'http'],
] as const;

function kindOf(body: JsonObject): string | undefined {
  const operations = objectsIn(body, 'operation');
  const found = KIND_OF_MEMBER.find(([member]) => operations.some((one) => isObject(one[member])));
  return found?.[1] ?? textIn(body, 'kind');
}

export function classOfCall(body: JsonObject): ClassName {
  const kind = kindOf(body);
  return kind !== undefined && Object.hasOwn(CLASS_OF_KIND, kind) ? (CLASS_OF_KIND[kind] ?? 'api') : 'api';
}

export interface RequestLine {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
}

const REQUEST_LINE = /^([A-Z]+) ([^?\s]+)(?:\?(\S+))?$/;

export function requestLineOf(body: JsonObject): RequestLine | undefined {
  const [, method, path, query] = REQUEST_LINE.exec(textIn(body, 'requestLine') ?? '') ?? [];
  if (method === undefined || path === undefined) return undefined;
  return { method, path, ...(query === undefined ? {} : { query }) };
}

const CAPABILITIES_STAND_IN = ['capabilities', 'operation', 'requested'] as const;

/** As they are held, asked for or used, whichever the event says; each once. */
export function capabilitiesOf(body: JsonObject): readonly string[] {
  const found = new Set<string>();
  for (const name of CAPABILITIES_STAND_IN) {
    for (const one of objectsIn(body, name)) {
      const capability = textIn(one, 'capability');
      if (capability !== undefined) found.add(capability);
    }
  }
  return [...found];
}

/** Of what is named `target:capability`. */
function targetOf(capability: string): string {
  return capability.slice(0, Math.max(capability.indexOf(':'), 0));
}

type Targets = ReadonlyMap<string, readonly string[]>;

function namedIn(body: JsonObject): Targets {
  const decided = objectIn(objectIn(objectIn(body, 'permission'), 'input'), 'resource');
  const targets = new Map<string, string[]>();
  for (const one of [body, objectIn(body, 'requested'), decided]) {
    const name = textIn(one, 'target');
    if (name !== undefined) targets.set(name, []);
  }
  for (const capability of capabilitiesOf(body)) {
    const name = targetOf(capability);
    if (name !== '') targets.set(name, [...(targets.get(name) ?? []), capability]);
  }
  return targets;
}

let last: { readonly body: JsonObject; readonly targets: Targets } | undefined;

/** By name, with the capabilities that are used of each. Many parts of one record ask for them, one after the other. */
export function targetsOf(body: JsonObject): Targets {
  if (last?.body !== body) last = { body, targets: namedIn(body) };
  return last.targets;
}

function only(words: readonly string[]): string | undefined {
  const [first, ...others] = new Set(words);
  return others.length === 0 ? first : undefined;
}

const ACTIVITY_OF_METHOD: Readonly<Record<string, string>> = {
  GET: 'Read',
  HEAD: 'Read',
  OPTIONS: 'Read',
  POST: 'Create',
  PUT: 'Update',
  PATCH: 'Update',
  DELETE: 'Delete',
};

const ACTIVITY_OF_STATEMENT: Readonly<Record<string, string>> = {
  select: 'Query',
  insert: 'Create',
  update: 'Update',
  delete: 'Delete',
};

function activityIn(table: Readonly<Record<string, string>>, word: string | undefined): string | undefined {
  return word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined;
}

function statementsOf(body: JsonObject): readonly string[] {
  return objectsIn(body, 'operation').flatMap((one) => textsIn(objectIn(one, 'sql'), 'statements'));
}

/** What the call does, in words of its class: asked for, or done. */
export function activityOfCall(body: JsonObject): string {
  switch (classOfCall(body)) {
    case 'ssh':
      return activityIn({ 'call.denied': 'Refuse', 'call.failed': 'Fail' }, textIn(body, 'type')) ?? 'Open';
    case 'datastore': {
      const statements = statementsOf(body);
      if (statements.length === 0) return 'Unknown';
      return activityIn(ACTIVITY_OF_STATEMENT, only(statements)) ?? 'Run Statements';
    }
    default: {
      const kind = kindOf(body);
      if (kind === 'credentials') return 'Issue Credentials';
      if (kind === 'kubernetes') return 'Run Command';
      return activityIn(ACTIVITY_OF_METHOD, requestLineOf(body)?.method) ?? 'Unknown';
    }
  }
}

/** What was called, by the names that the operator's files have for it where they are known. */
export function operationOf(body: JsonObject): string {
  const routes = objectsIn(body, 'operation').flatMap((one) => {
    const http = objectIn(one, 'http');
    const [method, route] = [textIn(http, 'method'), textIn(http, 'route')];
    return method === undefined || route === undefined ? [] : [`${method} ${route}`];
  });
  if (routes.length > 0) return [...new Set(routes)].join(', ');
  const line = requestLineOf(body);
  return line === undefined ? (kindOf(body) ?? 'call') : `${line.method} ${line.path}`;
}

/** What it touches at its target, with what becomes of it there. */
export function touchedBy(body: JsonObject): readonly { readonly name: string; readonly role: Role }[] {
  const found = new Map<string, Role>();
  for (const one of objectsIn(body, 'operation')) {
    const sql = objectIn(one, 'sql');
    for (const name of textsIn(sql, 'reads')) found.set(name, found.get(name) ?? 'Related');
    for (const name of textsIn(sql, 'writes')) found.set(name, 'Affected');
    const pod = objectIn(one, 'kubernetes');
    const names = ['namespace', 'pod'].flatMap((name) => textIn(pod, name) ?? []);
    if (names.length === 2) found.set(names.join('/'), 'Affected');
  }
  return [...found].slice(0, MOST_TOUCHED).map(([name, role]) => ({ name, role }));
}

/** All of them stand in the event itself. */
const MOST_TOUCHED = 50;

export const ROLES = { Target: 1, Affected: 3, Related: 4 } as const;
export type Role = keyof typeof ROLES;
