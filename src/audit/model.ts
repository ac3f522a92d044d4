// The audit's events: a closed union, each saying who, what, why and with which outcome.
import type { ApprovalStatus, Card, Channel, Vote } from '../approvals/index.ts';
import type { Decision, DecisionInput, Operation, Permission } from '../policy/index.ts';
import type { Code } from '../shared/codes.ts';
import type { Json } from '../shared/json.ts';
import type {
  Ancestor,
  CallKind,
  CallRefusal,
  CallSession,
  CallStatus,
  HeldCapability,
  Owner,
  RequestedCapability,
  Requester,
  StoredBody,
} from '../tasks/index.ts';
import type { OwnEvent } from './own-events.ts';

/** Every type there is: what an event's body may say, and what the docs must explain. */
export const EVENT_TYPES = [
  'task.opened',
  'task.repeated',
  'task.refused',
  'task.finished',
  'task.revoked',
  'delegation.offered',
  'delegation.refused',
  'call.requested',
  'call.awaiting',
  'call.decided',
  'call.granted',
  'call.executing',
  'call.succeeded',
  'call.denied',
  'call.failed',
  'call.unknown',
  'call.expired',
  'call.withdrawn',
  'call.voided',
  'call.repeated',
  'approval.asked',
  'approval.refused',
  'approval.revealed',
  'credentials.issued',
  'credentials.withheld',
  'credentials.revoked',
  'credentials.revocation_waits',
  'agent.quarantined',
  'agent.disabled',
  'agent.reinstated',
  'agent.attested',
  'token.refused',
  'config.loaded',
  'access.refused',
  'audit.exported',
  'audit.digested',
  'audit.finding',
] as const satisfies readonly EventBody['type'][];

/** What every event of a request says of that request. */
export interface RequestFacts {
  readonly id: string;
  readonly method: string;
  /** The route's template. */
  readonly route: string;
  readonly sourceAddress?: string;
  readonly traceparent?: string;
  /** Why, in the agent's own words: shown as theirs. */
  readonly reason?: string;
  readonly idempotencyKeyHash?: string;
  /** What was masked of what the request says: by type, how often. The event says it beside the request. */
  readonly masked?: Readonly<Record<string, number>>;
}

/** What every event of a task says of that task. */
export interface TaskFacts {
  readonly task: string;
  /** The whole chain above the task, the root first. */
  readonly ancestors: readonly Ancestor[];
  readonly agent: string;
  readonly owner?: Owner;
  readonly requester?: Requester;
  readonly purpose?: string;
}

interface Common {
  readonly configDigest: string;
  readonly request?: RequestFacts;
  /** What was masked: by type, how often. Left out where nothing was. */
  readonly masked?: Readonly<Record<string, number>>;
}

interface OfTask extends Common, TaskFacts {}

interface OfCall extends OfTask {
  readonly call: string;
  /** Where an Idempotency-Key was met again: the id that this request's own intent names. */
  readonly repetition?: string;
  readonly kind: CallKind;
  /** Of HTTP, masked: `GET /tickets/42`. */
  readonly requestLine?: string;
  /** The approval that it waited for. */
  readonly approval?: string;
}

interface OfApproval extends OfCall {
  readonly approval: string;
}

/** A body as it is written down: masked, and where it is large by itself. Of what is no text only what it is told apart by. */
export type RecordedBody =
  | { readonly text: string }
  | StoredBody
  | { readonly binary: true; readonly sha256: string; readonly bytes: number };

/** A request or an answer as it is written down: masked. */
export interface RecordedMessage {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: RecordedBody;
}

