// What each function reads from its environment, as its own schema says it: a variable left out fails the compiler.
import type { z } from 'zod';
import type { environment as archiveEvents } from '../lambdas/archive-events/env.ts';
import type { environment as askApprovers } from '../lambdas/ask-approvers/env.ts';
import type { environment as decideApproval } from '../lambdas/decide-approval/env.ts';
import type { environment as executeCall } from '../lambdas/execute-call/env.ts';
import type { environment as front } from '../lambdas/front/env.ts';
import type { environment as issueCredentials } from '../lambdas/issue-credentials/env.ts';
import type { environment as makeCall } from '../lambdas/make-call/env.ts';
import type { environment as openTask } from '../lambdas/open-task/env.ts';
import type { environment as operate } from '../lambdas/operate/env.ts';
import type { environment as readCalls } from '../lambdas/read-calls/env.ts';
import type { environment as readEvents } from '../lambdas/read-events/env.ts';
import type { environment as reconcile } from '../lambdas/reconcile/env.ts';
import type { environment as revealOperation } from '../lambdas/reveal-operation/env.ts';
import type { environment as revokeSessions } from '../lambdas/revoke-sessions/env.ts';
import type { environment as rotateKeys } from '../lambdas/rotate-keys/env.ts';
import type { environment as signDigest } from '../lambdas/sign-digest/env.ts';
import type { environment as tasks } from '../lambdas/tasks/env.ts';
import type { FunctionName } from './functions.ts';

interface Schemas extends Record<FunctionName, z.core.$ZodType> {
  'open-task': typeof openTask;
  tasks: typeof tasks;
  'issue-credentials': typeof issueCredentials;
  'make-call': typeof makeCall;
  'execute-call': typeof executeCall;
  'ask-approvers': typeof askApprovers;
  'decide-approval': typeof decideApproval;
  'reveal-operation': typeof revealOperation;
  'read-calls': typeof readCalls;
  operate: typeof operate;
  'read-events': typeof readEvents;
  front: typeof front;
  reconcile: typeof reconcile;
  'revoke-sessions': typeof revokeSessions;
  'rotate-keys': typeof rotateKeys;
  'archive-events': typeof archiveEvents;
  'sign-digest': typeof signDigest;
}

export type Environments = { readonly [Name in FunctionName]: z.input<Schemas[Name]> };
