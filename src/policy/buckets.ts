// Policies that are asked together, and how much of a request they look at.
import type { Config } from '../config/index.ts';
import { type Approvals, countOf } from './approvers.ts';
import type { CedarValueJson, EntityJson } from './cedar.ts';
import type { Context } from './context.ts';
import { entitiesNamed } from './entities.ts';
import { factsOfPolicy, type Policy } from './policies.ts';

export interface Bucket {
  readonly policies: readonly Policy[];
  /** Of the entities that conditions name, those that the files know. */
  readonly named: readonly EntityJson[];
  /** The members of the context that conditions look at, as `Reads` has them. */
  readonly members: ReadonlySet<string>;
  readonly looks: Looks;
  /** Every attribute that conditions look at, of whatever. */
  readonly attributes: ReadonlySet<string>;
  /** The groups whose approvals they ask for. */
  readonly approvers: readonly string[];
  /** Whether approvals can change what any of them says. */
  readonly heedsApprovals: boolean;
}

/** The members of the context that hold every group's count. */
export const ALL_COUNTS = ['*', 'approvals', 'approvals.of'] as const;

const WHOLE = '*';

/** Which attributes of which members of the context are looked at; a `*` stands for all. */
export type Looks = ReadonlyMap<string, ReadonlySet<string>>;

export function looksOf(members: Iterable<string>): Looks {
  const looks = new Map<string, Set<string>>();
  for (const member of members) {
    const border = member.indexOf('.');
    const [name, attribute] =
      border < 0 ? [member, WHOLE] : [member.slice(0, border), member.slice(border + 1)];
    looks.set(name, (looks.get(name) ?? new Set()).add(attribute));
  }
  return looks;
}

function bucketOf(config: Config, policies: readonly Policy[]): Bucket {
  const facts = policies.map(factsOfPolicy);
  const attributes = new Set(facts.flatMap((one) => [...one.attributes]));
  const members = new Set(facts.flatMap(({ reads }) => [...reads.members]));
  const named = entitiesNamed(
    config,
    facts.flatMap(({ inConditions }) => inConditions),
  );
  return {
    policies,
    named: askedFor(named, attributes),
    members,
    looks: looksOf(members),
    attributes,
    approvers: [...new Set(facts.flatMap(({ reads }) => reads.approvers))].sort(),
    heedsApprovals: facts.some(({ reads }) => reads.approvals),
  };
}

/** So many are asked sooner together than apart. */
const FEW = 10;

/**
 * The policies of one place. Those that approvals can't change are kept apart where they are many: while approvals are
 * sought they are not asked again.
 */
export function bucketsOf(config: Config, policies: readonly Policy[]): readonly Bucket[] {
  const heeds = (policy: Policy) => factsOfPolicy(policy).reads.approvals;
  const heeding = policies.filter(heeds);
  const others = policies.filter((policy) => !heeds(policy));
  const parts = heeding.length === 0 || others.length <= FEW ? [policies] : [heeding, others];
  return parts.map((part) => bucketOf(config, part));
}

/** Entities with the attributes that are asked for. One about which nothing is said is the same as none. */
export function askedFor(
  entities: readonly EntityJson[],
  attributes: ReadonlySet<string>,
): readonly EntityJson[] {
  return entities.flatMap(({ uid, attrs, parents }) => {
    const kept = Object.entries(attrs).filter(([name]) => attributes.has(name));
    return kept.length === 0 && parents.length === 0
      ? []
      : [{ uid, attrs: Object.fromEntries(kept), parents }];
  });
}

export function recordIn(value: CedarValueJson | undefined): Context | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Context) : undefined;
}

/**
 * The parts of the context that are looked at, whole or one attribute at a time. Cedar takes as long as a request is
 * large, so it is told what can make a difference and no more.
 */
export function partOf(context: Context, looks: Looks): Context {
  if (looks.has(WHOLE)) return context;
  const kept: Record<string, CedarValueJson> = {};
  for (const [name, attributes] of looks) {
    const value = Object.hasOwn(context, name) ? context[name] : undefined;
    const record = recordIn(value);
    if (value !== undefined && attributes.has(WHOLE)) kept[name] = value;
    else if (record !== undefined) {
      kept[name] = Object.fromEntries(
        Object.entries(record).filter(([attribute]) => attributes.has(attribute)),
      );
    }
  }
  return kept;
}

/** As much of the approvals as is looked at. Where that is the same, so is what these policies say. */
export function approvalsFor(
  { members, approvers, heedsApprovals }: Bucket,
  groups: readonly string[],
  { count, of }: Approvals,
): Context {
  if (!heedsApprovals) return {};
  const all = ALL_COUNTS.some((member) => members.has(member));
  const counted = all ? groups : approvers.filter((group) => groups.includes(group));
  return {
    approvals: {
      ...(all || members.has('approvals.count') ? { count } : {}),
      of: Object.fromEntries(counted.map((group) => [group, countOf(of, group)])),
    },
  };
}
