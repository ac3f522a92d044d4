// Decides: what an agent may do and with whose approval, and what a person may do.
import type { Config } from '../config/index.ts';
import { type Approvals, approverSets, NO_APPROVALS } from './approvers.ts';
import type { CedarValueJson } from './cedar.ts';
import { humanEntity, knownEntities, lookUp, resourceOf, taskEntities } from './entities.ts';
import { createEvaluator, type Evaluator, type Request, type SchemaScope, type Verdict } from './evaluate.ts';
import type { CapabilityQuestion, Decision, HumanQuestion, PolicyEngine } from './model.ts';
import { parsePolicies } from './policies.ts';
import { actionsOf, approverGroups } from './schema.ts';

export type Ask = (approvals: Approvals) => Verdict;

function known<T>(what: string, found: T | undefined): T {
  if (found === undefined)
    throw new RangeError(`policy was asked about ${what} that the config does not have`);
  return found;
}

function capabilityRequest(config: Config, question: CapabilityQuestion): Request {
  const target = known('a target', lookUp(config.targets, question.target));
  const { effect } = known('a capability', lookUp(target.capabilities, question.capability));
  const principal = { type: 'Agent', id: question.agent };
  const resource = { type: 'Target', id: question.target };
  const [agent] = knownEntities(config, [principal]);
  return {
    principal: { ...known('an agent', agent), uid: principal },
    action: { type: 'Action', id: `${question.target}:${question.capability}` },
    effect,
    resource,
    entities: knownEntities(config, [resource]),
  };
}

function impactsOf(config: Config, { agent, target, impacts }: CapabilityQuestion): string[] {
  const apart = config.agents[agent]?.environment !== config.targets[target]?.environment;
  return [...new Set([...impacts, ...(apart ? ['boundary'] : [])])].sort();
}

function contextOf(config: Config, question: CapabilityQuestion) {
  const { purpose, chainDepth, requester } = question.task;
  const impacts = impactsOf(config, question);
  const person = requester === undefined ? {} : { requester: { id: requester.id, proven: requester.proven } };
  const groups = approverGroups(config);
  return (approvals: Approvals): Record<string, CedarValueJson> => ({
    impacts,
    approvals: {
      count: approvals.count,
      of: Object.fromEntries(groups.map((group) => [group, approvals.of[group] ?? 0])),
    },
    task: { purpose, chainDepth, ...person },
  });
}

/** The question, with approvals left open. */
export function askCapability(
  config: Config,
  evaluator: Evaluator,
  scope: SchemaScope,
  question: CapabilityQuestion,
): { readonly request: Request; readonly ask: Ask } {
  const request = capabilityRequest(config, question);
  const context = contextOf(config, question);
  return { request, ask: (approvals) => evaluator.evaluate(request, scope, context(approvals)) };
}

type Answer = Omit<Decision, 'configDigest'>;

function denied(policies: readonly string[]): Answer {
  return { outcome: 'denied', code: 'denied_by_policy', policies };
}

/** What approvals can change: the policies that look at them, and the groups that they ask for. */
interface Heeding {
  readonly forbids: ReadonlySet<string>;
  readonly permits: boolean;
  readonly groups: readonly string[];
}

function heeding(config: Config, evaluator: Evaluator, request: Request): Heeding {
  const policies = evaluator.relevant(request).filter(({ facts }) => facts.heedsApprovals);
  const exist = new Set(approverGroups(config));
  const named = policies.flatMap(({ facts }) => facts.approvers).filter((group) => exist.has(group));
  return {
    forbids: new Set(policies.filter(({ facts }) => facts.effect === 'forbid').map(({ id }) => id)),
    permits: policies.some(({ facts }) => facts.effect === 'permit'),
    groups: [...new Set(named)],
  };
}

/** The first set of approvers that permits it, else the policies that no approval answers. */
function seekApprovals(first: Verdict, { forbids, permits, groups }: Heeding, ask: Ask): Answer {
  const final = first.policies.filter((id) => !forbids.has(id));
  if (final.length > 0) return denied(final);
  if (first.policies.length === 0 && !permits) return denied([]);
  let standing = first.policies;
  for (const approvals of approverSets(groups)) {
    const verdict = ask(approvals);
    if (verdict.permitted) {
      const policies = first.policies.length > 0 ? first.policies : verdict.policies;
      return { outcome: 'needsApproval', approvals, policies };
    }
    standing = standing.filter((id) => verdict.policies.includes(id));
  }
  return denied(standing.length > 0 ? standing : first.policies);
}

/** Loads Cedar and the config's policies. The config has been checked: a policy that does not parse throws. */
export async function createPolicyEngine(config: Config): Promise<PolicyEngine> {
  const { policies, faults } = parsePolicies(config);
  const [fault] = faults;
  if (fault !== undefined) throw new Error(`${fault.file}:${fault.line}: ${fault.problem}`);
  const evaluator = createEvaluator(config, policies);
  const people: SchemaScope = { capabilities: [] };
  const scopes = new Map<string, SchemaScope>();

  function scopeOf(target: string): SchemaScope {
    const scope = scopes.get(target) ?? { capabilities: actionsOf(config, target) };
    scopes.set(target, scope);
    return scope;
  }

  function answer(question: CapabilityQuestion): Answer {
    const { request, ask } = askCapability(config, evaluator, scopeOf(question.target), question);
    const first = ask(NO_APPROVALS);
    if (first.permitted) return { outcome: 'allowed', policies: first.policies };
    if (first.erred) return denied(first.policies);
    return seekApprovals(first, heeding(config, evaluator, request), ask);
  }

  function answerHuman({ human, action, resource }: HumanQuestion): Answer {
    const uid = resourceOf(resource);
    const agent = resource.type === 'Task' ? [{ type: 'Agent', id: resource.agent }] : [];
    const request: Request = {
      principal: { ...humanEntity(human), uid: { type: 'Human', id: human.id } },
      action: { type: 'Action', id: action },
      resource: uid,
      entities: [...taskEntities(resource), ...knownEntities(config, [uid, ...agent])],
    };
    const { permitted, policies } = evaluator.evaluate(request, people, {});
    return permitted
      ? { outcome: 'allowed', policies }
      : { outcome: 'denied', code: 'not_permitted', policies };
  }

  return {
    decide: (question) => ({ ...answer(question), configDigest: config.digest }),
    mayHuman: (question) => ({ ...answerHuman(question), configDigest: config.digest }),
  };
}
