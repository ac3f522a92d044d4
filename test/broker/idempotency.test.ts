// The same Idempotency-Key for credentials: it waits, repeats, never runs twice at once, and tells other bodies apart.
import { beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/shared/errors.ts';
import type { Task } from '../../src/tasks/index.ts';
import { DAY, HOUR, SECOND } from '../support/clock.ts';
import { codeOf, createWorld, HELD, READ, type World } from '../support/world.ts';

let world: World;
let task: Task;
let token: string;
beforeEach(async () => {
  world = await createWorld();
  const capabilities = [
    ...HELD,
    ...['list', 'write'].map((name) => ({ capability: `reports:${name}`, parameters: {} })),
  ];
  ({ task, token } = await world.opened({ capabilities }));
});

const again = (key = 'k', wanted = READ) => world.issue(task.id, token, { key, wanted });
const callOf = (answer: unknown) =>
  answer instanceof Refusal ? answer.extras.call : (answer as { call: string }).call;

/** STS, which answers when it is let. */
function heldBack() {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  world.sessions.answer = async (request) => {
    asked.resolve();
    await released.promise;
    return world.session(request);
  };
  return { asked: asked.promise, release: () => released.resolve() };
}

describe('a repetition', () => {
  it('brings fresh credentials under the same call', async () => {
    const first = await again();
    world.clock.advance(HOUR);
    const second = await again();
    expect(callOf(second)).toBe(callOf(first));
    expect(second).toMatchObject({ session: { accessKeyId: 'ASIAEXAMPLE2' } });
    expect(world.calls()).toHaveLength(1);
    // Each intent has its outcome: that of the repetition belongs to the call, and names the intent's own id.
    const intents = world.told('call.requested').map(({ call }) => call);
    expect(world.told('credentials.issued').map(({ call, repetition }) => [call, repetition])).toEqual([
      [callOf(first), undefined],
      [callOf(first), intents[1]],
    ]);
    const names = world.allCalls().map(({ session, status }) => [status, session?.accessKeyId]);
    expect(names.sort()).toEqual([
      ['succeeded', 'ASIAEXAMPLE1'],
      ['succeeded', 'ASIAEXAMPLE2'],
    ]);
    const sessions = world.sessions.asked.map(({ sessionName }) => sessionName);
    expect(new Set(sessions).size).toBe(2);
  });

  it('is judged anew: what is over is over', async () => {
    await again();
    await world.finish(task.id, token);
    expect(codeOf(await again())).toBe('task_over');
    expect(world.sessions.asked).toHaveLength(1);
  });

  it('is judged by the policy of now', async () => {
    await again();
    await world.use({ policies: '' });
    expect(codeOf(await again())).toBe('denied_by_policy');
    expect(world.told('call.denied')).toHaveLength(1);
  });

  it('with another body is no repetition', async () => {
    await again();
    expect(codeOf(await again('k', [{ capability: 'reports:list' }]))).toBe('idempotency_mismatch');
    expect(world.told('call.repeated')).toEqual([
      expect.objectContaining({ answer: 'idempotency_mismatch' }),
    ]);
  });

  it.each<[string, () => unknown, string]>([
    ['a refusal by policy', () => world.use({ policies: '' }), 'denied_by_policy'],
    [
      'what STS refused',
      () => {
        world.sessions.answer = async () => ({ problem: 'refused', detail: 'No.' });
      },
      'target_failed',
    ],
  ])('gives %s again, without trying again', async (_, prepare, code) => {
    await prepare();
    const first = await again('k');
    expect(codeOf(first)).toBe(code);
    world.sessions.answer = async (request) => world.session(request);
    await world.use({ policies: 'permit (principal, action, resource);' });
    const asked = world.sessions.asked.length;
    const second = await again('k');
    expect(second).toMatchObject({
      code,
      detail: (first as Refusal).detail,
      extras: { call: callOf(first) },
    });
    expect(world.sessions.asked).toHaveLength(asked);
    expect(world.told('call.repeated')).toEqual([
      expect.objectContaining({ call: callOf(first), answer: code, task: task.id }),
    ]);
  });

  it('under another key, or none, is another call', async () => {
    const none = () => world.issue(task.id, token);
    const all = [await again(), await again('other'), await none(), await none()];
    expect(new Set(all.map(callOf)).size).toBe(4);
  });

  it('of another task is another call', async () => {
    const other = await world.opened();
    const [mine, theirs] = [await again(), await world.issue(other.task.id, other.token, { key: 'k' })];
    expect(callOf(theirs)).not.toBe(callOf(mine));
  });

  it('a day later is a new call, with any body', async () => {
    const long = await world.opened();
    const refused = await world.issue(long.task.id, long.token, {
      key: 'k',
      wanted: [{ capability: 'reports:purge' }],
    });
    expect(codeOf(refused)).toBe('outside_task');
    world.clock.advance(DAY);
    const later = await world.issue(long.task.id, long.token, { key: 'k' });
    expect(callOf(later)).not.toBe(callOf(refused));
  });
});

describe('two at once', () => {
  it('are one call: the second waits for the first, then gets its own credentials', async () => {
    const { asked, release } = heldBack();
    const first = again();
    await asked;
    const second = again();
    while (world.clock.slept() < SECOND) await new Promise(setImmediate);
    expect(world.sessions.asked).toHaveLength(1);
    release();
    expect(callOf(await second)).toBe(callOf(await first));
    expect(world.calls()).toMatchObject([{ status: 'succeeded' }]);
  });

  it('end in conflict, where the first takes longer than 25 s, and it goes on', async () => {
    const { asked, release } = heldBack();
    const first = again();
    await asked;
    const second = await again();
    expect(second).toMatchObject({ code: 'conflict', extras: { retryAfterSeconds: 5 } });
    expect(world.clock.slept()).toBeLessThanOrEqual(25 * SECOND);
    expect(world.clock.slept()).toBeGreaterThan(24 * SECOND);
    expect(world.told('call.repeated')).toEqual([expect.objectContaining({ answer: 'conflict' })]);
    release();
    expect(codeOf(await first)).toBe('ok');
    expect(callOf(second)).toBe(callOf(await first));
  });

  it('with different bodies are told apart at once', async () => {
    const { asked, release } = heldBack();
    const first = again();
    await asked;
    expect(codeOf(await again('k', [{ capability: 'reports:list' }]))).toBe('idempotency_mismatch');
    expect(world.clock.slept()).toBe(0);
    release();
    await first;
  });

  it('issue nothing to the second where the task ended while it waited', async () => {
    const { asked, release } = heldBack();
    const first = again();
    await asked;
    const second = again();
    while (world.clock.slept() < SECOND) await new Promise(setImmediate);
    await world.finish(task.id, token);
    release();
    await first;
    expect(codeOf(await second)).toBe('task_over');
    expect(world.sessions.asked).toHaveLength(1);
  });

  it('never leave more than one call, in any number', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => again()));
    expect(new Set(all.map(callOf)).size).toBe(1);
    expect(world.calls()).toHaveLength(1);
    // Each wrote its intent and its outcome.
    expect(world.told('call.requested')).toHaveLength(12);
    expect(world.told('credentials.issued')).toHaveLength(12);
  });
});
