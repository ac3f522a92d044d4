// For whom a task is done: what the agent claims, or what that person's own token proves.
import { Refusal } from '../shared/errors.ts';
import type { Requester } from '../tasks/index.ts';
import { type Caller, callingHuman } from './caller.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import type { Watching } from './refused-tokens.ts';

interface NamedRequester {
  /** What the agent claims. */
  readonly requester?: string | undefined;
  /** That person's own token, which proves it. */
  readonly requesterToken?: string | undefined;
}

export async function requesterOf(
  dependencies: Watching & Pick<BrokerDependencies, 'keySets'>,
  rules: Rules,
  caller: Caller,
  { requester, requesterToken }: NamedRequester,
): Promise<Requester | undefined | Refusal> {
  if (requesterToken === undefined) {
    return requester === undefined ? undefined : { id: requester, proven: false };
  }
  const human = await callingHuman(dependencies, rules, { ...caller, token: requesterToken });
  if (human instanceof Refusal) {
    return new Refusal('invalid_request', 'The requester is not proven.', {
      errors: [{ path: 'requesterToken', problem: 'is not a valid token of a person' }],
    });
  }
  if (requester !== undefined && requester !== human.id) {
    return new Refusal('invalid_request', 'The requester is not the person whom the token proves.', {
      errors: [{ path: 'requester', problem: 'must be the person of requesterToken, or be left out' }],
    });
  }
  return { id: human.id, proven: true };
}
