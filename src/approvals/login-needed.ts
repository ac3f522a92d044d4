// Whether somebody must log in to decide, or is taken for whom a link was sent to.
import type { Effect } from '../config/index.ts';

export interface LoginRules {
  /** `requireLogin` of broker.yaml. */
  readonly broker: boolean | undefined;
  /** That of the target. */
  readonly target: boolean | undefined;
  readonly effect: Effect;
  readonly deployed: boolean;
}

/** For what is admin no file turns it off. */
export function needsLogin({ broker, target, effect, deployed }: LoginRules): boolean {
  return effect === 'admin' || (target ?? broker ?? deployed);
}