/** A `decision` stands with its `input`: all that it follows from beside the config that its `configDigest` names. */
export type EventBody =
  | (OfTask & {
      readonly type: 'task.opened';
      readonly capabilities: readonly HeldCapability[];
      readonly input: DecisionInput;
      readonly expiresAt: string;
      readonly tokenHash: string;
      /** The delegation it was opened with. */
      readonly delegation?: string;
      readonly boundTo?: string;
    })
  | (Common & {
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
    })
  | (OfTask & { readonly type: 'task.repeated'; readonly tokenHash: string })
  | (OfTask & {
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
    })
  | (OfTask & {
      readonly type: 'delegation.offered';
      readonly delegation: string;
      /** The agent it is for. */
      readonly to: string;
      readonly capabilities: readonly RequestedCapability[];
      readonly expiresAt: string;
    })
  | (OfTask & {
      readonly type: 'delegation.refused';
      readonly to: string;
      readonly code: Code;
      readonly detail: string;
    })
  | (Common & {
      readonly type: 'agent.quarantined' | 'agent.disabled' | 'agent.reinstated' | 'agent.attested';
      readonly agent: string;
      readonly by: string;
      readonly why: string;
      readonly decision?: Permission['decision'];
      readonly input?: Permission['input'];
      /** What was attested. */
      readonly attested?: { readonly digest: string; readonly capabilities: readonly string[] };
    })
  | (Common & {
      readonly type: 'token.refused';
      /** One that the config names, or `unknown`. */
      readonly issuer: string;
      readonly reason: string;
      /** Whom it is counted by: an address, or the network of one. */
      readonly address: string;
      readonly tokenHash: string;
      /** Of the agent, or the task, that the token proves to be for all the same. */
      readonly agent?: string;
      readonly task?: string;
    })
  | (OfCall & {
      readonly type: 'call.requested';
      readonly requested: Json;
      /** Of HTTP: what is to go to the target. Its credential is put in later, and stands nowhere. */
      readonly sent?: RecordedMessage;
      /** Headers that the agent sent and that do not go on. */
      readonly dropped?: readonly string[];
    })
  | (OfCall & {
      readonly type: 'call.succeeded';
      readonly target: string;
      readonly operation: readonly Operation[];
      readonly decision: Decision;
      readonly input: DecisionInput;
      readonly answered: RecordedMessage & {
        readonly status: number;
        /** As the target sent it. */
        readonly bytes: number;
        /** A stream of events that was cut, and by what. */
        readonly truncated?: 'bytes' | 'time';
      };
      /** How often it was sent, where the first time was answered with 401. */
      readonly sends?: number;
      /** Headers of the target's that the agent does not get. */
      readonly withheld?: readonly string[];
      /** What the request was signed with. */
      readonly session?: CallSession;
      readonly milliseconds: number;
    })
  | (OfCall & {
      readonly type: 'call.denied' | 'call.failed';
      readonly operation?: readonly Operation[];
      readonly decision?: Decision;
      readonly input?: DecisionInput;
      readonly refusal: CallRefusal;
      readonly session?: CallSession;
      readonly milliseconds: number;
    })
  | (OfCall & {
      readonly type: 'credentials.issued';
      readonly target: string;
      readonly operation: readonly RequestedCapability[];
      readonly decision: Decision;
      readonly input: DecisionInput;
      readonly session: CallSession;
      readonly milliseconds: number;
    })
  | (OfCall & { readonly type: 'credentials.withheld'; readonly code: Code; readonly detail: string })
  | (OfTask & {
      /** Of a task that is over: whether its sessions on that role are denied by now. */
      readonly type: 'credentials.revoked' | 'credentials.revocation_waits';
      readonly roleArn: string;
      /** What it waits for. */
      readonly detail?: string;
    })
  | (OfCall & { readonly type: 'call.repeated'; readonly answer: Code | CallStatus })
  | (OfApproval & {
      readonly type: 'call.awaiting';
      readonly operation: readonly Operation[];
      readonly decision: Decision;
      readonly input: DecisionInput;
      readonly expiresAt: string;
      readonly fingerprint: string;
      /** What those who decide are shown, to the letter. */
      readonly card: Card;
      readonly milliseconds: number;
    })
  | (OfApproval & {
      /** What one person said, and what that came to. */
      readonly type: 'call.decided';
      readonly by: string;
      readonly groups: readonly string[];
      readonly vote: Vote['decision'];
      readonly why?: string;
      readonly channel: Channel;
      readonly status: ApprovalStatus;
      readonly permission: Permission;
    })
  | (OfApproval & {
      /** Of credentials: they are issued when they are asked for again. */
      readonly type: 'call.granted';
      readonly approvals: readonly string[];
    })
  | (OfApproval & {
      /** Approved, and about to leave. */
      readonly type: 'call.executing';
      readonly approvals: readonly string[];
      readonly operation: readonly Operation[];
      readonly decision: Decision;
      readonly input: DecisionInput;
    })
  | (OfApproval & {
      readonly type: 'call.expired' | 'call.withdrawn' | 'call.voided';
      readonly refusal: CallRefusal;
      /** The person who ended it, where one did. */
      readonly by?: string;
    })
  | (OfApproval & {
      readonly type: 'approval.asked';
      /** People by their ids, and the channel by its name. */
      readonly asked: readonly string[];
      /** Those whom nothing could be sent to. */
      readonly unreached?: readonly string[];
      readonly escalation?: true;
    })
  | (OfApproval & {
      /** Somebody wanted to decide it, or look at it, who may not. */
      readonly type: 'approval.refused';
      readonly by: string;
      readonly channel: Channel;
      readonly code: Code;
      readonly detail: string;
    })
  | (OfApproval & {
      /** Somebody looked at the operation as it is, unmasked. */
      readonly type: 'approval.revealed';
      readonly by: string;
      readonly channel: Channel;
    })
  | (OfCall & {
      readonly type: 'call.unknown';
      readonly detail: string;
      readonly session?: CallSession;
      readonly operation?: readonly Operation[];
      readonly decision?: Decision;
      readonly input?: DecisionInput;
      readonly refusal?: CallRefusal;
      readonly milliseconds?: number;
    })
  | (Common & OwnEvent)
  | (Common & { readonly type: 'config.loaded'; readonly agents: number; readonly targets: number });
