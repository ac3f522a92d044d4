// A thousand tasks end early in any order and at once, beside others that stay open, on one role.
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { reconcile, revokeAsked } from '../../src/broker/index.ts';
import type { TaskDeny } from '../../src/credentials/index.ts';
import { MOST_INLINE_CHARACTERS, type NotRevoked } from '../../src/ports/revoker.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Task } from '../../src/tasks/index.ts';
import { HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { denies, sizeOf, type TaggedSession } from '../support/denies.ts';
import { createWorld, type World } from '../support/world.ts';

const ENDING = 1000;
const ROLE = 'arn:aws:iam::111122223333:role/bailiwick-reports';

/** The same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

interface Out {
  readonly task: Task;
  readonly token: string;
  readonly session: TaggedSession;
  readonly end: 'finish' | 'revoke' | 'expire' | 'stay';
}

type Random = () => number;

function endOf(place: number, random: Random): Out['end'] {
  if (place >= ENDING) return 'stay';
  const drawn = random();
  return drawn < 0.4 ? 'revoke' : drawn < 0.8 ? 'finish' : 'expire';
}

/** Tasks with a session each, vended over half an hour. STS's clock is up to a minute off. */
async function vend(world: World, live: number, random: Random): Promise<readonly Out[]> {
  const out: Out[] = [];
  for (let place = 0; place < ENDING + live; place += 1) {
    const end = endOf(place, random);
    const opened = await world.opened(end === 'expire' ? { ttlSeconds: 2400 } : {});
    const issued = await world.issue(opened.task.id, opened.token);
    if (issued instanceof Refusal) throw new Error(issued.detail);
    const { id: task, agent } = opened.task;
    const skew = Math.floor((random() - 0.5) * 118) * SECOND;
    const session = { agent, task, root: task, issued: world.clock.in(skew) };
    out.push({ ...opened, session, end });
    world.clock.advance(Math.floor(random() * 2.5 * SECOND));
  }
  return out;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** IAM with its limit, which now and then says nothing, or loses what it took. At no time does it deny a live task. */
class FakeIam {
  document: string | undefined;
  writes = 0;
  unsteady = true;
  readonly #random: Random;
  readonly #stillLive: () => readonly TaggedSession[];

  constructor(random: Random, stillLive: () => readonly TaggedSession[]) {
    this.#random = random;
    this.#stillLive = stillLive;
  }

  async read() {
    await setImmediate();
    return this.#fails() ?? { document: this.document };
  }

  async write(_: unknown, document: string | undefined) {
    await setImmediate();
    const failure = this.#fails();
    if (failure !== undefined) return failure;
    if (document !== undefined && sizeOf(document) > MOST_INLINE_CHARACTERS) throw new Error('LimitExceeded');
    for (const session of this.#stillLive()) {
      if (denies(document, session)) throw new Error(`denies ${session.task}, which is open`);
    }
    this.writes += 1;
    if (!this.unsteady || this.#random() > 0.1) this.document = document;
    return 'written' as const;
  }

  #fails(): NotRevoked | undefined {
    return this.unsteady && this.#random() < 0.1
      ? { problem: 'unavailable', detail: 'IAM did not answer.' }
      : undefined;
  }
}

async function prepared(live: number, seed: number) {
  const world = await createWorld();
  const random = seeded(seed);
  const out = await vend(world, live, random);
  const over = new Set<string>();
  const stillLive = () => out.filter(({ task }) => !over.has(task.id)).map(({ session }) => session);
  const isOpen = openIn(world, out);
  const iam = new FakeIam(random, () => stillLive().filter(({ task }) => isOpen(task)));
  Object.assign(world.revoker, { read: iam.read.bind(iam), write: iam.write.bind(iam) });
  // Every operation takes a while of its own, so that all orders come about.
  world.meddle = async (_, run) => {
    for (let turns = Math.floor(random() * 4); turns > 0; turns -= 1) await setImmediate();
    return run();
  };
  return { world, random, out, over, iam };
}

function openIn(world: World, out: readonly Out[]): (id: string) => boolean {
  const ends = new Map(out.map(({ task }) => [task.id, Date.parse(task.expiresAt)]));
  return (id) => (ends.get(id) ?? 0) > world.clock.now().getTime();
}

/** Ends everything that is to end, twenty at a time, with several Revokers about. */
async function endAll({ world, random, out, over }: Awaited<ReturnType<typeof prepared>>): Promise<void> {
  const ending = shuffled(
    out.filter(({ end }) => end === 'finish' || end === 'revoke'),
    random,
  );
  const worker = async () => {
    for (let one = ending.pop(); one !== undefined; one = ending.pop()) {
      const { task, token, end } = one;
      over.add(task.id);
      const ended = end === 'finish' ? await world.finish(task.id, token) : await world.revoke(task.id);
      if (ended instanceof Refusal) throw new Error(ended.detail);
      world.clock.advance(Math.floor(random() * SECOND));
    }
  };
  let done = false;
  const revokers = Array.from({ length: 3 }, async () => {
    while (!done) await revokeAsked(world.dependencies);
  });
  await Promise.all(Array.from({ length: 20 }, worker));
  done = true;
  await Promise.all(revokers);
}

/** What minutes of the reconciler and the Revoker make of it, once everything answers again. */
async function settle(world: World, iam: FakeIam, minutes: number): Promise<void> {
  world.meddle = undefined;
  iam.unsteady = false;
  for (let minute = 0; minute < minutes; minute += 1) {
    world.clock.advance(MINUTE);
    await reconcile(world.dependencies, { nothingUnderWay: false });
    await revokeAsked(world.dependencies);
  }
}

function told(world: World): ReadonlyMap<string, TaskDeny['state']> {
  const found = world.records.all().filter(({ key }) => key.sort.startsWith('deny/'));
  return new Map(found.map(({ key, value }) => [key.partition, (value as unknown as TaskDeny).state]));
}

const partitionOf = ({ task }: Out) => `task/${task.id.slice(-16)}`;

/** Some ten thousand steps: beside other tests on a busy machine they take a while. */
const MINUTES = { timeout: 3 * MINUTE };

describe.each([
  { live: 50, seed: 1 },
  { live: 400, seed: 3 },
])('$live open tasks beside a thousand that end', ({ live, seed }) => {
  it(
    'are never denied, and every revocation is in force, or waits for room that no finish has',
    MINUTES,
    async () => {
      const all = await prepared(live, seed);
      const { world, out, iam } = all;
      await endAll(all);
      await settle(world, iam, 6);

      const states = told(world);
      const now = world.clock.now();
      const early = out.filter(
        ({ end, task }) =>
          (end === 'finish' || end === 'revoke') && Date.parse(task.expiresAt) > now.getTime(),
      );
      const working = early.filter(
        ({ session }) => session.issued.getTime() + HOUR > now.getTime() + 2 * MINUTE,
      );
      expect(working.length).toBeGreaterThan(500);
      const denied = working.filter(({ session }) => denies(iam.document, session));
      const waiting = working.filter((one) => states.get(partitionOf(one)) === 'waiting');
      // Whatever is told to be in force is, and whatever is not waits.
      for (const one of working) {
        const state = states.get(partitionOf(one));
        if (state === 'inForce') expect(denies(iam.document, one.session), one.task.id).toBe(true);
        else expect(state, one.task.id).toBe('waiting');
      }
      expect(denied.length).toBeGreaterThanOrEqual(live < 400 ? working.length : 250);
      if (waiting.some(({ end }) => end === 'revoke')) {
        const finished = denied.filter(({ end }) => end === 'finish');
        expect(finished.map(({ task }) => task.id)).toEqual([]);
      }
      for (const { end, session } of out)
        if (end === 'stay') expect(denies(iam.document, session)).toBe(false);

      // Once all of it has ended by itself, nothing is left on the role.
      await settle(world, iam, 1);
      world.clock.advance(9 * HOUR);
      await settle(world, iam, 2);
      expect(iam.document).toBeUndefined();
      expect(world.told('credentials.revoked').length).toBeGreaterThanOrEqual(denied.length);
      expect(world.told('credentials.revoked')[0]).toMatchObject({ roleArn: ROLE });
    },
  );
});
