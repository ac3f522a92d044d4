// Weighs policies against one request: what each says, how far it is from saying something else, and whom to ask for it.
import type { Config } from '../config/index.ts';
import { type Approvals, approverSets } from './approvers.ts';
import type { Request } from './evaluate.ts';
import type { Asking, Said } from './explain-ask.ts';
import { canBeCut, type Wanted, wantedInGroup, wantedOf } from './explain-conditions.ts';
import { distance, type SaidOf, type Unmet, unmetIn } from './explain-unmet.ts';
import { valuesIn } from './explain-values.ts';
import { factsOfPolicy, type Policy } from './policies.ts';
import { approverGroups } from './schema.ts';

export interface Weighed {
  readonly policy: Policy;
  readonly says: 'permits' | 'forbids' | 'errs' | 'misses';
  readonly unmet: readonly Unmet[];
  readonly remaining: readonly Unmet[];
  readonly approvals?: Approvals;
  readonly hopeless: boolean;
  readonly error?: string;
  /** How many conditions are left to change once the approvals are given. */
  readonly distance: number;
}

/** The nearest of them are told: a config may have thousands that all miss. */
const MOST_MISSES = 50;
/** More groups than this in one policy make too many sets of approvers to try. */
const MOST_GROUPS = 6;

interface Candidate {
  readonly policy: Policy;
  readonly said: Said;
  readonly wanted: Wanted;
  readonly saidOf: SaidOf;
  readonly far: number;
}

function saysOf({ head }: Policy, said: Said): Weighed['says'] {
  if (typeof said === 'object') return 'errs';
  if (head.effect === 'forbid') return 'forbids';
  return said === 'holds' ? 'permits' : 'misses';
}

/** Whom a question is asked of. */
interface Scale {
  readonly request: Request;
  readonly asking: Asking;
  /** The groups whose approvals can be counted. */
  readonly groups: readonly string[];
}

function setsFor({ request, groups }: Scale, policy: Policy): readonly Approvals[] {
  const { reads } = factsOfPolicy(policy);
  if (request.effect === undefined || !reads.approvals) return [];
  return [...approverSets(groups.filter((group) => reads.approvers.includes(group)).slice(0, MOST_GROUPS))];
}

/** What it comes to with these approvals. */
interface Outcome {
  readonly approvals?: Approvals;
  readonly saidOf: SaidOf;
  readonly far: number;
}

/** The fewest approvals with which least is left to change. None where they change nothing. */
function fewest(scale: Scale, { policy, wanted, saidOf, far }: Candidate): Outcome {
  let best: Outcome = { saidOf, far };
  for (const approvals of setsFor(scale, policy)) {
    if (best.far === 0) break;
    const said = scale.asking.conditions([wanted], approvals);
    const ofOne: SaidOf = (one) => said.get(one);
    const left = distance(wanted, ofOne);
    if (left < best.far) best = { approvals, saidOf: ofOne, far: left };
  }
  return best;
}

function weigh(scale: Scale, candidate: Candidate): Weighed {
  const { policy, said, wanted } = candidate;
  const { approvals, saidOf, far } = fewest(scale, candidate);
  const { request, groups } = scale;
  const unmet = (heard: SaidOf, given?: Approvals) =>
    unmetIn(wanted, heard, (one) => (one.kind === 'one' ? valuesIn(one.body, request, groups, given) : []));
  return {
    policy,
    says: saysOf(policy, said),
    unmet: unmet(candidate.saidOf),
    remaining: unmet(saidOf, approvals),
    ...(approvals === undefined ? {} : { approvals }),
    hopeless: far === Number.POSITIVE_INFINITY,
    ...(typeof said === 'object' ? { error: said.error } : {}),
    distance: far,
  };
}

export interface Weighable {
  /** Those whose heads the request fits. */
  readonly fitting: readonly Policy[];
  /** Permits whose heads it would fit, were the principal in their group. */
  readonly outside: readonly Policy[];
}

function candidatesOf({ asking }: Scale, { fitting, outside }: Weighable): readonly Candidate[] {
  const said = asking.policies(fitting);
  const chosen = [
    // A forbid that does not hold is in nobody's way.
    ...fitting
      .filter((policy) => said.get(policy) !== undefined || policy.head.effect === 'permit')
      .map((policy) => ({ policy, wanted: wantedOf(policy), said: said.get(policy) })),
    ...outside.filter(canBeCut).flatMap((policy) =>
      (policy.head.principal.in ?? []).map((group) => ({
        ...{ policy, wanted: wantedInGroup(policy, group), said: undefined },
      })),
    ),
  ];
  const heard = asking.conditions(chosen.map(({ wanted }) => wanted));
  const saidOf: SaidOf = (one) => heard.get(one);
  return chosen.map((one) => ({ ...one, saidOf, far: distance(one.wanted, saidOf) }));
}

export interface Weighing {
  /** What holds and what errs, then permits that do not hold, the nearest first. */
  readonly weighed: readonly Weighed[];
  /** How many more do not hold. */
  readonly left: number;
}

export function weighAll(config: Config, request: Request, asking: Asking, policies: Weighable): Weighing {
  const scale = { request, asking, groups: approverGroups(config) };
  const all = candidatesOf(scale, policies);
  const missing = all.filter(({ said }) => said === undefined).sort((a, b) => a.far - b.far);
  const told = [...all.filter(({ said }) => said !== undefined), ...missing.slice(0, MOST_MISSES)];
  return {
    weighed: told.map((one) => weigh(scale, one)),
    left: Math.max(0, missing.length - MOST_MISSES),
  };
}
