// Which groups' approvals can make a difference to one request: those that its policies' conditions come to ask for.
import type { TypeAndId } from './cedar.ts';
import type { Context } from './context.ts';
import type { Request } from './evaluate.ts';
import type { Facts } from './tree.ts';

/**
 * What an expression comes to, as far as that can be told without approvals and without Cedar. It only serves to
 * leave out what no approvals can bring about: whatever is not understood here is unknown, and both sides of it are
 * followed.
 */
type Value =
  | string
  | number
  | boolean
  | TypeAndId
  | readonly Value[]
  | { readonly record: Context }
  | undefined;
const UNKNOWN = undefined;

type Node = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Node => typeof value === 'object' && value !== null;

function fromJson(value: unknown): Value {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // A longer number has lost its last digits on the way through JSON.
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : UNKNOWN;
  if (Array.isArray(value)) return value.map(fromJson);
  if (!isObject(value) || '__extn' in value) return UNKNOWN;
  const entity = value['__entity'];
  if (isObject(entity)) return { type: String(entity['type']), id: String(entity['id']) };
  return { record: value as Context };
}

const isEntity = (value: Value): value is TypeAndId => isObject(value) && 'type' in value;

const isThe = (one: TypeAndId, uid: unknown) => same(fromJson({ __entity: uid }), one) === true;

function same(a: Value, b: Value): boolean | undefined {
  if (isEntity(a) && isEntity(b)) return a.type === b.type && a.id === b.id;
  if (isObject(a) || isObject(b) || a === UNKNOWN || b === UNKNOWN) return UNKNOWN;
  return a === b;
}

/** Whether any of them, or undefined where it may be. */
function some(truths: readonly (boolean | undefined)[]): boolean | undefined {
  return truths.includes(true) ? true : truths.includes(UNKNOWN) ? UNKNOWN : false;
}

const not = (truth: Value): boolean | undefined => (typeof truth === 'boolean' ? !truth : UNKNOWN);

function contains(set: Value, one: Value): boolean | undefined {
  return Array.isArray(set) ? some(set.map((each) => same(each, one))) : UNKNOWN;
}

function containsAny(set: Value, others: Value): boolean | undefined {
  return Array.isArray(others) ? some(others.map((one) => contains(set, one))) : UNKNOWN;
}

const compare = (holds: (a: number, b: number) => boolean) => (a: Value, b: Value) =>
  typeof a === 'number' && typeof b === 'number' ? holds(a, b) : UNKNOWN;

/** What can be told from both sides alone. */
const OPERATORS: Readonly<Record<string, (left: Value, right: Value) => boolean | undefined>> = {
  '!': not,
  '==': same,
  '!=': (left, right) => not(same(left, right)),
  '<': compare((a, b) => a < b),
  '<=': compare((a, b) => a <= b),
  '>': compare((a, b) => a > b),
  '>=': compare((a, b) => a >= b),
  contains,
  containsAny,
  containsAll: (set, others) =>
    Array.isArray(others) ? not(some(others.map((one) => not(contains(set, one))))) : UNKNOWN,
  isEmpty: (set) => (Array.isArray(set) ? set.length === 0 : UNKNOWN),
};

/** A pattern of Cedar's: literal text, and wildcards that stand for any. */
function isLike(text: string, pattern: unknown): boolean | undefined {
  if (!Array.isArray(pattern)) return UNKNOWN;
  const pieces: string[] = [''];
  for (const element of pattern) {
    if (element === 'Wildcard') pieces.push('');
    else if (isObject(element)) pieces.push(`${pieces.pop()}${String(element['Literal'])}`);
    else return UNKNOWN;
  }
  const [start = '', ...others] = pieces;
  const end = others.pop();
  if (end === undefined) return text === start;
  if (!text.startsWith(start)) return false;
  let at = start.length;
  for (const piece of others) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - end.length >= at && text.endsWith(end);
}

class Walk {
  readonly #request: Request;
  readonly groups = new Set<string>();

  constructor(request: Request) {
    this.#request = request;
  }

  of(expression: unknown): Value {
    if (!isObject(expression)) return UNKNOWN;
    const [[operator, operand] = ['', undefined]] = Object.entries(expression);
    switch (operator) {
      case 'Value':
        return fromJson(operand);
      case 'Var':
        return this.#variable(String(operand));
      case 'Set':
        return Array.isArray(operand) ? operand.map((element) => this.of(element)) : UNKNOWN;
      case 'Record':
        for (const value of isObject(operand) ? Object.values(operand) : []) this.of(value);
        return UNKNOWN;
      case '&&':
        return this.#chain(operand, false);
      case '||':
        return this.#chain(operand, true);
      case 'if-then-else':
        return this.#choice(operand);
      default:
        return isObject(operand) ? this.#plain(operator, operand) : UNKNOWN;
    }
  }

