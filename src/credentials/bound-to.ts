// Where a session works: the places it is bound to, as a deny on everything that comes from elsewhere.
import type { AwsTarget, BoundTo } from '../config/index.ts';
import { plainAddress } from '../shared/addresses.ts';
import { canonicalJson, type Json } from '../shared/json.ts';
import type { CapabilityGrant } from './session-policy.ts';

/** The places as IAM knows them. Never both empty. */
export interface Places {
  readonly addresses: readonly string[];
  readonly endpoints: readonly string[];
}

/** Why a session can't be bound as it should be: bound to several places at once, or to an address that nobody knows. */
export type NotBound = 'different' | 'noAddress';

/**
 * What comes from none of the places is denied; where the request does not say where it comes from, it is, too. What
 * an AWS service does on the session's behalf comes from the service's own place: it was the request before it that
 * had to come from here.
 */
export function placesStatement({ addresses, endpoints }: Places) {
  return {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: {
      ...(addresses.length === 0 ? {} : { NotIpAddressIfExists: { 'aws:SourceIp': addresses } }),
      ...(endpoints.length === 0 ? {} : { StringNotEqualsIfExists: { 'aws:SourceVpce': endpoints } }),
      BoolIfExists: { 'aws:ViaAWSService': 'false' },
    },
  } as const;
}

function placesFrom(bound: BoundTo, callerAddress: string | undefined): Places | NotBound {
  const caller =
    bound.callerAddress === true && callerAddress !== undefined ? plainAddress(callerAddress) : undefined;
  if (bound.callerAddress === true && caller === undefined) return 'noAddress';
  return {
    addresses: [...(bound.sourceIps ?? []), ...(caller === undefined ? [] : [caller])],
    endpoints: bound.vpcEndpoints ?? [],
  };
}

/** The one binding of all that is asked for: what is bound to nothing goes along with what is. */
export function placesOf(
  target: Pick<AwsTarget, 'boundTo'>,
  grants: readonly CapabilityGrant[],
  callerAddress: string | undefined,
): Places | NotBound | undefined {
  const bindings = grants.flatMap(({ definition }) => definition.boundTo ?? target.boundTo ?? []);
  const [first] = bindings;
  if (first === undefined) return undefined;
  if (new Set(bindings.map((bound) => canonicalJson(bound as Json))).size > 1) return 'different';
  return placesFrom(first, callerAddress);
}
