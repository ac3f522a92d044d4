// The deny of a role, read as IAM reads it: whom it stops, whom it never does, and how large it is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EndedTask, planDeny } from '../../src/credentials/index.ts';
import { type Draw, draws } from '../support/iam/draw.ts';
import { type IamPolicy, verdictOf } from '../support/iam/evaluate.ts';
import {
  ISSUING,
  NOW,
  ROOMS,
  roles,
  SECOND,
  type Session,
  SKEW,
  strangers,
  taskId,
} from '../support/iam/random-roles.ts';

function stops(document: string | undefined, { tags, issued }: Session, draw: Draw): boolean {
  if (document === undefined) return false;
  const names = Object.entries(tags ?? {}).map(([name, value]) => [`aws:PrincipalTag/${name}`, value]);
  const text = `${new Date(issued).toISOString().slice(0, 19)}Z`;
  const verdict = verdictOf(JSON.parse(document) as IamPolicy, {
    action: draw.of(['s3:GetObject', 'iam:GetRole', 'sts:AssumeRole']),
    resource: draw.of(['arn:aws:s3:::acme/a', '*', 'arn:aws:iam::111122223333:role/a']),
    context: {
      ...Object.fromEntries(names),
      'aws:userid': `AROAEXAMPLE:${tags === undefined ? 'dana' : `${tags.task}-abc`}`,
      'aws:TokenIssueTime': text,
    },
  });
  expect(verdict).not.toBe('allow');
  return verdict === 'deny';
}

