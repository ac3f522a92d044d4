// Whether a person may decide an approval: never who asks for it, nor who answers for one of its agents; else policy says.
import {
  type Approval,
  type Channel,
  givenBy,
  ineligible,
  isSamePerson,
  type Needed,
} from '../approvals/index.ts';
import type { RequestFacts } from '../audit/index.ts';
import type { Permission } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { Rules } from './dependencies.ts';

/** A person who wants to decide, and by what they are known. */
export interface Approver {
  readonly id: string;
  readonly name?: string;
  readonly groups: readonly string[];
  readonly channel: Channel;
  /** Of the ID token that they logged in with, where they did. */
  readonly tokenHash?: string;
}

/** What is recorded of a request of theirs: a login brings no token with it, but one stands behind it. */
export function factsBy({ tokenHash }: Approver, facts: RequestFacts): RequestFacts {
  return tokenHash === undefined ? facts : { ...facts, tokenHash };
}

const OWN = {
  requester: 'This is asked for by you, or in your name: somebody else has to decide it.',
  owner: 'You answer for an agent that asks for this: somebody else has to decide it.',
} as const;

/** In words: who may. */
export function whoMay(
  { config }: Pick<Rules, 'config'>,
  { needed, target }: Pick<Approval, 'needed' | 'target'>,
): string {
  const groups = Object.entries(needed.of).map(([group, many]) => `${many} of ${group}`);
  if (groups.length > 0) return groups.join(' and ');
  const owner = Object.hasOwn(config.targets, target) ? config.targets[target]?.owner.group : undefined;
  return owner === undefined
    ? 'those whom policy lets approve'
    : `those whom policy lets approve, as ${owner}`;
}

/** As what the event of a decision says it. Undefined where they may not, whatever policy says. */
export function permissionToDecide(
  rules: Pick<Rules, 'config' | 'policy'>,
  { id, agent, target, ...approval }: Pick<Approval, 'id' | 'agent' | 'target' | 'requester' | 'ancestors'>,
  approver: Pick<Approver, 'id' | 'groups'>,
): Permission | Refusal {
  const own = ineligible(rules.config, { ...approval, agent }, approver.id);
  if (own !== undefined) return new Refusal('not_permitted', OWN[own]);
  const input = {
    human: { id: approver.id, groups: approver.groups },
    action: 'approve',
    resource: { type: 'Approval', id, agent, target },
  } as const;
  const decision = rules.policy.mayHuman(input);
  return decision.outcome === 'allowed'
    ? { decision, input }
    : new Refusal('not_permitted', 'Policy does not let you decide this.', { decision });
}

/** What was approved, by those who may still approve it: of people of the files, in the groups that they are in now. */
export function stillGiven(rules: Pick<Rules, 'config' | 'policy'>, approval: Approval): Needed {
  const { humans } = rules.config.broker;
  const votes = approval.votes.flatMap((vote) => {
    const { by, channel } = vote;
    const known = humans?.people.find(({ id }) => isSamePerson(id, by));
    // By link and in Slack they were known by the files alone; else their own token said what they are.
    const groups = channel === 'link' || channel === 'slack' ? known?.groups : vote.groups;
    if (groups === undefined) return [];
    const isStill = !(permissionToDecide(rules, approval, { id: by, groups }) instanceof Refusal);
    return isStill ? [{ ...vote, groups }] : [];
  });
  return givenBy(votes, humans);
}
