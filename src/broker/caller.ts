// Who calls, and with what they prove it: an OIDC token, or the task token that opening a task returned.

import type { RequestFacts } from '../audit/index.ts';
import type { AgentDefinition } from '../config/index.ts';
import {
  authenticateAgent,
  authenticateHuman,
  type ProvenAgent,
  type ProvenHuman,
  type TokenProblem,
  TokenRefused,
} from '../identity/index.ts';
import { inRanges } from '../shared/addresses.ts';
import { Refusal } from '../shared/errors.ts';
import { openTaskToken, type TaskTokenClaims } from '../tasks/index.ts';
import type { BrokerDependencies, ConfigOnly, Rules } from './dependencies.ts';
import type { MaskTally } from './mask-counts.ts';
import { claimOnce, PROOF_REQUIRED, type ProvenKey, proofFor, type UsedOnce } from './proof.ts';
import { NO_SUCH_TASK, UNAUTHENTICATED } from './refusals.ts';
import { type About, noteRefusedToken, noteStranger, type Watching } from './refused-tokens.ts';

export interface Caller {
  /** The bearer token as it was sent. */
  readonly token: string | undefined;
  /** A proof of possession (DPoP), as it was sent. */
  readonly proof?: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** As sent, with its ids: part of what an Idempotency-Key is bound to. */
  readonly path: string;
  /** SHA-256 over the canonical JSON of the body. */
  readonly bodyHash: string;
  readonly facts: RequestFacts;
  /** What was masked of the request so far: whoever masks more of it counts that here. */
  readonly masked?: MaskTally;
}

const TASK_TOKEN_PREFIX = 'bwt_';

function isTaskToken(token: string | undefined): boolean {
  return token?.startsWith(TASK_TOKEN_PREFIX) === true;
}

export type Authenticating = Watching & Pick<BrokerDependencies, 'keySets' | 'records' | 'publicUrl'>;

/** Whether the agent may be called for from there. Where no address is known, nobody can say so. */
function isFromElsewhere(agent: AgentDefinition, { facts }: Caller): boolean {
  return agent.from !== undefined && !inRanges(facts.sourceAddress ?? '', agent.from);
}

async function refuse(
  dependencies: Watching,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
  refused: TokenRefused,
  about: About = {},
): Promise<Refusal> {
  await noteRefusedToken(dependencies, rules, caller, refused, about);
  return UNAUTHENTICATED;
}

/** An agent that an OIDC token proves, and the key that came with the proof of it, if any. */
export type CallingAgent = ProvenAgent & { readonly key?: ProvenKey };

/** The agent that an OIDC token proves. */
export async function callingAgent(
  dependencies: Authenticating,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
): Promise<CallingAgent | Refusal> {
  const { token } = caller;
  if (token === undefined) return UNAUTHENTICATED;
  const { config } = rules;
  const proven = await authenticateAgent(token, config, dependencies.keySets, dependencies.clock.now());
  if (proven instanceof TokenRefused) return refuse(dependencies, rules, caller, proven);
  if (proven.kind === 'stranger') return noteStranger(dependencies, rules, caller, proven);
  const about = { agent: proven.agent };
  const refuseAs = (problem: TokenProblem) =>
    refuse(dependencies, rules, caller, new TokenRefused(problem, proven.issuer), about);
  const agent = config.agents[proven.agent];
  if (agent === undefined || isFromElsewhere(agent, caller)) return refuseAs('address_not_allowed');
  const key = await proofFor(dependencies, rules, caller, proven);
  if (key instanceof Refusal) return key;
  if (key instanceof TokenRefused) return refuseAs(key.problem);
  // Only now, so that nobody uses up a token that they can't prove to be theirs.
  const replayed = await usedBefore(dependencies, caller, [
    ...(proven.useId === undefined ? [] : [{ id: proven.useId, until: usableUntil(proven) }]),
    ...(key === undefined ? [] : [key.once]),
  ]);
  if (replayed) return refuseAs('replayed');
  return key === undefined ? proven : { ...proven, key };
}

