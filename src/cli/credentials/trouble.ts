// Why there are no credentials: as one line for whoever runs the command, and as an answer that SDKs understand.
import { STATUS_OF_CODE } from '../../shared/codes.ts';
import { CallRefused, NoAnswer, type Problem, WrongUse } from '../remote/trouble.ts';

/** People have to approve first. */
export class ApprovalPending extends Error {
  override readonly name = 'ApprovalPending';
  readonly statusUrl: string;

  constructor(statusUrl: string) {
    super('approval pending');
    this.statusUrl = statusUrl;
  }
}

export interface Trouble {
  /** The broker's "no"; a broker that can't be asked just now; a task that is over for good. */
  readonly kind: 'refused' | 'away' | 'over';
  readonly status: number;
  readonly code: string;
  /** What is wrong, and what to do about it. */
  readonly message: string;
}

/** Where what the broker says is not all there is to say to whoever runs this command. */
const ADVICE: Readonly<Record<string, string>> = {
  unauthenticated: "This takes the task's own token (bwt_…), which came with the task, and no other task's.",
  proof_required: 'The token is bound to a key (DPoP), which this command does not have: ask by REST.',
  not_found: 'Is it the right broker, and the right task?',
};

function statusOf(code: string): number {
  return Object.hasOwn(STATUS_OF_CODE, code) ? STATUS_OF_CODE[code as keyof typeof STATUS_OF_CODE] : 403;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function messageOf({ code, detail, errors = [], decision, requestId }: Problem): string {
  const { policies } = decision ?? {};
  const advice = ADVICE[code];
  return [
    sentence(detail),
    ...errors.map(({ path, problem }) => sentence(`${path === '' ? 'The request' : path} ${problem}`)),
    ...(policies === undefined || policies.length === 0 ? [] : [`Decided by ${policies.join(', ')}.`]),
    ...(advice === undefined ? [] : [advice]),
    ...(requestId === undefined ? [] : [`(request id ${requestId})`]),
  ].join(' ');
}

function refused(problem: Problem): Trouble {
  const { code } = problem;
  const status = statusOf(code);
  const isPassing = status >= 500 || status === 429 || status === 409;
  const kind = code === 'task_over' ? 'over' : isPassing ? 'away' : 'refused';
  return { kind, status, code, message: messageOf(problem) };
}

/** Undefined for what is no trouble of these kinds, but a mistake in this program. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (error instanceof CallRefused) return refused(error.problem);
  if (error instanceof NoAnswer) {
    return { kind: 'away', status: 503, code: 'broker_unavailable', message: error.message };
  }
  // A file that is being replaced may be away for a moment, as a broker may.
  if (error instanceof WrongUse) {
    return { kind: 'away', status: 503, code: 'no_token', message: error.message };
  }
  if (error instanceof ApprovalPending) {
    const message = `People have to approve this first: ${error.statusUrl} says how it stands. Once they have, ask again.`;
    return { kind: 'refused', status: 403, code: 'approval_pending', message };
  }
  return undefined;
}

export const TASK_OVER: Trouble = {
  kind: 'over',
  status: STATUS_OF_CODE.task_over,
  code: 'task_over',
  message: 'The task is over. Open a new one.',
};

export function troubleLine({ code, message }: Trouble): string {
  return `${code}: ${message}`;
}
