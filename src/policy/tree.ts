// What a policy's tree says without being run: whom its head is about, which entities it names, what it looks at.
import type { CedarValueJson, PolicyJson, TypeAndId } from './cedar.ts';

/** One side of a policy's head. Undefined where it says nothing. */
export interface Constraint {
  readonly type?: string;
  readonly is?: TypeAndId;
  readonly in?: readonly TypeAndId[];
}

/** What the conditions look at in the context: enough to leave out what makes no difference. */
export interface Reads {
  /** `impacts`, `task.purpose`; `*` where the context is looked at as a whole. */
  readonly members: ReadonlySet<string>;
  /** The groups whose approvals are asked for by name. */
  readonly approvers: readonly string[];
  /** Whether approvals can change what the policy says. */
  readonly approvals: boolean;
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
  readonly reads: Reads;
  /** Every attribute that its conditions look at, of whatever. */
  readonly attributes: ReadonlySet<string>;
  readonly conditions: readonly Condition[];
  /** How deep its conditions nest. */
  readonly depth: number;
}

/** One `when` or `unless`, as Cedar's JSON has it. */
export interface Condition {
  readonly kind: 'when' | 'unless';
  readonly body: Expression;
}

/** An expression of Cedar's JSON: an object of one member, its operator. */
export type Expression = Readonly<Record<string, unknown>>;

const CHILDREN = ['left', 'right', 'arg', 'if', 'then', 'else', 'in'] as const;

export function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An expression is an object of one member, its operator. */
export function operatorOf(expression: Expression): readonly [string, unknown] {
  const [entry, ...others] = Object.entries(expression);
  if (entry === undefined || others.length > 0) throw new TypeError('not an expression of Cedar');
  return entry;
}

export function childrenOf(operator: string, operand: unknown): readonly Expression[] {
  if (operator === 'Value' || operator === 'Var' || operator === 'Slot') return [];
  if (Array.isArray(operand)) return operand.filter(isExpression);
  if (!isExpression(operand)) throw new TypeError(`Cedar's operator ${operator} is not known`);
  if (operator === 'Record') return Object.values(operand).filter(isExpression);
  const children = CHILDREN.map((name) => operand[name]).filter(isExpression);
  if (children.length === 0) throw new TypeError(`Cedar's operator ${operator} is not known`);
  return children;
}

/** From the context down: `context.task.purpose` is `['task', 'purpose']`. Undefined for what begins elsewhere. */
function pathInContext(expression: unknown): readonly string[] | undefined {
  if (!isExpression(expression)) return undefined;
  const [operator, operand] = operatorOf(expression);
  if (operator === 'Var') return operand === 'context' ? [] : undefined;
  const attributes = attributesOf(operator, operand);
  if (attributes === undefined || !isExpression(operand)) return undefined;
  // What `has` gives is no record: nothing can be asked of it.
  const above = pathInContext(operand['left']);
  return above === undefined ? undefined : [...above, ...attributes];
}

function entitiesIn(value: unknown): readonly TypeAndId[] {
  if (Array.isArray(value)) return value.flatMap(entitiesIn);
  if (!isExpression(value)) return [];
  const entity = value['__entity'];
  return entity === undefined ? Object.values(value).flatMap(entitiesIn) : [entity as TypeAndId];
}

interface Findings {
  readonly entities: TypeAndId[];
  readonly members: Set<string>;
  readonly attributes: Set<string>;
  readonly approvers: Set<string>;
  depth: number;
}

/** The attributes asked for by `.` and `has`; undefined for every other operator. */
function attributesOf(operator: string, operand: unknown): readonly string[] | undefined {
  if ((operator !== '.' && operator !== 'has') || !isExpression(operand)) return undefined;
  const attributes = operand['attr'];
  return Array.isArray(attributes) ? attributes.map(String) : [String(attributes)];
}

/** The attributes that an expression ends in, wherever it begins: also behind an `if`. */
function trail(expression: unknown): readonly string[] {
  if (!isExpression(expression)) return [];
  const [operator, operand] = operatorOf(expression);
  const attributes = attributesOf(operator, operand);
  return attributes === undefined || !isExpression(operand) ? [] : [...trail(operand['left']), ...attributes];
}

function noteRead([member, attribute, group]: readonly string[], found: Findings): void {
  if (member === 'approvals' && attribute === 'of' && group !== undefined) {
    found.approvers.add(group);
    return;
  }
  found.members.add(member === undefined ? '*' : attribute === undefined ? member : `${member}.${attribute}`);
}

function walk(expression: Expression, depth: number, found: Findings): void {
  const [operator, operand] = operatorOf(expression);
  found.depth = Math.max(found.depth, depth);
  if (operator === 'Value') found.entities.push(...entitiesIn(operand as CedarValueJson));
  for (const attribute of attributesOf(operator, operand) ?? []) found.attributes.add(attribute);
  const path = pathInContext(expression);
  if (path !== undefined) {
    noteRead(path, found);
    return;
  }
  const [group, of, approvals] = trail(expression).toReversed();
  if (approvals === 'approvals' && of === 'of' && group !== undefined) found.approvers.add(group);
  for (const child of childrenOf(operator, operand)) walk(child, depth + 1, found);
}

function plain(uid: unknown): TypeAndId {
  const inner = isExpression(uid) && '__entity' in uid ? uid['__entity'] : uid;
  if (!isExpression(inner)) throw new TypeError('not an entity of Cedar');
  return { type: String(inner['type']), id: String(inner['id']) };
}

function constraintOf(head: Expression): Constraint {
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
      return isExpression(within) ? { type, in: [plain(within['entity'])] } : { type };
    }
    default:
      throw new TypeError("a head of Cedar's that is not known");
  }
}

export function factsOf(policy: PolicyJson): Facts {
  const [principal, action, resource] = [policy.principal, policy.action, policy.resource].map((head) =>
    constraintOf(head as unknown as Expression),
  ) as [Constraint, Constraint, Constraint];
  const found: Findings = {
    entities: [],
    members: new Set(),
    attributes: new Set(),
    approvers: new Set(),
    depth: 0,
  };
  const conditions = policy.conditions as unknown as readonly Condition[];
  for (const { body } of conditions) walk(body, 1, found);
  const { members, approvers } = found;
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
    attributes: found.attributes,
    reads: {
      members,
      approvers: [...approvers].sort(),
      approvals:
        approvers.size > 0 || [...members].some((member) => member === '*' || /^approvals\b/.test(member)),
    },
    conditions,
    depth: found.depth,
  };
}
