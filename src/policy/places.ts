// The index of policies: each stands where requests that its head can match come by, and nowhere else.
import type { TypeAndId } from './cedar.ts';
import type { Head } from './heads.ts';
import type { Policy } from './policies.ts';
import { EFFECTS, HUMAN_ACTIONS } from './schema.ts';
import type { Constraint } from './tree.ts';

/** Whom a request is by, what it does and to what, as heads are matched against it. */
export interface Subject {
  readonly principal: TypeAndId;
  /** The groups that the principal is in. */
  readonly groups: readonly TypeAndId[];
  readonly action: TypeAndId;
  /** The effect that the action is part of, for a capability. */
  readonly effect?: string;
  readonly resource: TypeAndId;
  /** The groups that the resource is in: agents are. */
  readonly resourceGroups: readonly TypeAndId[];
}

/** No type has this name. */
const ANYONE = '*';
/** An action without parts: what a head that names no action is about, with all capabilities inside the effects. */
const EVERY_ACTION = [...EFFECTS, ...Object.keys(HUMAN_ACTIONS)].map((id) => ({ type: 'Action', id }));

/** Types have no spaces in them, ids may have anything. */
const nameOf = ({ type, id }: TypeAndId) => `${type} ${id}`;

/** Where a policy is looked for by its principal. Groups hold nobody but those who say so, and nothing is in a Human. */
function principalPlace({ is, in: within }: Constraint): string {
  const named = is ?? within?.[0];
  return named === undefined ? ANYONE : nameOf(named);
}

/** Where it is looked for by the rest: by its resource where it names one, else by each action. */
function otherPlaces({ action, resource }: Head): readonly string[] {
  const named = resource.is ?? resource.in?.[0];
  if (named !== undefined) return [nameOf(named)];
  if (action.is !== undefined) return [nameOf(action.is)];
  return (action.in ?? EVERY_ACTION).map(nameOf);
}

/** By whom a request is, in every way that a policy may say it. */
const principalsOf = ({ principal, groups }: Subject) =>
  new Set([ANYONE, ...[principal, ...groups].map(nameOf)]);

function othersOf({ action, effect, resource, resourceGroups }: Subject): readonly string[] {
  const part = effect === undefined ? [] : [{ type: 'Action', id: effect }];
  return [resource, ...resourceGroups, action, ...part].map(nameOf);
}

export interface Shelves<T> {
  /** What stands at the places that this request looks at, where the head of any policy there fits. */
  at(subject: Subject): readonly T[];
}

interface Place<T> {
  readonly policies: Policy[];
  made?: T;
}

/** One thing for each place that has policies, made when it is first needed. */
export function shelve<T>(policies: readonly Policy[], make: (policies: readonly Policy[]) => T): Shelves<T> {
  const placed = new Map<string, Map<string, Place<T>>>();
  for (const policy of policies) {
    const name = principalPlace(policy.head.principal);
    const row = placed.get(name) ?? new Map<string, Place<T>>();
    placed.set(name, row);
    for (const other of new Set(otherPlaces(policy.head))) {
      const place = row.get(other);
      if (place === undefined) row.set(other, { policies: [policy] });
      else place.policies.push(policy);
    }
  }
  return {
    at(subject) {
      const others = othersOf(subject);
      const rows = [...principalsOf(subject)].flatMap((name) => placed.get(name) ?? []);
      const places = rows.flatMap((row) => others.flatMap((name) => row.get(name) ?? []));
      return places
        .filter((place) => place.policies.some((policy) => headFits(policy, subject)))
        .map((place) => {
          place.made ??= make(place.policies);
          return place.made;
        });
    },
  };
}

function fits(side: Constraint, uid: TypeAndId, parents: readonly TypeAndId[]): boolean {
  const same = (other: TypeAndId) => other.type === uid.type && other.id === uid.id;
  if (side.type !== undefined && side.type !== uid.type) return false;
  if (side.is !== undefined && !same(side.is)) return false;
  const among = (other: TypeAndId) =>
    same(other) || parents.some(({ type, id }) => other.type === type && other.id === id);
  return side.in === undefined || side.in.some(among);
}

/** Wider than Cedar at most. */
export function headFits({ head }: Policy, subject: Subject): boolean {
  const { principal, groups, action, effect, resource, resourceGroups } = subject;
  return (
    fits(head.action, action, effect === undefined ? [] : [{ type: 'Action', id: effect }]) &&
    fits(head.principal, principal, groups) &&
    fits(head.resource, resource, resourceGroups)
  );
}
