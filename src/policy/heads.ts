// The heads of policies, read without Cedar: of ten thousand, few are ever looked at more closely.
import type { TypeAndId } from './cedar.ts';
import type { Piece } from './source.ts';
import type { Constraint } from './tree.ts';

/** Whom and what a policy is about, before its conditions. */
export interface Head {
  readonly effect: 'permit' | 'forbid';
  readonly principal: Constraint;
  readonly action: Constraint;
  readonly resource: Constraint;
}

export interface NamedHead extends Head {
  /** What `@id` says. */
  readonly id?: string;
}

const NAME = '[A-Za-z_][A-Za-z0-9_]*';
// A string with an escape in it is left to Cedar, as is all else that does not look like this.
const ENTITY = `${NAME}\\s*::\\s*"[^"\\\\]*"`;
const side = (name: string) =>
  `(?<${name}>${name}(?:\\s*==\\s*${ENTITY}|\\s+in\\s+${ENTITY}|\\s+is\\s+${NAME}(?:\\s+in\\s+${ENTITY})?)?)`;
const ACTIONS = `(?<action>action(?:\\s*==\\s*${ENTITY}|\\s+in\\s+(?:${ENTITY}|\\[\\s*${ENTITY}(?:\\s*,\\s*${ENTITY})*\\s*\\]))?)`;
const ANNOTATION = `@\\s*${NAME}\\s*(?:\\(\\s*"[^"\\\\]*"\\s*\\)\\s*)?`;
const HEAD = new RegExp(
  `^(?<annotations>(?:${ANNOTATION})*)(?<effect>permit|forbid)\\s*\\(\\s*${side('principal')}\\s*,\\s*${ACTIONS}\\s*,\\s*${side('resource')}\\s*,?\\s*\\)\\s*(?:;|when\\b|unless\\b)`,
  'u',
);
const ID = /@\s*id\s*\(\s*"(?<id>[^"\\]*)"/u;
const ANY_ENTITY = new RegExp(`(?<type>${NAME})\\s*::\\s*"(?<id>[^"\\\\]*)"`, 'gu');

function entitiesIn(text: string): readonly TypeAndId[] {
  return [...text.matchAll(ANY_ENTITY)].map(({ groups }) => ({
    type: groups?.['type'] ?? '',
    id: groups?.['id'] ?? '',
  }));
}

function constraintIn(text: string): Constraint {
  const named = entitiesIn(text);
  const [first] = named;
  const rest = text.replace(ANY_ENTITY, '');
  const type = /\bis\s+(?<type>\w+)/u.exec(rest)?.groups?.['type'];
  if (rest.includes('==')) return first === undefined ? {} : { is: first };
  return { ...(type === undefined ? {} : { type }), ...(first === undefined ? {} : { in: named }) };
}

/** The head of a policy, or undefined where only Cedar can tell. */
export function headOf({ code }: Pick<Piece, 'code'>): NamedHead | undefined {
  const parts = HEAD.exec(code)?.groups;
  if (parts === undefined) return undefined;
  const { annotations = '', effect, principal = '', action = '', resource = '' } = parts;
  const id = ID.exec(annotations)?.groups?.['id'];
  // An `@id` without a name, and one that is there twice, are for Cedar to judge.
  const ids = annotations.match(/@\s*id\b/gu)?.length ?? 0;
  if (ids > (id === undefined || id === '' ? 0 : 1)) return undefined;
  return {
    effect: effect === 'permit' ? 'permit' : 'forbid',
    ...(id === undefined ? {} : { id }),
    principal: constraintIn(principal),
    action: constraintIn(action),
    resource: constraintIn(resource),
  };
}
