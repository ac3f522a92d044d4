// Whether a request that is about to leave the broker carries a secret where the operator's rules let none go.
import { isSecretType } from '../masking/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { Json } from '../shared/json.ts';
import type { RequestedCapability } from '../tasks/index.ts';
import { type Masking, targetOf } from './masking.ts';

/** What would leave the broker: a capability's parameters, a body, whatever a connector plans to send. */
export interface Outgoing {
  readonly target: string;
  /** With its names, since they tell secrets too. */
  readonly content: Json;
}

/** What capabilities send: their parameters, which credentials are made of. */
export function outgoingOf(requested: readonly RequestedCapability[]): readonly Outgoing[] {
  return requested.map(({ capability, parameters }) => ({
    target: targetOf(capability),
    content: parameters,
  }));
}

function secretsIn(masking: Masking, { target, content }: Outgoing): readonly string[] {
  const found = masking.of(target).find(JSON.stringify(content), 'json');
  return [...new Set(found.map(({ type }) => type).filter(isSecretType))].sort();
}

/** Says which kinds of secrets, and never a value. */
export function secretEgress(target: string, types: readonly string[]): Refusal {
  return new Refusal(
    'secret_egress',
    `The request carries a secret to ${target}, and its operators let none go there: ${types.join(', ')}.` +
      ' Name the secret by where it is kept, or leave it out.',
  );
}

export function egressProblem(masking: Masking, outgoing: readonly Outgoing[]): Refusal | undefined {
  for (const one of outgoing) {
    if (!masking.refusesSecrets(one.target)) continue;
    const types = secretsIn(masking, one);
    if (types.length > 0) return secretEgress(one.target, types);
  }
  return undefined;
}
