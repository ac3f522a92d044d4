// Decides: what an agent may do and with whose approval, and what a person may do.
import type { Config } from '../config/index.ts';
import { denied, seekApprovals } from './approvals-sought.ts';
import { type Looks, looksOf, partOf } from './buckets.ts';
import { type Asked, contextOf } from './context.ts';
import { createEvaluator, type Verdict } from './evaluate.ts';
import type {
  Answer,
  DecidedTask,
  Decision,
  DecisionInput,
  HumanQuestion,
  Memory,
  Operation,
  PolicyEngine,
} from './model.ts';
import { readPolicies } from './policies.ts';
import { askedOf, type CapabilityRequest, capabilitySubject, humanRequest } from './request.ts';
import { approverGroups } from './schema.ts';
import { strictest } from './strictest.ts';

/** What may be asked of policy, with the policies that had a say. */
export interface Answers {
  ofOperation(input: DecisionInput, task: DecidedTask, operation: Operation, memory?: Memory): Answer;
  ofHuman(question: HumanQuestion): Answer;
}

/** An agent and a capability: what is asked of them but for the context, and what of that policies look at there. */
interface Matter {
  readonly subject: Omit<CapabilityRequest, 'context'>;
  readonly looks: Looks;
}

/** Of large files, not all are kept. */
const MOST_MATTERS = 1000;

const INVALID: Pick<Verdict, 'permitted' | 'policies'> = { permitted: false, policies: [] };

export function createAnswers(config: Config): Answers {
  const evaluator = createEvaluator(config, readPolicies(config));
  const groups = approverGroups(config);

  const matters = new Map<string, Matter>();

  /** It follows from the files alone, which do not change under one engine. */
  function matterOf(agent: string, asked: Asked): Matter {
    // No capability has a space in it.
    const name = `${asked.operation.capability} ${agent}`;
    const known = matters.get(name);
    if (known !== undefined) return known;
    const subject = capabilitySubject(config, agent, asked);
    const members = evaluator.buckets(subject).flatMap((bucket) => [...bucket.members]);
    const matter = { subject, looks: looksOf(new Set(members)) };
    if (matters.size >= MOST_MATTERS) matters.clear();
    matters.set(name, matter);
    return matter;
  }

  function answer(request: CapabilityRequest, approvals?: DecisionInput['approvals']): Answer {
    const first = evaluator.evaluate(request, approvals);
    if (first.permitted) return { outcome: 'allowed', policies: first.policies, touched: first.policies };
    if (first.erred) return denied(first.policies);
    return seekApprovals(evaluator, request, first, groups);
  }

  return {
    ofOperation(input, task, operation, memory) {
      const asked = askedOf(config, operation);
      const { subject, looks } = matterOf(task.agent, asked);
      const request = { ...subject, context: contextOf(config, input, task, asked) };
      if (!evaluator.isValid(request)) return denied([]);
      // What people have approved is asked about once.
      if (memory === undefined || input.approvals !== undefined) return answer(request, input.approvals);
      const { principal, action, context } = request;
      // What no policy looks at makes no difference to the answer.
      const key = JSON.stringify([principal.id, action.id, partOf(context, looks)]);
      const before = memory.get(key);
      if (before !== undefined) return before;
      const now = answer(request);
      memory.set(key, now);
      return now;
    },
    ofHuman(question) {
      const request = humanRequest(config, question);
      const { permitted, policies } = evaluator.isValid(request) ? evaluator.evaluate(request) : INVALID;
      return permitted
        ? { outcome: 'allowed', policies, touched: policies }
        : { outcome: 'denied', code: 'not_permitted', policies, touched: policies };
    },
  };
}

function decisionOf({ touched: _, ...answer }: Answer, configDigest: string): Decision {
  return { ...answer, configDigest };
}

/** Of a config that has been checked: what its policies say is read when it is first asked for. */
export async function createPolicyEngine(config: Config): Promise<PolicyEngine> {
  const answers = createAnswers(config);
  const { digest } = config;

  function decideEach(input: DecisionInput, given?: Memory): readonly Decision[] {
    // To remember takes longer than it saves where there is but one operation.
    const memory = given ?? (input.operations.length > 1 ? new Map() : undefined);
    return input.operations.map((operation) =>
      strictest(
        input.chain.map((task) => decisionOf(answers.ofOperation(input, task, operation, memory), digest)),
      ),
    );
  }

  return {
    decideEach,
    decide: (input, memory) => strictest(decideEach(input, memory)),
    mayHuman: (question) => decisionOf(answers.ofHuman(question), digest),
  };
}