describe('the deny of a role', () => {
  it('stops every task that it says it stops, and nobody else, whatever the clocks say', () => {
    let [named, byTime, waited] = [0, 0, 0];
    fc.assert(
      fc.property(roles, ({ ended, live, now, sessions, draw }) => {
        const room = draw.of(ROOMS);
        const { document, denied, waiting } = planDeny(ended, live, now, room);
        if (document?.includes('EarlierSessions')) byTime += ended.length > 200 ? 1 : 0;
        else named += denied.size > 0 ? 1 : 0;
        waited += waiting.size > 0 ? 1 : 0;

        expect((document ?? '').replace(/\s/gu, '').length).toBeLessThanOrEqual(room);
        expect(new Set([...denied, ...waiting])).toEqual(new Set(ended.map(({ task }) => task)));
        expect(denied.size + waiting.size).toBe(ended.length);
        const free = [...live.flatMap((task) => sessions.get(task) ?? []), ...strangers(draw, now)];
        for (const session of free) {
          if (stops(document, session, draw)) expect(session).toBe('not stopped');
        }
        for (const session of [...denied].flatMap((task) => sessions.get(task) ?? [])) {
          if (!stops(document, session, draw)) expect(session).toBe('stopped');
        }
      }),
      { numRuns: 200 },
    );
    // Else it has shown nothing.
    expect(Math.min(named, byTime, waited)).toBeGreaterThan(5);
  });

  it('is the same whatever the order of the tasks', () => {
    fc.assert(
      fc.property(roles, ({ ended, live, now, draw }) => {
        const room = draw.of(ROOMS);
        const plan = planDeny(ended, live, now, room);
        const turned = planDeny(ended.toReversed(), live.toReversed(), now, room);
        expect(turned.document).toBe(plan.document);
        expect(turned.denied).toEqual(plan.denied);
      }),
      { numRuns: 50 },
    );
  });

  it('lets nobody wait for whom there is room', () => {
    fc.assert(
      fc.property(roles, ({ ended, live, now }) => {
        const { document } = planDeny(ended, live, now, Number.MAX_SAFE_INTEGER);
        // An entry counts as more than it takes where it is the first of its kind.
        const room = (document?.length ?? 0) + 200;
        expect(planDeny(ended, live, now, room).waiting.size).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});

function endedTask(given: Partial<EndedTask> = {}): EndedTask {
  const task = taskId();
  return {
    task,
    agent: 'agent-0',
    root: task,
    rootOver: true,
    revoked: false,
    latest: new Date(NOW.getTime() - 600 * SECOND),
    endsBy: new Date(NOW.getTime() + 600 * SECOND),
    ...given,
  };
}
const many = (count: number, given: Partial<EndedTask> = {}) =>
  Array.from({ length: count }, () => endedTask(given));

describe('how it is said', () => {
  const statementsOf = (document: string | undefined) =>
    document === undefined ? [] : (JSON.parse(document) as { Statement: { Sid: string }[] }).Statement;
  const sids = (...plan: Parameters<typeof planDeny>) =>
    statementsOf(planDeny(...plan).document).map(({ Sid }) => Sid);

  it('is nothing where nobody is over', () => {
    expect(planDeny([], ['task_1'], NOW)).toEqual({
      document: undefined,
      denied: new Set(),
      waiting: new Set(),
    });
  });

  it('names tasks, trees that are over as one, and disabled agents as one', () => {
    const [alone, tree] = [endedTask(), endedTask()];
    const under = endedTask({ root: tree.task });
    const agent = many(2, { agent: 'agent-1', agentDisabled: NOW });
    const { document } = planDeny([alone, tree, under, ...agent], [], NOW);
    expect(JSON.parse(document ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        [
          'DisabledAgent0',
          'agent',
          'agent-1',
          { DateLessThan: { 'aws:TokenIssueTime': '2026-03-02T12:02:01Z' } },
        ],
        ['EndedTrees', 'root', [tree.task]],
        ['EndedTasks', 'task', [alone.task]],
      ].map(([Sid, tag, value, more]) => ({
        Sid,
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { [`aws:PrincipalTag/${tag}`]: value }, ...Object(more) },
      })),
    });
  });

  it('stops an agent that may act again for no longer than clocks may differ', () => {
    const { document } = planDeny(many(2, { agent: 'agent-1', agentDisabled: NOW }), [], NOW);
    const tags = { agent: 'agent-1', task: 'task_new', root: 'task_new' };
    fc.assert(
      fc.property(draws, (draw) => {
        expect(stops(document, { tags, issued: NOW.getTime() + SKEW + ISSUING + SECOND }, draw)).toBe(false);
      }),
      { numRuns: 5 },
    );
  });

  it('names no tree whose root goes on', () => {
    const root = taskId();
    expect(sids(many(2, { root, rootOver: false }), [root], NOW)).toEqual(['EndedTasks']);
  });

  it('names about 300 tasks, and stops more by the time that they were issued at', () => {
    expect(sids(many(280), [], NOW)).toEqual(['EndedTasks']);
    const ended = many(600);
    const { document, waiting } = planDeny(ended, ['task_live'], NOW);
    expect(waiting.size).toBe(0);
    expect(statementsOf(document)).toEqual([
      {
        Sid: 'EarlierSessions',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: {
          DateLessThan: { 'aws:TokenIssueTime': '2026-03-02T11:59:00Z' },
          Null: { 'aws:PrincipalTag/task': 'false' },
          StringLike: { 'aws:userid': '*:task_*' },
          StringNotEquals: { 'aws:PrincipalTag/task': ['task_live'] },
        },
      },
    ]);
  });

  it('names, beside those, what was asked for a moment ago', () => {
    const [recent, old] = [endedTask({ latest: NOW }), many(600)];
    const plan = planDeny([recent, ...old], [], NOW);
    expect(plan.waiting.size).toBe(0);
    expect(statementsOf(plan.document)).toMatchObject([
      { Sid: 'EndedTasks', Condition: { StringEquals: { 'aws:PrincipalTag/task': [recent.task] } } },
      { Sid: 'EarlierSessions' },
    ]);
  });

  it('lets what finished wait where too many are live, never what was revoked', () => {
    const live = many(400).map(({ task }) => task);
    const [finished, revoked] = [many(300, { since: 'x' }), many(200, { revoked: true })];
    const { denied, waiting } = planDeny([...finished, ...revoked], live, NOW);
    for (const { task } of revoked) expect(denied).toContain(task);
    expect(waiting.size).toBeGreaterThan(100);
    // Those that are denied already stay so, as far as there is room.
    expect(denied.size).toBeGreaterThan(270);
  });

  it('keeps what is denied, then what would work for longest', () => {
    const at = (seconds: number) => ({ endsBy: new Date(NOW.getTime() + seconds * SECOND) });
    const [short, long, stands] = [endedTask(at(10)), endedTask(at(20)), endedTask({ ...at(5), since: 'x' })];
    const most = planDeny([short, long, stands], [], NOW).document?.length ?? 0;
    const live = many(400).map(({ task }) => task);
    const one = short.task.length + 3;
    expect([...planDeny([short, long, stands], live, NOW, most - one + 10).waiting]).toEqual([short.task]);
    expect([...planDeny([short, long, stands], live, NOW, most - 2 * one + 10).denied]).toEqual([
      stands.task,
    ]);
  });
});
