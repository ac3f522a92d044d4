// `kill -9` at many moments around an approval: what waited still waits, what was decided runs at most once, nothing hangs.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Broker } from '../support/command.ts';
import { until } from '../support/poll.ts';
import {
  add,
  type CallStanding,
  configWith,
  decideBy,
  linkTo,
  openTask,
  type Pending,
  pendingIn,
  standing,
  startCounter,
  type Task,
} from './support/approvals.ts';
import { ask, brokerForTest, demoAuditorToken, temporaryDirectory } from './support/broker.ts';

const ROUNDS = 8;
/** In each round so many are asked for while the broker dies, and so many decided. */
const EACH = 4;
const FINAL = ['succeeded', 'denied', 'failed', 'outcome_unknown', 'void', 'expired', 'withdrawn'];

/** What is under way when the broker dies comes to nothing, or to something that the next one tells. */
const tried = (work: Promise<unknown>) => work.catch(() => undefined);

interface Item {
  readonly name: string;
  readonly task: Task;
  decision?: 'approve' | 'deny';
  /** Once it is known. */
  pending?: Pending;
}

async function kill(broker: Broker): Promise<void> {
  broker.child.kill('SIGKILL');
  await broker.ended;
}

/**
 * By its key, a call that was begun is found again; one that was not is begun. One that had not come so far as to wait
 * ends as one of which nothing is known.
 */
async function found({ name, task, pending }: Item, url: string): Promise<Pick<Pending, 'call'>> {
  if (pending !== undefined) return pending;
  const answer = await add({ ...task, url }, name);
  if (answer.body['code'] === 'outcome_unknown') return { call: String(answer.body['call']) };
  return pendingIn(answer);
}

async function decide(item: Item, approval: string, data: string, url: string): Promise<unknown> {
  const decision = item.decision ?? 'approve';
  item.decision = decision;
  return decideBy(await linkTo(data, { approval }), url, { decision, reason: 'Killed' });
}

interface Told {
  readonly type: string;
  readonly call?: string;
}

async function eventsOf(url: string, data: string, task: string): Promise<readonly Told[]> {
  const path = `${url}/v1/tasks/${task}/events?limit=500`;
  return ((await ask(path, 'GET', demoAuditorToken(data))).body as unknown as { events: readonly Told[] })
    .events;
}

test('killed and started again, round after round', { timeout: 120_000 }, async () => {
  const counter = await startCounter();
  const args = ['--config', configWith(counter), '--data', join(temporaryDirectory(), 'data')];
  const data = args[3] ?? '';
  const items: Item[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const broker = await brokerForTest(args);
    const task = await openTask(broker.url, data);
    const waiting = Array.from({ length: EACH }, (_, place): Item => ({ name: `r${round}-w${place}`, task }));
    const decided = Array.from(
      { length: EACH },
      (_, place): Item => ({
        ...{ name: `r${round}-d${place}`, task },
        decision: place === 0 ? 'deny' : 'approve',
      }),
    );
    items.push(...waiting, ...decided);
    for (const item of decided) item.pending = pendingIn(await add(task, item.name));
    await Promise.all(decided.map(({ pending }) => pending && linkTo(data, pending)));
    // Those that are asked for, and those that are decided, while it dies: each round a little later.
    const under = [
      ...decided.map((item) => tried(decide(item, item.pending?.approval ?? '', data, broker.url))),
      ...waiting.map((item) => tried(add(task, item.name))),
    ];
    await Promise.race([setTimeout(round * 12), Promise.all(under)]);
    await kill(broker);
    await Promise.all(under);
  }

  const { url } = await brokerForTest(args);
  const ends = await Promise.all(
    items.map(async (item) => {
      const task = { ...item.task, url };
      const pending = await found(item, url);
      // What nobody came to decide is decided now; what was decided is not decided again.
      const now = await standing(task, pending);
      if (now.status === 'awaiting_approval') await decide(item, now.approval?.id ?? '', data, url);
      const end = await until(`the end of ${item.name}`, async (): Promise<CallStanding | undefined> => {
        const view = await standing(task, pending);
        return view.endedAt === undefined ? undefined : view;
      });
      return { item, call: pending.call, end };
    }),
  );
  for (const { item, end } of ends) {
    const count = counter.counts.get(`/added/${item.name}`) ?? 0;
    const said = { name: item.name, status: end?.status, count };
    expect(FINAL, item.name).toContain(end?.status);
    if (item.decision === 'deny') expect(said).toEqual({ ...said, status: 'denied', count: 0 });
    else if (end?.status === 'succeeded') expect(said).toEqual({ ...said, count: 1 });
    // On its way to people when the broker died: nobody was asked.
    else if (end?.status === 'failed') expect(said).toEqual({ ...said, count: 0 });
    // Carried out or not, when the broker died on it: but never twice.
    else {
      const most = item.decision === 'approve' ? 1 : 0;
      expect({ ...said, count: count <= most }).toEqual({ ...said, status: 'outcome_unknown', count: true });
    }
  }
  for (const task of new Set(items.map((item) => item.task.id))) {
    const events = await eventsOf(url, data, task);
    for (const { item, call } of ends.filter((one) => one.item.task.id === task)) {
      const types = events.filter((event) => event.call === call).map(({ type }) => type);
      const howMany = (wanted: RegExp) => types.filter((type) => wanted.test(type)).length;
      const told = {
        outcomes: howMany(/^call\.(succeeded|denied|failed|unknown|voided)$/),
        decisions: howMany(/^call\.decided$/),
        begun: howMany(/^call\.executing$/) <= 1,
      };
      const decisions = item.decision === undefined ? 0 : 1;
      expect({ name: item.name, types, ...told }).toMatchObject({ outcomes: 1, decisions, begun: true });
    }
  }
});
