// Under which keys approvals are kept: one partition each, so that many who decide at once meet there alone.

import type { ObjectKey } from '../ports/objects.ts';
import type { RecordKey } from '../ports/records.ts';
import { tailOf } from '../shared/ids.ts';
import { taskKey } from '../tasks/index.ts';

export function approvalKey(approval: string): RecordKey {
  return { partition: `approval/${tailOf(approval)}`, sort: 'approval' };
}

export const PENDING_PREFIX = 'approval/';

/** Beside its task, so that whoever ends the task finds it. */
export function pendingKey(task: string, approval: string): RecordKey {
  return { partition: taskKey(task).partition, sort: `${PENDING_PREFIX}${tailOf(approval)}` };
}

/** Beside its task, by what it is bound to: whoever asks for just the same credentials again finds it. */
export function grantKey(task: string, fingerprint: string): RecordKey {
  return { partition: taskKey(task).partition, sort: `grant/${fingerprint}` };
}

/** A task lasts far less than that. */
export function sealedKey(task: string, call: string): ObjectKey {
  return `30d/sealed/${tailOf(task)}/${tailOf(call)}`;
}
