// Events of calls: the intent, and the one outcome that each of them has.
import type { Decision, DecisionInput, Operation } from '../policy/index.ts';
import type { Code } from '../shared/codes.ts';
import type { Json } from '../shared/json.ts';
import type { CallRefusal, CallSession, CallStatus, RequestedCapability } from '../tasks/index.ts';
import type { OfCall, RecordedMessage } from './of-all.ts';

/** Written before the task is read, so it knows no requester and no purpose: its outcome does. */
interface CallRequested extends OfCall {
  readonly type: 'call.requested';
  readonly requested: Json;
  /** Of HTTP: what is to go to the target. Its credential is put in later, and stands nowhere. */
  readonly sent?: RecordedMessage;
  /** Headers that the agent sent and that do not go on. */
  readonly dropped?: readonly string[];
}

interface CallSucceeded extends OfCall {
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
}

interface CallRefused extends OfCall {
  readonly type: 'call.denied' | 'call.failed';
  readonly operation?: readonly Operation[];
  readonly decision?: Decision;
  readonly input?: DecisionInput;
  readonly refusal: CallRefusal;
  readonly session?: CallSession;
  /** The person who denied it, where one did. */
  readonly by?: string;
  readonly milliseconds: number;
}

interface CallUnknown extends OfCall {
  readonly type: 'call.unknown';
  readonly detail: string;
  readonly session?: CallSession;
  readonly operation?: readonly Operation[];
  readonly decision?: Decision;
  readonly input?: DecisionInput;
  readonly refusal?: CallRefusal;
  /** Left out where nobody saw it end. */
  readonly milliseconds?: number;
}

interface CallRepeated extends OfCall {
  readonly type: 'call.repeated';
  readonly answer: Code | CallStatus;
  readonly milliseconds: number;
}

interface CredentialsIssued extends OfCall {
  readonly type: 'credentials.issued';
  readonly target: string;
  readonly operation: readonly RequestedCapability[];
  readonly decision: Decision;
  readonly input: DecisionInput;
  readonly session: CallSession;
  readonly milliseconds: number;
}

/** After they were issued: nobody got them. */
interface CredentialsWithheld extends OfCall {
  readonly type: 'credentials.withheld';
  readonly operation: readonly RequestedCapability[];
  readonly accessKeyId: string;
  readonly code: Code;
  readonly detail: string;
  readonly milliseconds: number;
}

export type CallEvent =
  | CallRequested
  | CallSucceeded
  | CallRefused
  | CallUnknown
  | CallRepeated
  | CredentialsIssued
  | CredentialsWithheld;
