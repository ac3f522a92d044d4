// Walks a policy's conditions with the types of their parts, and notes what none of them has or can be.
import { literally } from './check-findings.ts';
import type { Scope, Type, Types, WordList } from './check-types.ts';
import { childrenOf, type Expression, isExpression, operatorOf } from './tree.ts';

/** An expression's way from where it begins: `context.task.purpose` is `context` and two names. */
export interface Chain {
  /** `principal`, `context`, `Target::"orders-db"`; empty where it begins with something longer. */
  readonly root: string;
  readonly names: readonly string[];
}

export type Note =
  | { readonly what: 'attribute'; readonly chain: Chain; readonly on: Type; readonly name: string }
  | {
      readonly what: 'word';
      /** Where the value that it is compared with may come from. */
      readonly chains: readonly Chain[];
      readonly list: WordList;
      readonly word: string;
      readonly like: boolean;
    };

interface Reading {
  readonly types: Types;
  readonly scope: Scope;
  readonly notes: Note[];
}

const NOWHERE: Chain = { root: '', names: [] };
const COMPARING = ['==', '!=', 'contains', 'containsAny', 'containsAll'];

function chainOf(expression: unknown): Chain {
  if (!isExpression(expression)) return NOWHERE;
  const [operator, operand] = operatorOf(expression);
  if (operator === 'Var') return { root: String(operand), names: [] };
  if (!isExpression(operand)) return NOWHERE;
  const entity = operator === 'Value' ? operand['__entity'] : undefined;
  if (isExpression(entity)) return { root: `${entity['type']}::"${entity['id']}"`, names: [] };
  if (operator !== '.') return NOWHERE;
  const { root, names } = chainOf(operand['left']);
  return { root, names: [...names, String(operand['attr'])] };
}

/** Of a set, and of what is chosen by `if`, the ways of all that it may be. */
function chainsOf(expression: unknown): readonly Chain[] {
  if (!isExpression(expression)) return [];
  const [operator, operand] = operatorOf(expression);
  if (operator === 'Set' && Array.isArray(operand)) return operand.flatMap(chainsOf);
  if (operator === 'if-then-else' && isExpression(operand)) {
    return [operand['then'], operand['else']].flatMap(chainsOf);
  }
  const chain = chainOf(expression);
  return chain.names.length === 0 ? [] : [chain];
}

/** The attributes of a record, or of each entity that this may be. Undefined where they are not known. */
export function attributesOf(
  types: Types,
  type: Type | undefined,
): readonly ReadonlyMap<string, Type>[] | undefined {
  if (type?.kind === 'record') return [type.attributes];
  if (type?.kind !== 'entity') return undefined;
  const each = type.types.map((name) => types.entities.get(name));
  return each.every((attributes) => attributes !== undefined) ? each : undefined;
}

/** The strings that an expression spells out: one, those of a set, those it chooses from. */
function literalsIn(expression: unknown): readonly string[] {
  if (!isExpression(expression)) return [];
  const [operator, operand] = operatorOf(expression);
  if (operator === 'Value') return [operand].flat().filter((value) => typeof value === 'string');
  if (operator === 'Set' && Array.isArray(operand)) return operand.flatMap(literalsIn);
  if (operator !== 'if-then-else' || !isExpression(operand)) return [];
  return [operand['then'], operand['else']].flatMap(literalsIn);
}

/** The words that a value is one of, or a set of. */
function listOf(type: Type | undefined): WordList | undefined {
  if (type?.kind === 'set') return listOf(type.element);
  return type?.kind === 'text' ? type.list : undefined;
}

/** What `like` is given, as it is written and as a pattern. */
function likeOf(pattern: unknown): { readonly word: string; readonly fits: RegExp } {
  const parts = (Array.isArray(pattern) ? pattern : []).map((part) =>
    isExpression(part) ? String(part['Literal']) : undefined,
  );
  const source = parts.map((letter) => (letter === undefined ? '.*' : literally(letter))).join('');
  return { word: parts.map((letter) => letter ?? '*').join(''), fits: new RegExp(`^${source}$`, 'su') };
}

