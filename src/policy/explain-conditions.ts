// What a policy's conditions come to, cut into pieces that each hold or do not, and each as Cedar would write it.
import { cedar, type PolicyJson, type TypeAndId } from './cedar.ts';
import { factsOfPolicy, type Policy } from './policies.ts';
import type { Condition, Expression } from './tree.ts';

/** One thing that holds or does not: a condition, or all conditions of a policy that can't be cut. */
export type One =
  | { readonly kind: 'one'; readonly body: Expression }
  | { readonly kind: 'whole'; readonly policy: Policy };

/** What must hold: one thing, or several. In Cedar's order, which it keeps to. */
export type Wanted = One | { readonly kind: 'all' | 'any'; readonly parts: readonly Wanted[] };

interface Sides {
  readonly left: Expression;
  readonly right: Expression;
}

/** What a comparison becomes when it must not hold. Of numbers and times only, which are all in one order. */
const OPPOSITE: Readonly<Record<string, string>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};

function operatorOf(body: Expression): readonly [operator: string, operand: unknown] {
  return Object.entries(body)[0] ?? ['', undefined];
}

function negated(body: Expression): Expression {
  const [operator, operand] = operatorOf(body);
  const opposite = OPPOSITE[operator];
  return opposite === undefined ? { '!': { arg: body } } : { [opposite]: operand };
}

function join(kind: 'all' | 'any', parts: readonly Wanted[]): Wanted {
  // A chain is a list, however it is bracketed.
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const [only] = flat;
  return only !== undefined && flat.length === 1 ? only : { kind, parts: flat };
}

function cut(body: Expression, holds: boolean): Wanted {
  const [operator, operand] = operatorOf(body);
  if (operator === '!') return cut((operand as { readonly arg: Expression }).arg, !holds);
  if (operator === '&&' || operator === '||') {
    const { left, right } = operand as Sides;
    const kind = (operator === '&&') === holds ? 'all' : 'any';
    return join(kind, [cut(left, holds), cut(right, holds)]);
  }
  // What is always so needs nothing, and what never is has no way.
  if (operator === 'Value' && typeof operand === 'boolean') {
    return { kind: operand === holds ? 'all' : 'any', parts: [] };
  }
  return { kind: 'one', body: holds ? body : negated(body) };
}

/** JavaScript rounds numbers that are beyond these, so that what is read from Cedar's JSON is not what the policy says. */
function isExact(tree: unknown): boolean {
  if (typeof tree === 'number') return Number.isSafeInteger(tree);
  return typeof tree !== 'object' || tree === null || Object.values(tree).every(isExact);
}

/** Whether its conditions can be looked at one by one. */
export function canBeCut(policy: Policy): boolean {
  return isExact(factsOfPolicy(policy).conditions);
}

/** What must hold for a permit to permit, or for a forbid not to forbid; its head aside. */
export function wantedOf(policy: Policy): Wanted {
  if (!canBeCut(policy)) return { kind: 'whole', policy };
  const holds = policy.head.effect === 'permit';
  const parts = factsOfPolicy(policy).conditions.map(({ kind, body }) =>
    cut(body, (kind === 'when') === holds),
  );
  return join(holds ? 'all' : 'any', parts);
}

/** The same, where the principal would have to be in the policy's group first. */
export function wantedInGroup(policy: Policy, group: TypeAndId): Wanted {
  const within = { left: { Var: 'principal' }, right: { Value: { __entity: group } } };
  return join('all', [{ kind: 'one', body: { in: within } }, wantedOf(policy)]);
}

export function onesIn(wanted: Wanted): readonly One[] {
  return 'parts' in wanted ? wanted.parts.flatMap(onesIn) : [wanted];
}

const EVERYTHING = { op: 'All' } as const;

/** A permit of everything under these conditions: that it holds says that they do. */
export function permitOf(conditions: readonly Condition[]): PolicyJson {
  return {
    effect: 'permit',
    ...{ principal: EVERYTHING, action: EVERYTHING, resource: EVERYTHING },
    // What was read from Cedar's own JSON, or made out of it.
    conditions: conditions as unknown as PolicyJson['conditions'],
  };
}

const SHOWN = /^permit\(principal, action, resource\) when \{ (?<text>[\s\S]*) \};$/;

function shown(body: Expression): string {
  const answer = cedar((module) => module.policyToText(permitOf([{ kind: 'when', body }])));
  const text = answer.type === 'success' ? SHOWN.exec(answer.text.trim())?.groups?.['text'] : undefined;
  if (text === undefined) throw new Error('Cedar did not write down a condition as it was expected to');
  return text;
}

/** As Cedar writes it, without the brackets that it puts around every part of a chain. */
export function textOf(body: Expression): string {
  const [operator, operand] = operatorOf(body);
  if (operator !== '&&' && operator !== '||') return shown(body);
  const { left, right } = operand as Sides;
  return [left, right]
    .map((side) => {
      const inner = operatorOf(side)[0];
      const bare = inner !== 'if-then-else' && (inner !== '||' || operator === '||');
      return bare ? textOf(side) : `(${textOf(side)})`;
    })
    .join(` ${operator} `);
}

const CUT_FROM_WHOLE = `its conditions as a whole, since they name numbers beyond ${Number.MAX_SAFE_INTEGER}`;

export function textOfOne(one: One): string {
  return one.kind === 'one' ? textOf(one.body) : CUT_FROM_WHOLE;
}

function bracketed(wanted: Wanted): string {
  return wanted.kind === 'any' ? `(${textOfAll(wanted)})` : textOfAll(wanted);
}

export function textOfAll(wanted: Wanted): string {
  if (!('parts' in wanted)) return textOfOne(wanted);
  return wanted.kind === 'all'
    ? wanted.parts.map(bracketed).join(' && ')
    : wanted.parts.map(textOfAll).join(' || ');
}
