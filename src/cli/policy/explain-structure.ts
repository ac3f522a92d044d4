// What is decided before policy is asked, as far as the files and the question say it; and then what policy says.
import type { Capability, Config } from '../../config/index.ts';
import type { Decision, DecisionInput, Explainer, Explanation, Operation } from '../../policy/index.ts';
import type { Code } from '../../shared/codes.ts';
import { parameterProblems } from '../../tasks/index.ts';

/** Why it is refused without policy: a clause that says what is missing. */
export interface Gap {
  readonly code: Code;
  readonly says: string;
}

export interface Judged {
  readonly input: DecisionInput;
  readonly decision: Decision;
  /** The first of them decides. */
  readonly gaps: readonly Gap[];
  /** What policy says, or would say if there were no gap. Undefined where it can't be asked. */
  readonly policy?: Explanation;
  readonly remedies: readonly string[];
}

export function capabilityOf(config: Config, name: string): Capability | undefined {
  const border = name.indexOf(':');
  const [id, capability] = [name.slice(0, border), name.slice(border + 1)];
  const target = Object.hasOwn(config.targets, id) ? config.targets[id] : undefined;
  if (target === undefined || !Object.hasOwn(target.capabilities, capability)) return undefined;
  return target.capabilities[capability];
}

function agentOf(config: Config, id: string) {
  return Object.hasOwn(config.agents, id) ? config.agents[id] : undefined;
}

function parameterGaps(config: Config, { capability, parameters }: Operation): readonly Gap[] {
  const definition = capabilityOf(config, capability);
  if (definition === undefined) return [];
  return parameterProblems(definition, parameters, '').map(({ path, problem }) => ({
    code: 'invalid_request',
    says: `the parameter ${path.slice(1)} of ${capability} ${problem}`,
  }));
}

/** In the order in which the broker would come to them. */
function gapsOf(config: Config, { chain, operations }: DecisionInput): readonly Gap[] {
  return chain.flatMap(({ agent: id }, place): readonly Gap[] => {
    const agent = agentOf(config, id);
    if (agent === undefined) return [{ code: 'unknown_agent', says: `no agent ${id} is registered` }];
    const whose = place === 0 ? "the agent's ceiling" : `the ceiling of ${id}, whose task is above,`;
    const ceiling = operations.flatMap(({ capability }): readonly Gap[] => {
      const code = 'outside_ceiling';
      if (!agent.capabilities.includes(capability)) return [{ code, says: `${whose} lacks ${capability}` }];
      const known = capabilityOf(config, capability) !== undefined;
      return known ? [] : [{ code, says: `no target has a capability ${capability}` }];
    });
    const parameters = place === 0 ? operations.flatMap((operation) => parameterGaps(config, operation)) : [];
    return [...ceiling, ...parameters];
  });
}

function isProblem({ operations }: Explanation): boolean {
  return operations.some(({ tasks }) => tasks.some(({ problem }) => problem !== undefined));
}

/** Coverage comes first, as it does in the broker. It is of the task at hand, which only the question can know. */
export function judge(
  config: Config,
  explainer: Explainer,
  input: DecisionInput,
  uncovered: readonly Gap[] = [],
): Judged {
  const gaps = [...uncovered, ...gapsOf(config, input)];
  const [first] = gaps;
  const known =
    input.chain.every(({ agent }) => agentOf(config, agent) !== undefined) &&
    input.operations.every(({ capability }) => capabilityOf(config, capability) !== undefined);
  const asks = known ? explainer.ofInput(input) : undefined;
  // What policy can't be asked about has been said by then.
  const policy = first !== undefined && asks !== undefined && isProblem(asks) ? undefined : asks;
  const refused = { outcome: 'denied', policies: [], configDigest: config.digest } as const;
  const asked = policy?.remedies ?? [];
  const isNext = first !== undefined && policy?.decision.outcome === 'needsApproval';
  return {
    input,
    decision: first === undefined ? (policy?.decision ?? refused) : { ...refused, code: first.code },
    gaps,
    ...(policy === undefined ? {} : { policy }),
    remedies: [...gaps.map(({ says }) => says), ...asked.map((one) => (isNext ? `and then ${one}` : one))],
  };
}

/** What a task with these capabilities lacks for these operations. */
export function lackedBy(
  held: readonly string[],
  operations: readonly Pick<Operation, 'capability'>[],
): readonly Gap[] {
  return operations
    .filter(({ capability }) => !held.includes(capability))
    .map(({ capability }) => ({ code: 'outside_task', says: `the task lacks ${capability}` }));
}
