// Proofs of possession, and tokens that may be used once: what a thief of a token can't show, or shows too late.
import { type ProvenAgent, TokenRefused, verifyProof } from '../identity/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { Caller } from './caller.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';

/** Something that may be used once, and until when it could be used at all. */
export interface UsedOnce {
  readonly id: string;
  readonly until: Date;
}

export interface ProvenKey {
  /** Of the key, as RFC 7638 has it. */
  readonly thumbprint: string;
  readonly once: UsedOnce;
}

/** Proofs are good for a minute around the time they were made; a little more, since clocks differ among functions. */
const PROOF_MILLISECONDS = 180_000;

export const PROOF_REQUIRED = new Refusal(
  'proof_required',
  'A proof of possession is required: send a `DPoP` header (RFC 9449) made for this request and this token.',
);

interface Bound {
  /** The thumbprint that the token is bound to. */
  readonly boundTo: string;
  readonly accessToken: string;
}

/** An agent's OIDC token is bound where its issuer did so; a task's token, where the agent proved a key. */
function bindingOf(proof: ProvenAgent | Bound, caller: Caller): Bound | undefined {
  if ('boundTo' in proof) return proof;
  const { confirmedBy } = proof;
  return confirmedBy === undefined ? undefined : { boundTo: confirmedBy, accessToken: caller.token ?? '' };
}

/** Whether an agent may not do without. */
function isRequired({ config }: Pick<Rules, 'config'>, proven: ProvenAgent | Bound): boolean {
  if ('boundTo' in proven) return true;
  const issuer = config.broker.issuers.find((one) => one.issuer === proven.issuer);
  return (
    proven.confirmedBy !== undefined ||
    config.broker.requireProof === true ||
    issuer?.requireProof === true ||
    config.agents[proven.agent]?.requireProof === true
  );
}

/** The key that the caller proves to hold; undefined where none is proven and none has to be. */
export async function proofFor(
  { publicUrl, clock }: Pick<BrokerDependencies, 'publicUrl' | 'clock'>,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
  proven: ProvenAgent | Bound,
): Promise<ProvenKey | undefined | Refusal | TokenRefused> {
  const { proof, facts, path } = caller;
  if (proof === undefined) return isRequired(rules, proven) ? PROOF_REQUIRED : undefined;
  const binding = bindingOf(proven, caller);
  const now = clock.now();
  const checked = await verifyProof(proof, {
    method: facts.method,
    url: `${await publicUrl()}${path}`,
    now,
    ...(binding === undefined ? {} : { accessToken: binding.accessToken }),
  });
  if (checked instanceof TokenRefused) return checked;
  if (binding !== undefined && binding.boundTo !== checked.thumbprint)
    return new TokenRefused('proof_of_another_key');
  return {
    thumbprint: checked.thumbprint,
    once: { id: checked.id, until: new Date(now.getTime() + PROOF_MILLISECONDS) },
  };
}

/** Claims it, or says that it was used before: by whoever sent it first, whatever else stood in their request. */
export async function claimOnce(
  { records }: Pick<BrokerDependencies, 'records'>,
  { facts }: Caller,
  { id, until }: UsedOnce,
): Promise<'fresh' | 'used'> {
  const key = { partition: `used/${id}`, sort: 'use' };
  const claimed = await records.create(key, { request: facts.id }, { expiresAt: until });
  return claimed.created ? 'fresh' : 'used';
}
