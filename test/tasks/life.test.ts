// The lives of tasks and calls: every change from every state, the illegal ones too.
import { describe, expect, it } from 'vitest';
import {
  CALL_CHANGES,
  CALL_STATUSES,
  type Call,
  type CallChangeName,
  type CallStatus,
  changeCall,
  endTask,
  hasEnded,
  statusAt,
  TASK_CHANGES,
  type Task,
  type TaskChangeName,
  type TaskStatus,
  viewTask,
} from '../../src/tasks/index.ts';

const TASK: Task = {
  id: 'task_01hzzzzzzz0000000000000000',
  agent: 'report-builder',
  owner: { team: 'Data', email: 'data@example.com' },
  status: 'open',
  purpose: 'Build the report',
  capabilities: [],
  ancestors: [],
  openedAt: '2026-03-02T12:00:00.000Z',
  expiresAt: '2026-03-02T13:00:00.000Z',
  configDigest: 'd',
  tokenHash: 't',
  requestHash: 'r',
  openedEvent: 'evt_1',
};
const BEFORE = new Date('2026-03-02T12:59:59.999Z');
const AT = new Date(TASK.expiresAt);

/** How a task looks that is in that state at a moment. */
const TASK_IN: Readonly<Record<TaskStatus, { readonly task: Task; readonly now: Date }>> = {
  open: { task: TASK, now: BEFORE },
  expired: { task: TASK, now: AT },
  finished: { task: { ...TASK, status: 'finished' }, now: BEFORE },
  revoked: { task: { ...TASK, status: 'revoked' }, now: BEFORE },
};
const TASK_TABLE: Readonly<Record<TaskChangeName, Readonly<Record<TaskStatus, TaskStatus | undefined>>>> = {
  finish: { open: 'finished', expired: undefined, finished: undefined, revoked: undefined },
  revoke: { open: 'revoked', expired: undefined, finished: undefined, revoked: undefined },
};

const pairs = <Change extends string, State extends string>(
  table: Readonly<Record<Change, Readonly<Record<State, State | undefined>>>>,
) =>
  Object.entries<Readonly<Record<State, State | undefined>>>(table).flatMap(([change, row]) =>
    Object.entries<State | undefined>(row).map(
      ([state, result]) => [change as Change, state as State, result] as const,
    ),
  );

describe('a task', () => {
  it.each(pairs(TASK_TABLE))('%s of one that is %s: %s', (change, state, result) => {
    const { task, now } = TASK_IN[state];
    const end = { at: now.toISOString(), event: 'evt_2', credentials: 'none' } as const;
    const changed = endTask(task, change, end);
    expect(changed).toEqual(result === undefined ? undefined : { ...task, status: result, ended: end });
  });

  it('has every change and every state in the table above', () => {
    expect(Object.keys(TASK_TABLE)).toEqual(Object.keys(TASK_CHANGES));
  });

  it.each(Object.entries(TASK_IN))('that is %s is shown so', (status, { task, now }) => {
    expect(statusAt(task, now)).toBe(status);
    expect(viewTask(task, statusAt(task, now)).status).toBe(status);
  });

  it('is over once it has ended, whatever the clock says', () => {
    expect(statusAt({ ...TASK, status: 'finished' }, new Date(0))).toBe('finished');
  });

  it('is not open where its deadline is no date', () => {
    expect(statusAt({ ...TASK, expiresAt: '' }, BEFORE)).toBe('expired');
  });

  it('is shown without what only the broker needs', () => {
    const shown = viewTask({ ...TASK, requester: { id: 'dana@example.com', proven: true } }, 'open');
    expect(Object.keys(shown).sort()).toEqual([
      ...['agent', 'capabilities', 'expiresAt', 'id', 'openedAt', 'purpose', 'requester', 'status'],
    ]);
  });
});

const CALL: Call = {
  id: 'call_01hzzzzzzz0000000000000000',
  task: TASK.id,
  agent: TASK.agent,
  status: 'requested',
  kind: 'credentials',
  requested: [],
  requestHash: 'r',
  ancestors: [],
  configDigest: 'd',
  requestedAt: '2026-03-02T12:00:00.000Z',
  deadline: '2026-03-02T12:00:25.000Z',
  intentEvent: 'evt_1',
  outcomeEvent: 'evt_2',
};
const NOWHERE: Readonly<Record<CallStatus, undefined>> = {
  requested: undefined,
  awaiting_approval: undefined,
  approved: undefined,
  executing: undefined,
  succeeded: undefined,
  failed: undefined,
  denied: undefined,
  expired: undefined,
  withdrawn: undefined,
  void: undefined,
  outcome_unknown: undefined,
};
const UNDER_WAY: readonly CallStatus[] = ['requested', 'awaiting_approval', 'approved', 'executing'];
const CALL_TABLE: Readonly<Record<CallChangeName, Readonly<Record<CallStatus, CallStatus | undefined>>>> = {
  wait: { ...NOWHERE, requested: 'awaiting_approval' },
  grant: { ...NOWHERE, awaiting_approval: 'approved' },
  execute: { ...NOWHERE, awaiting_approval: 'executing' },
  succeed: { ...NOWHERE, requested: 'succeeded', approved: 'succeeded', executing: 'succeeded' },
  fail: { ...NOWHERE, requested: 'failed', awaiting_approval: 'failed', executing: 'failed' },
  deny: { ...NOWHERE, requested: 'denied', awaiting_approval: 'denied' },
  expire: { ...NOWHERE, awaiting_approval: 'expired', approved: 'expired' },
  withdraw: { ...NOWHERE, awaiting_approval: 'withdrawn', approved: 'withdrawn' },
  void: { ...NOWHERE, awaiting_approval: 'void', approved: 'void', executing: 'void' },
  loseTrack: { ...NOWHERE, requested: 'outcome_unknown', executing: 'outcome_unknown' },
};

describe('a call', () => {
  it.each(pairs(CALL_TABLE))('%s of one that is %s: %s', (change, state, result) => {
    const call = { ...CALL, status: state };
    const refusal = { code: 'denied_by_policy', detail: 'No.' } as const;
    const changed = changeCall(call, change, { refusal }, BEFORE);
    if (result === undefined) return expect(changed).toBeUndefined();
    const over = UNDER_WAY.includes(result) ? {} : { endedAt: BEFORE.toISOString() };
    expect(changed).toEqual({ ...call, refusal, status: result, ...over });
    expect(hasEnded({ status: result })).toBe('endedAt' in over);
  });

  it('has every change and every state in the table above', () => {
    expect(Object.keys(CALL_TABLE)).toEqual(Object.keys(CALL_CHANGES));
    expect(Object.keys(NOWHERE)).toEqual([...CALL_STATUSES]);
  });
});
