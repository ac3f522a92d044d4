// Explains a decision: which policies brought it about, which conditions failed, and what would make it pass.
import type { Config } from '../config/index.ts';
import type { Approvals } from './approvers.ts';
import { createAnswers } from './engine.ts';
import type { Request } from './evaluate.ts';
import { askAbout } from './explain-ask.ts';
import type { Unmet } from './explain-unmet.ts';
import { type Weighable, type Weighed, weighAll } from './explain-weigh.ts';
import { remediesOf, remediesOfAll } from './explain-words.ts';
import type { Answer, DecidedTask, Decision, DecisionInput, HumanQuestion, Operation } from './model.ts';
import { headFits } from './places.ts';
import { type Policy, readPolicies } from './policies.ts';
import { askedOf, capabilityRequest, humanRequest } from './request.ts';
import { strictest } from './strictest.ts';

/** A policy that had a say, or that would have permitted it under other conditions. */
export interface ExplainedPolicy {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** Relative to the config directory. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** `misses`: a permit for this agent, action and target, some of whose conditions do not hold. */
  readonly says: 'permits' | 'forbids' | 'errs' | 'misses';
  /** Whether the decision names it. */
  readonly decided: boolean;
  /** What would have to hold instead: for a permit to permit, for a forbid to forbid it no longer. */
  readonly unmet: readonly Unmet[];
  /** The fewest approvals that bring that about as far as approvals can. */
  readonly approvals?: Approvals;
  /** What is left to hold once they are given. Empty: they are all that it takes. */
  readonly remaining: readonly Unmet[];
  /** Whether there is any way: a forbid without conditions has none. */
  readonly hopeless?: true;
  readonly error?: string;
}

/** What one task of the chain, or one person, is told. */
export interface Explained {
  readonly decision: Decision;
  /** Where the operation changes the blast radius. */
  readonly impacts: readonly string[];
  /** What is wrong with the request itself, which no policy was asked about then. */
  readonly problem?: string;
  /** Those that decided first, then permits that do not hold, the nearest first. */
  readonly policies: readonly ExplainedPolicy[];
  /** How many more permits do not hold, all of them further away. */
  readonly left?: number;
  /** What would make it pass, in sentences without a full stop. None where it passes. */
  readonly remedies: readonly string[];
}

export interface ExplainedTask extends Explained {
  readonly agent: string;
  readonly purpose: string;
}

export interface ExplainedOperation {
  readonly operation: Operation;
  /** The strictest of what each task in the chain is told. */
  readonly decision: Decision;
  readonly tasks: readonly ExplainedTask[];
}

export interface Explanation {
  /** The strictest of all operations' decisions. */
  readonly decision: Decision;
  readonly operations: readonly ExplainedOperation[];
  /** What would make all of it pass. */
  readonly remedies: readonly string[];
}

export interface Explainer {
  /** Throws where the input names an agent or a capability that the config does not have. */
  ofInput(input: DecisionInput): Explanation;
  ofHuman(question: HumanQuestion): Explained;
}

function weighable(policies: readonly Policy[], request: Request): Weighable {
  const fitting = policies.filter((policy) => headFits(policy, request));
  const chosen = new Set(fitting);
  const outside = policies.filter((policy) => {
    const groups = (policy.head.principal.in ?? []).filter(({ type }) => type === 'Group');
    const isPermit = policy.head.effect === 'permit' && groups.length > 0;
    return isPermit && !chosen.has(policy) && headFits(policy, { ...request, groups });
  });
  return { fitting, outside };
}

/** The order in which they are told. */
const ORDER: Readonly<Record<ExplainedPolicy['says'], number>> = {
  errs: 0,
  forbids: 1,
  permits: 2,
  misses: 3,
};

function told({ policy, says, ...rest }: Weighed, decided: readonly string[]): ExplainedPolicy {
  const { id, file, piece, head } = policy;
  const place = { id, effect: head.effect, file, line: piece.line, text: piece.text };
  const { unmet, remaining, approvals, hopeless, error } = rest;
  return {
    ...place,
    says,
    decided: decided.includes(id),
    ...{ unmet, remaining },
    ...(approvals === undefined ? {} : { approvals }),
    ...(hopeless ? { hopeless } : {}),
    ...(error === undefined ? {} : { error }),
  };
}

export function createExplainer(config: Config): Explainer {
  const policies = readPolicies(config);
  const answers = createAnswers(config);

  function explained(request: Request, { touched: _, ...answer }: Answer): Explained {
    const decision = { ...answer, configDigest: config.digest };
    const { fitting, outside } = weighable(policies, request);
    const asking = askAbout(config, request, [...fitting, ...outside]);
    const impacts = (request.context['impacts'] ?? []) as readonly string[];
    const isDenied = decision.outcome === 'denied' && decision.policies.length === 0;
    const problem = isDenied ? asking.problem() : undefined;
    if (problem !== undefined) {
      return {
        decision,
        impacts,
        problem,
        policies: [],
        remedies: [`the request must be another: ${problem}`],
      };
    }
    const allowed = decision.outcome === 'allowed';
    const { weighed, left } = weighAll(config, request, asking, { fitting, outside: allowed ? [] : outside });
    const all = weighed
      // Of what is allowed nobody asks what else would allow it.
      .filter(({ says }) => !allowed || says !== 'misses')
      .sort((a, b) => ORDER[a.says] - ORDER[b.says] || a.distance - b.distance)
      .map((one) => told(one, decision.policies))
      .sort((a, b) => Number(b.decided) - Number(a.decided));
    const more = allowed || left === 0 ? {} : { left };
    return { decision, impacts, policies: all, ...more, remedies: remediesOf(decision, all) };
  }

  function ofTask(input: DecisionInput, task: DecidedTask, operation: Operation): ExplainedTask {
    const request = capabilityRequest(config, input, task, askedOf(config, operation));
    const { agent, purpose } = task;
    return { agent, purpose, ...explained(request, answers.ofOperation(input, task, operation)) };
  }

  return {
    ofInput(input) {
      const operations = input.operations.map((operation) => {
        const tasks = input.chain.map((task) => ofTask(input, task, operation));
        return { operation, decision: strictest(tasks.map(({ decision }) => decision)), tasks };
      });
      const decision = strictest(operations.map((operation) => operation.decision));
      return { decision, operations, remedies: remediesOfAll(decision, operations) };
    },
    ofHuman: (question) => explained(humanRequest(config, question), answers.ofHuman(question)),
  };
}
