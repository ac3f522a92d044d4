// Events of tasks: how they begin, what is handed on of them, how they end, and what becomes of their sessions.
import type { Decision, DecisionInput, Permission } from '../policy/index.ts';
import type { Code } from '../shared/codes.ts';
import type { Ancestor, HeldCapability, Owner, RequestedCapability, Requester } from '../tasks/index.ts';
import type { Common, OfTask } from './of-all.ts';

interface TaskOpened extends OfTask {
  readonly type: 'task.opened';
  readonly capabilities: readonly HeldCapability[];
  readonly input: DecisionInput;
  readonly expiresAt: string;
  readonly tokenHash: string;
  /** The delegation it was opened with. */
  readonly delegation?: string;
  readonly boundTo?: string;
  /** From when its request came until it was decided. */
  readonly milliseconds?: number;
}

interface TaskRefused extends Common {
  readonly type: 'task.refused';
  readonly agent: string;
  readonly owner?: Owner;
  readonly requester?: Requester;
  readonly purpose: string;
  readonly capabilities: readonly RequestedCapability[];
  /** The delegation that it asked to be opened with, and the chain above that. */
  readonly delegation?: string;
  readonly ancestors?: readonly Ancestor[];
  readonly code: Code;
  readonly detail: string;
  readonly decision?: Decision;
  readonly input?: DecisionInput;
  /** One for each of the input's operations. */
  readonly decisions?: readonly Decision[];
  readonly tokenHash: string;
  readonly milliseconds: number;
}

interface TaskRepeated extends OfTask {
  readonly type: 'task.repeated';
  readonly tokenHash: string;
}

interface TaskEnded extends OfTask {
  readonly type: 'task.finished' | 'task.revoked';
  readonly revocation: 'none' | 'pending' | 'inForce';
  /** The tasks under it, which end with it; not all of them where it says so. */
  readonly below: readonly string[];
  readonly belowIncomplete?: true;
  /** The person who revoked it, and why. */
  readonly by?: string;
  readonly why?: string;
  readonly decision?: Permission['decision'];
  readonly input?: Permission['input'];
  /** How long it was open. */
  readonly milliseconds: number;
}

interface DelegationOffered extends OfTask {
  readonly type: 'delegation.offered';
  readonly delegation: string;
  /** The agent it is for. */
  readonly to: string;
  readonly capabilities: readonly RequestedCapability[];
  readonly expiresAt: string;
}

interface DelegationRefused extends OfTask {
  readonly type: 'delegation.refused';
  readonly to: string;
  /** As they were asked for: parameters that were left out are the task's. */
  readonly capabilities: readonly (Pick<RequestedCapability, 'capability'> & Partial<RequestedCapability>)[];
  readonly code: Code;
  readonly detail: string;
}

/** Of a task that is over: whether its sessions on that role are denied by now. */
interface SessionsDenied extends OfTask {
  readonly type: 'credentials.revoked' | 'credentials.revocation_waits';
  readonly roleArn: string;
  /** What it waits for. */
  readonly detail?: string;
}

export type TaskEvent =
  | TaskOpened
  | TaskRefused
  | TaskRepeated
  | TaskEnded
  | DelegationOffered
  | DelegationRefused
  | SessionsDenied;
