// What a policy's tree says without being run: whom its head is about, which entities it names, what it looks at.
import type { CedarValueJson, PolicyJson, TypeAndId } from './cedar.ts';

/** One side of a policy's head. Undefined where it says nothing. */
export interface Constraint {
  readonly type?: string;
  readonly is?: TypeAndId;
  readonly in?: readonly TypeAndId[];
}

export interface Facts {
  readonly effect: 'permit' | 'forbid';
  readonly principal: Constraint;
  readonly action: Constraint;
  readonly resource: Constraint;
  /** Every entity that the head names. */
  readonly inHead: readonly TypeAndId[];
  /** Every entity that the conditions name. */
  readonly inConditions: readonly TypeAndId[];
  /** The groups it asks approvals of. */
  readonly approvers: readonly string[];
  /** Whether approvals can change what it says. */
  readonly heedsApprovals: boolean;
  /** How deep its conditions nest. */
  readonly depth: number;
}

type Node = Readonly<Record<string, unknown>>;

const CHILDREN = ['left', 'right', 'arg', 'if', 'then', 'else', 'in'] as const;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An expression is an object of one member, its operator. */
function operatorOf(expression: Node): readonly [string, unknown] {
  const [entry, ...others] = Object.entries(expression);
  if (entry === undefined || others.length > 0) throw new TypeError('not an expression of Cedar');
  return entry;
}

function childrenOf(operator: string, operand: unknown): readonly Node[] {
  if (operator === 'Value' || operator === 'Var' || operator === 'Slot') return [];
  if (Array.isArray(operand)) return operand.filter(isNode);
  if (!isNode(operand)) throw new TypeError(`Cedar's operator ${operator} is not known`);
  if (operator === 'Record') return Object.values(operand).filter(isNode);
  const children = CHILDREN.map((name) => operand[name]).filter(isNode);
  if (children.length === 0) throw new TypeError(`Cedar's operator ${operator} is not known`);
  return children;
}

/** The attributes that an expression ends in, outermost last: `context.task.purpose` is `['task', 'purpose']`. */
function trail(expression: unknown): readonly string[] {
  if (!isNode(expression)) return [];
  const [operator, operand] = operatorOf(expression);
  return operator === '.' && isNode(operand) ? [...trail(operand['left']), String(operand['attr'])] : [];
}

function entitiesIn(value: unknown): readonly TypeAndId[] {
  if (Array.isArray(value)) return value.flatMap(entitiesIn);
  if (!isNode(value)) return [];
  const entity = value['__entity'];
  return entity === undefined ? Object.values(value).flatMap(entitiesIn) : [entity as TypeAndId];
}

interface Findings {
  readonly entities: TypeAndId[];
  readonly approvers: Set<string>;
  heedsApprovals: boolean;
  depth: number;
}

/** The attributes asked for by `.` and `has`; undefined for every other operator. */
function attributesOf(operator: string, operand: unknown): readonly string[] | undefined {
  if ((operator !== '.' && operator !== 'has') || !isNode(operand)) return undefined;
  const attributes = operand['attr'];
  return Array.isArray(attributes) ? attributes.map(String) : [String(attributes)];
}

function walk(expression: Node, depth: number, found: Findings): void {
  const [operator, operand] = operatorOf(expression);
  found.depth = Math.max(found.depth, depth);
  if (operator === 'Value') found.entities.push(...entitiesIn(operand as CedarValueJson));
  // The context as a whole holds the approvals too.
  if (operator === 'Var' && operand === 'context') found.heedsApprovals = true;
  const attributes = attributesOf(operator, operand);
  if (attributes !== undefined && isNode(operand)) {
    const path = [...trail(operand['left']), ...attributes];
    const of = path.findIndex((name, i) => name === 'of' && path[i - 1] === 'approvals');
    const group = path[of + 1];
    if (of > 0 && group !== undefined) found.approvers.add(group);
    const left = operand['left'];
    if (isNode(left) && left['Var'] === 'context') {
      if (attributes[0] === 'approvals') found.heedsApprovals = true;
      return;
    }
  }
  for (const child of childrenOf(operator, operand)) walk(child, depth + 1, found);
}

function plain(uid: unknown): TypeAndId {
  const inner = isNode(uid) && '__entity' in uid ? uid['__entity'] : uid;
  if (!isNode(inner)) throw new TypeError('not an entity of Cedar');
  return { type: String(inner['type']), id: String(inner['id']) };
}

function constraintOf(head: Node): Constraint {
  switch (head['op']) {
    case 'All':
      return {};
    case '==':
      return { is: plain(head['entity']) };
    case 'in': {
      const many = head['entities'];
      return { in: Array.isArray(many) ? many.map(plain) : [plain(head['entity'])] };
    }
    case 'is': {
      const type = String(head['entity_type']);
      const within = head['in'];
      return isNode(within) ? { type, in: [plain(within['entity'])] } : { type };
    }
    default:
      throw new TypeError("a head of Cedar's that is not known");
  }
}

export function factsOf(policy: PolicyJson): Facts {
  const [principal, action, resource] = [policy.principal, policy.action, policy.resource].map((head) =>
    constraintOf(head as unknown as Node),
  ) as [Constraint, Constraint, Constraint];
  const found: Findings = { entities: [], approvers: new Set(), heedsApprovals: false, depth: 0 };
  for (const { body } of policy.conditions) walk(body as Node, 1, found);
  return {
    effect: policy.effect,
    principal,
    action,
    resource,
    inHead: [principal, action, resource].flatMap((side) => [
      ...(side.is === undefined ? [] : [side.is]),
      ...(side.in ?? []),
    ]),
    inConditions: found.entities,
    approvers: [...found.approvers].sort(),
    heedsApprovals: found.heedsApprovals,
    depth: found.depth,
  };
}