/** A little longer than the token is good for: clocks differ among functions. */
function usableUntil({ expiresAt }: ProvenAgent): Date {
  return new Date(expiresAt.getTime() + 60_000);
}

async function usedBefore(
  dependencies: Authenticating,
  caller: Caller,
  once: readonly UsedOnce[],
): Promise<boolean> {
  const claims = await Promise.all(once.map((one) => claimOnce(dependencies, caller, one)));
  return claims.includes('used');
}

/** The person that an OIDC token of the people's issuer proves. */
export async function callingHuman(
  dependencies: Watching & Pick<BrokerDependencies, 'keySets'>,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
): Promise<ProvenHuman | Refusal> {
  const { token } = caller;
  if (token === undefined) return UNAUTHENTICATED;
  const proven = await authenticateHuman(token, rules.config, dependencies.keySets, dependencies.clock.now());
  return proven instanceof TokenRefused ? refuse(dependencies, rules, caller, proven) : proven;
}

/** A task token's claims, and what must not have been used before if its holder is who they say. */
export type Holder = TaskTokenClaims & { readonly once?: UsedOnce };

/** A task that was opened before a proof was demanded has a token that is good for whoever has it. */
function mustBeBound({ config }: Pick<Rules, 'config'>, agent: AgentDefinition | undefined): boolean {
  return config.broker.requireProof === true || agent?.requireProof === true;
}

/** The claims of a task token, which must be the named task's own. Costs no I/O. */
export async function holderOfTask(
  dependencies: Watching & Pick<BrokerDependencies, 'tokenKeys' | 'publicUrl'>,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
  task: string,
): Promise<Holder | Refusal> {
  if (caller.token === undefined) return UNAUTHENTICATED;
  const claims = openTaskToken(caller.token, await dependencies.tokenKeys());
  if (claims === undefined) return refuse(dependencies, rules, caller, new TokenRefused('task_token'));
  if (claims.task !== task) return NO_SUCH_TASK;
  const about = { agent: claims.agent, task };
  const agent = rules.config.agents[claims.agent];
  if (agent !== undefined && isFromElsewhere(agent, caller)) {
    return refuse(dependencies, rules, caller, new TokenRefused('address_not_allowed'), about);
  }
  if (claims.boundTo === undefined) return mustBeBound(rules, agent) ? PROOF_REQUIRED : claims;
  const binding = { boundTo: claims.boundTo, accessToken: caller.token };
  const key = await proofFor(dependencies, rules, caller, binding);
  if (key instanceof Refusal) return key;
  if (key instanceof TokenRefused) return refuse(dependencies, rules, caller, key, about);
  return key === undefined ? claims : { ...claims, once: key.once };
}

/** The holder of a task's token, for what claims nothing else in the same trip. */
export async function holderOnce(
  dependencies: Authenticating & Pick<BrokerDependencies, 'tokenKeys'>,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
  task: string,
): Promise<Holder | Refusal> {
  const holder = await holderOfTask(dependencies, rules, caller, task);
  if (holder instanceof Refusal || holder.once === undefined) return holder;
  if ((await claimOnce(dependencies, caller, holder.once)) === 'fresh') return holder;
  const about = { agent: holder.agent, task };
  return refuse(dependencies, rules, caller, new TokenRefused('replayed'), about);
}

/** Reading and finishing a task take either token: the id of the agent that the task must belong to. */
export async function agentForTask(
  dependencies: Authenticating & Pick<BrokerDependencies, 'tokenKeys'> & ConfigOnly,
  caller: Caller,
  task: string,
): Promise<string | Refusal> {
  const rules = await dependencies.rules();
  if (isTaskToken(caller.token)) {
    const holder = await holderOnce(dependencies, rules, caller, task);
    return holder instanceof Refusal ? holder : holder.agent;
  }
  const proven = await callingAgent(dependencies, rules, caller);
  return proven instanceof Refusal ? proven : proven.agent;
}
