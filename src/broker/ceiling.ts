// What an agent may ever ask for, and what the operator's files say of it.
import type { AgentDefinition, Capability, Config, TargetDefinition } from '../config/index.ts';
import { type FieldProblem, Refusal } from '../shared/errors.ts';
import { parameterProblems, type RequestedCapability } from '../tasks/index.ts';

export interface FoundCapability {
  readonly target: TargetDefinition;
  /** Without the target. */
  readonly name: string;
  readonly definition: Capability;
}

/** Who is asking: only the agent itself is told what else it may ask for. */
type Asking = 'itself' | 'another';

/** A capability inside the agent's ceiling; what is outside may as well not exist. */
function findCapability(
  config: Config,
  agent: AgentDefinition,
  capability: string,
  asking: Asking,
): FoundCapability | Refusal {
  const border = capability.indexOf(':');
  const [targetId, name] = [capability.slice(0, border), capability.slice(border + 1)];
  const target = Object.hasOwn(config.targets, targetId) ? config.targets[targetId] : undefined;
  const definition =
    target !== undefined && Object.hasOwn(target.capabilities, name) ? target.capabilities[name] : undefined;
  if (!agent.capabilities.includes(capability) || target === undefined || definition === undefined) {
    const refused = `The agent ${agent.id} may not ask for ${capability.slice(0, 90)}.`;
    const may = agent.capabilities.length === 0 ? 'none' : agent.capabilities.join(', ');
    return new Refusal(
      'outside_ceiling',
      asking === 'itself' ? `${refused} It may ask for: ${may}.` : refused,
    );
  }
  return { target, name, definition };
}

/** What masking leaves of a value: a label, or nothing. */
const MASKED = /^$|\[[A-Z][A-Z0-9_]*(?::[^\]]*)?\]/u;

/** How parameters are looked at: `asRecorded`, those that masking changed are not what was given, and are passed over. */
export type Looking = 'asGiven' | 'asRecorded';

/** Every capability found and every parameter fitting, or all that is wrong with the parameters at once. */
export function findAll(
  config: Config,
  agent: AgentDefinition,
  requested: readonly RequestedCapability[],
  asking: Asking = 'itself',
  looking: Looking = 'asGiven',
): readonly FoundCapability[] | Refusal {
  const found: FoundCapability[] = [];
  const problems: FieldProblem[] = [];
  for (const [place, { capability, parameters }] of requested.entries()) {
    const one = findCapability(config, agent, capability, asking);
    if (one instanceof Refusal) return one;
    found.push(one);
    const wrong = parameterProblems(one.definition, parameters, `capabilities[${place}].parameters`);
    const masked = Object.keys(parameters).filter((name) => MASKED.test(parameters[name] ?? '-'));
    const isMasked = ({ path }: FieldProblem) => masked.some((name) => path.endsWith(`.parameters.${name}`));
    problems.push(...wrong.filter((one) => looking === 'asGiven' || !isMasked(one)));
  }
  if (problems.length > 0) {
    return new Refusal('invalid_request', 'Some parameters are not as their capability demands.', {
      errors: problems,
    });
  }
  return found;
}