/** What is one of these, whichever. Words are only known where they are of all. */
function anyOf(types: readonly (Type | undefined)[]): Type | undefined {
  const [first] = types;
  if (first === undefined || types.some((type) => type?.kind !== first.kind)) return undefined;
  if (first.kind === 'text') return types.every(listOf) ? first : { kind: 'text' };
  if (first.kind !== 'entity') return first;
  return {
    kind: 'entity',
    types: [...new Set(types.flatMap((type) => (type?.kind === 'entity' ? type.types : [])))],
  };
}

/** What `.` and `has` ask for: one attribute, or several, each of the one before. */
function readSteps(operand: Expression, reading: Reading): Type | undefined {
  let chain = chainOf(operand['left']);
  let type = read(operand['left'], reading);
  for (const name of [operand['attr']].flat().map(String)) {
    const known = attributesOf(reading.types, type);
    if (type === undefined || known === undefined) return undefined;
    const found = known.flatMap((attributes) => attributes.get(name) ?? []);
    if (found.length === 0) {
      reading.notes.push({ what: 'attribute', chain, on: type, name });
      return undefined;
    }
    type = anyOf(found);
    chain = { ...chain, names: [...chain.names, name] };
  }
  return type;
}

function readComparison(operand: Expression, reading: Reading): void {
  const sides = [operand['left'], operand['right']];
  const words = sides.flatMap(literalsIn);
  for (const side of sides) {
    const list = listOf(read(side, reading));
    if (list === undefined) continue;
    const chains = chainsOf(side);
    const wrong = words.filter((word) => !list.words.includes(word));
    reading.notes.push(...wrong.map((word): Note => ({ what: 'word', chains, list, word, like: false })));
  }
}

function readLike(operand: Expression, reading: Reading): void {
  const list = listOf(read(operand['left'], reading));
  if (list === undefined) return;
  const { word, fits } = likeOf(operand['pattern']);
  if (list.words.some((known) => fits.test(known))) return;
  reading.notes.push({ what: 'word', chains: chainsOf(operand['left']), list, word, like: true });
}

function typeOfValue(value: unknown): Type | undefined {
  if (typeof value === 'string') return { kind: 'text' };
  const entity = isExpression(value) ? value['__entity'] : undefined;
  return isExpression(entity) ? { kind: 'entity', types: [String(entity['type'])] } : undefined;
}

/** From the leaves up, so that every part has a type before it is asked for anything. Undefined where none is known. */
function read(expression: unknown, reading: Reading): Type | undefined {
  if (!isExpression(expression)) return undefined;
  const [operator, operand] = operatorOf(expression);
  if (operator === 'Var') return reading.scope[String(operand)];
  if (operator === 'Value') return typeOfValue(operand);
  if (isExpression(operand)) {
    if (operator === '.') return readSteps(operand, reading);
    if (operator === 'has') return void readSteps(operand, reading);
    if (operator === 'like') return void readLike(operand, reading);
    if (COMPARING.includes(operator)) return void readComparison(operand, reading);
    if (operator === 'Record') {
      const members = Object.entries(operand).map(([name, its]) => [name, read(its, reading)] as const);
      return members.every((member): member is [string, Type] => member[1] !== undefined)
        ? { kind: 'record', attributes: new Map(members) }
        : undefined;
    }
  }
  const parts = childrenOf(operator, operand).map((part) => read(part, reading));
  if (operator === 'Set') return { kind: 'set', element: anyOf(parts) };
  return operator === 'if-then-else' ? anyOf(parts.slice(1)) : undefined;
}

export function readConditions(
  conditions: readonly Expression[],
  types: Types,
  scope: Scope,
): readonly Note[] {
  const reading: Reading = { types, scope, notes: [] };
  for (const condition of conditions) read(condition, reading);
  return reading.notes;
}
