// What was there: the values of the attributes that a condition looks at, as Cedar would write them.
import { type Approvals, NO_APPROVALS } from './approvers.ts';
import type { TypeAndId } from './cedar.ts';
import { approvalsContext } from './context.ts';
import type { Request } from './evaluate.ts';
import type { Expression } from './tree.ts';

/** `resource.environment` is `"production"`. */
export interface Value {
  readonly of: string;
  readonly is: string;
}

type Node = Readonly<Record<string, unknown>>;

function nodeIn(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : undefined;
}

export const uidText = ({ type, id }: TypeAndId) => `${type}::${JSON.stringify(id)}`;

function entityIn(value: unknown): TypeAndId | undefined {
  const entity = nodeIn(nodeIn(value)?.['__entity']);
  return entity === undefined ? undefined : { type: String(entity['type']), id: String(entity['id']) };
}

/** Undefined for a record: it would say more than anybody asked for. */
function valueText(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const elements = value.map(valueText);
    return elements.includes(undefined) ? undefined : `[${elements.join(', ')}]`;
  }
  if (nodeIn(value) === undefined) return JSON.stringify(value);
  const entity = entityIn(value);
  if (entity !== undefined) return uidText(entity);
  const extension = nodeIn(nodeIn(value)?.['__extn']);
  return extension === undefined
    ? undefined
    : `${String(extension['fn'])}(${JSON.stringify(extension['arg'])})`;
}

interface Place {
  readonly path: string;
  readonly value: unknown;
}

function step({ path, value }: Place, attribute: string, { entities }: Request): Place {
  const next = /^[A-Za-z_][A-Za-z0-9_]*$/.test(attribute)
    ? `${path}.${attribute}`
    : `${path}[${JSON.stringify(attribute)}]`;
  const entity = entityIn(value);
  const isIt = (uid: TypeAndId) => uid.type === entity?.type && uid.id === entity.id;
  const members =
    entity === undefined ? nodeIn(value) : entities.find(({ uid }) => isIt(uid as TypeAndId))?.attrs;
  const known = members !== undefined && Object.hasOwn(members, attribute);
  return { path: next, value: known ? (members as Node)[attribute] : undefined };
}

/** What an expression names, from one of the four variables on; undefined for everything else. */
function placeOf(expression: unknown, request: Request, context: Node): Place | undefined {
  const node = nodeIn(expression);
  const name = node?.['Var'];
  if (name === 'context') return { path: 'context', value: context };
  if (name === 'principal' || name === 'action' || name === 'resource') {
    return { path: name, value: { __entity: request[name] } };
  }
  const access = nodeIn(node?.['.']);
  if (access === undefined) return undefined;
  const above = placeOf(access['left'], request, context);
  return above === undefined ? undefined : step(above, String(access['attr']), request);
}

function memberships(of: string, { groups }: Request): Value {
  return { of, is: groups.length === 0 ? 'in no group' : `in ${groups.map(uidText).join(', ')}` };
}

/** `principal in …`, `principal is … in …`: what it is asked to be in. */
function groupsAskedFor(node: Node): unknown {
  const [within, is] = [nodeIn(node['in']), nodeIn(node['is'])];
  const asked = within ?? is;
  return nodeIn(asked?.['left'])?.['Var'] === 'principal' ? (within?.['right'] ?? is?.['in']) : undefined;
}

/** Each once, in the order in which they stand there. */
export function valuesIn(
  body: Expression,
  request: Request,
  groups: readonly string[],
  approvals: Approvals = NO_APPROVALS,
): readonly Value[] {
  const counted = request.effect === undefined ? {} : approvalsContext(groups, approvals);
  const context = { ...request.context, ...counted };
  const found = new Map<string, Value>();
  const note = (value: Value) => found.set(`${value.of} ${value.is}`, value);
  const walk = (expression: unknown): void => {
    if (Array.isArray(expression)) for (const each of expression) walk(each);
    const node = nodeIn(expression);
    // What `has` asks for is there or is not, and that is what it says itself.
    if (node === undefined || 'Value' in node || 'has' in node) return;
    const place = placeOf(node, request, context);
    const asked = groupsAskedFor(node);
    if (place !== undefined) {
      const is = place.value === undefined ? 'missing' : valueText(place.value);
      if (is !== undefined) note({ of: place.path, is });
    } else if (asked === undefined) {
      for (const child of Object.values(node)) walk(child);
    } else {
      note(memberships('principal', request));
      walk(asked);
    }
  };
  walk(body);
  return [...found.values()];
}
