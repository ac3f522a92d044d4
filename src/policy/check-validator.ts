// What Cedar's validator says of policies, asked so that ten thousand take seconds.
import type { Config } from '../config/index.ts';
import { CedarFailed, cedar, type DetailedError } from './cedar.ts';
import type { ParsedPolicy } from './policies.ts';
import { actionsOf, type CapabilityAction, schemaOf } from './schema.ts';

/** Policies that are validated together, with the capabilities that any of them names. */
interface Batch {
  readonly policies: ParsedPolicy[];
  readonly capabilities: Map<string, CapabilityAction>;
}

/** As many as effects and people's actions together, so that they cost no more than those. */
const MOST = 10;

function capabilitiesOf(config: Config): (id: string) => CapabilityAction | undefined {
  const all = Object.keys(config.targets).flatMap((target) => actionsOf(config, target));
  const known = new Map(all.map((action) => [action.id, action]));
  // One that does not exist is told elsewhere. If it did, the rest of its policy would be about what agents do.
  return (id) => known.get(id) ?? (id.includes(':') ? { id, effect: 'read' } : undefined);
}

/**
 * The validator checks every policy against every action of the schema. To a policy that does not name it, a
 * capability looks like its effect: so each is checked with those that it names, beside the effects.
 */
function batchesOf(config: Config, policies: readonly ParsedPolicy[]): readonly Batch[] {
  const capabilityOf = capabilitiesOf(config);
  const named = policies.map((policy) => {
    const { inHead, inConditions } = policy.facts;
    const ids = [...inHead, ...inConditions].filter(({ type }) => type === 'Action').map(({ id }) => id);
    return { policy, its: [...new Set(ids)].sort().flatMap((id) => capabilityOf(id) ?? []) };
  });
  const keyOf = (its: readonly CapabilityAction[]) => JSON.stringify(its.map(({ id }) => id));
  const batches: Batch[] = [];
  for (const group of Map.groupBy(named, ({ its }) => keyOf(its)).values()) {
    const its = group[0]?.its ?? [];
    const last = batches.at(-1);
    // Those that name none are the most, so nobody's capabilities come along.
    const fits =
      last !== undefined && last.capabilities.size > 0 && last.capabilities.size + its.length <= MOST;
    const batch: Batch = fits ? last : { policies: [], capabilities: new Map() };
    if (!fits) batches.push(batch);
    batch.policies.push(...group.map(({ policy }) => policy));
    for (const action of its) batch.capabilities.set(action.id, action);
  }
  return batches;
}

/** Something that it said, and of which policy. */
export interface Said {
  readonly policy: ParsedPolicy;
  readonly error: DetailedError;
}

export interface Judgement {
  readonly errors: readonly Said[];
  readonly warnings: readonly Said[];
}

function judge(config: Config, { policies, capabilities }: Batch): Judgement {
  const schema = schemaOf(config, [...capabilities.values()]);
  const staticPolicies = Object.fromEntries(policies.map(({ piece }, i) => [`p${i}`, piece.text]));
  const answer = cedar((module) => module.validate({ schema, policies: { staticPolicies } }));
  if (answer.type === 'failure') {
    throw new CedarFailed(answer.errors[0]?.message ?? 'Cedar did not validate the policies');
  }
  const said = (all: readonly { readonly policyId: string; readonly error: DetailedError }[]) =>
    all.flatMap(({ policyId, error }) => {
      const policy = policies[Number(policyId.slice(1))];
      return policy === undefined ? [] : [{ policy, error }];
    });
  return { errors: said(answer.validationErrors), warnings: said(answer.validationWarnings) };
}

export function validate(config: Config, policies: readonly ParsedPolicy[]): Judgement {
  const judgements = batchesOf(config, policies).map((batch) => judge(config, batch));
  return {
    errors: judgements.flatMap(({ errors }) => errors),
    warnings: judgements.flatMap(({ warnings }) => warnings),
  };
}
