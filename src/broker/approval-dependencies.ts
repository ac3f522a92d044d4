// What approvals need from the outside, beside what every use case does.
import type { Chat } from '../ports/chat.ts';
import type { Mail } from '../ports/mail.ts';
import type { Objects } from '../ports/objects.ts';
import type { Sealer } from '../ports/sealer.ts';
import type { Workflow } from '../ports/workflow.ts';
import type { BrokerDependencies } from './dependencies.ts';

export interface ApprovalDependencies extends Omit<BrokerDependencies, 'keySets' | 'sessions'> {
  readonly objects: Objects;
  readonly sealer: Sealer;
  readonly workflow: Workflow;
  /** Undefined where nobody can be reached that way. */
  readonly mail: Mail | undefined;
  readonly chat: Chat | undefined;
  /** Whether people can reach the broker from elsewhere: then they log in, unless the files say otherwise. */
  readonly deployed: boolean;
}
