// Who calls, and with what they prove it: an OIDC token, or the task token that opening a task returned.

import type { RequestFacts } from '../audit/index.ts';
import {
  authenticateAgent,
  authenticateHuman,
  type ProvenAgent,
  type ProvenHuman,
  TokenRefused,
} from '../identity/index.ts';
import { Refusal } from '../shared/errors.ts';
import { openTaskToken, type TaskTokenClaims } from '../tasks/index.ts';
import type { BrokerDependencies, ConfigOnly, Rules } from './dependencies.ts';

export interface Caller {
  /** The bearer token as it was sent. */
  readonly token: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** As sent, with its ids: part of what an Idempotency-Key is bound to. */
  readonly path: string;
  /** SHA-256 over the canonical JSON of the body. */
  readonly bodyHash: string;
  readonly facts: RequestFacts;
}

const TASK_TOKEN_PREFIX = 'bwt_';

function unauthenticated(): Refusal {
  return new Refusal('unauthenticated', 'A valid bearer token is required.');
}

function refuseToken(dependencies: Pick<BrokerDependencies, 'log'>, caller: Caller, reason: string): Refusal {
  // The caller learns nothing of the reason; the operator finds it in the log.
  dependencies.log.warn('token refused', { requestId: caller.facts.id, reason });
  return unauthenticated();
}

/** The agent that an OIDC token proves. */
export async function callingAgent(
  dependencies: Pick<BrokerDependencies, 'keySets' | 'clock' | 'log'>,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
): Promise<ProvenAgent | Refusal> {
  const { token } = caller;
  if (token === undefined) return unauthenticated();
  const proven = await authenticateAgent(token, rules.config, dependencies.keySets, dependencies.clock.now());
  if (proven instanceof TokenRefused) return refuseToken(dependencies, caller, proven.problem);
  // A good token that fits no agent, or several: the operator finds out here who knocked in vain.
  if (proven instanceof Refusal) {
    dependencies.log.warn('token refused', { requestId: caller.facts.id, reason: proven.code });
  }
  return proven;
}

/** The person that an OIDC token of the people's issuer proves. */
export async function callingHuman(
  dependencies: Pick<BrokerDependencies, 'keySets' | 'clock' | 'log'>,
  rules: Pick<Rules, 'config'>,
  caller: Caller,
): Promise<ProvenHuman | Refusal> {
  const { token } = caller;
  if (token === undefined) return unauthenticated();
  const proven = await authenticateHuman(token, rules.config, dependencies.keySets, dependencies.clock.now());
  return proven instanceof TokenRefused ? refuseToken(dependencies, caller, proven.problem) : proven;
}

function noSuchTask(): Refusal {
  return new Refusal('not_found', 'There is no such task, or it is not yours.');
}

/** The claims of a task token, which must be the named task's own. Costs no I/O. */
export async function holderOfTask(
  dependencies: Pick<BrokerDependencies, 'tokenKeys' | 'log'>,
  caller: Caller,
  task: string,
): Promise<TaskTokenClaims | Refusal> {
  if (caller.token === undefined) return unauthenticated();
  const claims = openTaskToken(caller.token, await dependencies.tokenKeys());
  if (claims === undefined) return refuseToken(dependencies, caller, 'task_token');
  return claims.task === task ? claims : noSuchTask();
}

/** Reading and finishing a task take either token: the id of the agent that the task must belong to. */
export async function agentForTask(
  dependencies: Pick<BrokerDependencies, 'tokenKeys' | 'keySets' | 'clock' | 'log'> & ConfigOnly,
  caller: Caller,
  task: string,
): Promise<string | Refusal> {
  if (caller.token?.startsWith(TASK_TOKEN_PREFIX) === true) {
    const claims = await holderOfTask(dependencies, caller, task);
    return claims instanceof Refusal ? claims : claims.agent;
  }
  const proven = await callingAgent(dependencies, await dependencies.rules(), caller);
  return proven instanceof Refusal ? proven : proven.agent;
}