  #variable(name: string): Value {
    const { principal, action, resource, context } = this.#request;
    return { principal, action, resource, context: { record: context } }[name];
  }

  /** Cedar does not look at the right side where the left one settles it; nor where that errs, which denies anyway. */
  #chain(operand: unknown, settles: boolean): Value {
    if (!isObject(operand)) return UNKNOWN;
    const left = this.of(operand['left']);
    if (left === settles) return settles;
    const right = this.of(operand['right']);
    if (left === !settles) return right;
    return UNKNOWN;
  }

  #choice(operand: unknown): Value {
    if (!isObject(operand)) return UNKNOWN;
    const condition = this.of(operand['if']);
    if (condition !== false) this.of(operand['then']);
    if (condition !== true) this.of(operand['else']);
    return UNKNOWN;
  }

  #plain(operator: string, operand: Node): Value {
    if (operator === '.') return this.#attribute(operand);
    if (operator === 'has') return this.#has(operand);
    const left = this.of(operand['left'] ?? operand['arg']);
    const right = this.of(operand['right']);
    if (operator === 'in') return this.#within(left, right);
    if (operator === 'like') return typeof left === 'string' ? isLike(left, operand['pattern']) : UNKNOWN;
    const told = OPERATORS[operator];
    if (told !== undefined) return told(left, right);
    this.#follow(operand);
    return UNKNOWN;
  }

  /** Only agents and people are in anything, beside actions in their effects. */
  #within(left: Value, right: Value): boolean | undefined {
    const { principal, groups } = this.#request;
    if (!isEntity(left) || right === UNKNOWN || left.type === 'Action') return UNKNOWN;
    const isPrincipal = same(left, principal) === true;
    if (!isPrincipal && (left.type === 'Agent' || left.type === 'Human')) return UNKNOWN;
    const among = [left, ...(isPrincipal ? groups : [])];
    return some([right].flat().flatMap((other) => among.map((one) => same(one, other as Value))));
  }

  /** What is not understood may come to anything, so everything in it counts. */
  #follow(operand: Node): void {
    for (const [name, child] of Object.entries(operand)) {
      if (name !== 'left' && name !== 'right' && name !== 'arg') this.of(child);
    }
  }

  #has(operand: Node): boolean | undefined {
    this.#noteGroup(operand);
    const left = this.of(operand['left']);
    const [name, ...deeper] = [operand['attr']].flat().map(String);
    const record = deeper.length === 0 ? this.#recordOf(left) : UNKNOWN;
    // Approvals are left out of the context until they are sought.
    return record === UNKNOWN || name === undefined || name === 'approvals'
      ? UNKNOWN
      : Object.hasOwn(record, name);
  }

  #recordOf(value: Value): Context | undefined {
    if (isEntity(value)) return this.#request.entities.find(({ uid }) => isThe(value, uid))?.attrs;
    return isObject(value) && 'record' in value ? value.record : UNKNOWN;
  }

  #attribute(operand: Node): Value {
    this.#noteGroup(operand);
    const record = this.#recordOf(this.of(operand['left']));
    const name = String(operand['attr']);
    return record !== UNKNOWN && Object.hasOwn(record, name) ? fromJson(record[name]) : UNKNOWN;
  }

  /** `….of.group`, `….of has group`, wherever `of` comes from. */
  #noteGroup({ left, attr }: Node): void {
    const path = [...trailOf(left), ...[attr].flat().map(String)];
    const of = path.indexOf('of');
    const group = path[of + 1];
    if (of >= 0 && group !== undefined) this.groups.add(group);
  }
}

function trailOf(expression: unknown): readonly string[] {
  if (!isObject(expression)) return [];
  const operand = expression['.'];
  return isObject(operand) ? [...trailOf(operand['left']), String(operand['attr'])] : [];
}

/** Of the groups that a policy asks for, those that it comes to ask for in this request. */
export function groupsReached(request: Request, { conditions, reads }: Facts): readonly string[] {
  const walk = new Walk(request);
  for (const { kind, body } of conditions) {
    // Conditions are tried in their order, and the first that does not hold ends it.
    if (walk.of(body) === (kind === 'unless')) break;
  }
  return reads.approvers.filter((group) => walk.groups.has(group));
}
