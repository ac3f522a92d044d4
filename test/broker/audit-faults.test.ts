// The audit comes first: what happens when a write of it fails, in every use case, whether or not it arrived.
import { beforeEach, describe, expect, it } from 'vitest';
import { recordConfig } from '../../src/broker/index.ts';
import { Refusal, Unavailable } from '../../src/shared/errors.ts';
import type { Task } from '../../src/tasks/index.ts';
import { type Failing, failingAt } from '../support/meddling.ts';
import { codeOf, createWorld, type World } from '../support/world.ts';

let world: World;
let task: Task;
let token: string;
beforeEach(async () => {
  world = await createWorld();
  ({ task, token } = await world.opened());
});

/** From now on this operation fails. */
function failing(what: Failing): void {
  world.meddle = failingAt(what);
}

const NO_SECRET = /canary/;

describe.each([false, true])('credentials, where the write arrived all the same: %j', (arrived) => {
  it('are not asked for where the intent is not written: audit_unavailable', async () => {
    failing({ name: 'events.append', number: 1, arrived });
    const refused = await world.issue(task.id, token);
    expect(refused).toMatchObject({ code: 'audit_unavailable', extras: { retryAfterSeconds: 1 } });
    expect(world.sessions.asked).toEqual([]);
    expect(world.calls()).toMatchObject([{ status: 'failed', refusal: { code: 'audit_unavailable' } }]);
    await world.settle();
    // What has an intent has an outcome, in the end.
    const [call] = world.calls();
    expect(world.told('call.unknown').map(({ call: of }) => of)).toEqual(arrived ? [call?.id] : []);
  });

  it('may be asked for again at once with the same key', async () => {
    failing({ name: 'events.append', number: 1, arrived });
    expect(codeOf(await world.issue(task.id, token, { key: 'k' }))).toBe('audit_unavailable');
    expect(codeOf(await world.issue(task.id, token, { key: 'k' }))).toBe('ok');
    expect(world.clock.slept()).toBe(0);
  });

  it('are not handed out where the outcome is not written: outcome_unknown', async () => {
    failing({ name: 'events.append', number: 2, arrived });
    const refused = await world.issue(task.id, token);
    const [call] = world.calls();
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused).toMatchObject({ code: 'outcome_unknown', extras: { call: call?.id } });
    expect((refused as Refusal).detail).toContain(call?.id);
    expect(JSON.stringify(refused)).not.toMatch(NO_SECRET);
    expect(world.sessions.asked).toHaveLength(1);
    expect(world.logged).toContainEqual({
      level: 'error',
      message: 'outcome not recorded',
      fields: { call: call?.id },
    });
    await world.settle();
    expect(world.told('credentials.issued', 'call.unknown')).toEqual([
      expect.objectContaining({ type: arrived ? 'credentials.issued' : 'call.unknown', call: call?.id }),
    ]);
    // That they may be out is not forgotten.
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
  });

  it('are handed out where only the state is not written, and the reconciler mends it', async () => {
    failing({ name: 'records.replace', arrived });
    expect(codeOf(await world.issue(task.id, token))).toBe('ok');
    expect(world.logged).toContainEqual(expect.objectContaining({ message: 'call state not recorded' }));
    expect(world.calls()).toMatchObject([{ status: arrived ? 'succeeded' : 'requested' }]);
    await world.settle();
    expect(world.calls()).toMatchObject([{ status: 'succeeded', session: { accessKeyId: 'ASIAEXAMPLE1' } }]);
    expect(world.told('credentials.issued', 'call.unknown')).toHaveLength(1);
  });

  it('are not asked for where the claim is not written', async () => {
    failing({ name: 'records.create', arrived });
    await expect(world.issue(task.id, token)).rejects.toMatchObject({
      name: 'Unavailable',
      backend: 'records',
    });
    expect(world.sessions.asked).toEqual([]);
  });

  it('are refused as ever where the refusal cannot be written: nothing ran', async () => {
    failing({ name: 'events.append', number: 2, arrived });
    const refused = await world.issue(task.id, token, { wanted: [{ capability: 'reports:list' }] });
    expect(codeOf(refused)).toBe('audit_unavailable');
    await world.settle();
    expect(world.told('call.denied', 'call.unknown')).toHaveLength(1);
  });

  it('are unknown where the refusal by STS cannot be written: something left the broker', async () => {
    world.sessions.answer = async () => ({ problem: 'refused', detail: 'No.' });
    failing({ name: 'events.append', number: 2, arrived });
    expect(codeOf(await world.issue(task.id, token))).toBe('outcome_unknown');
  });

  it('are not repeated where the repetition cannot be written', async () => {
    const wanted = [{ capability: 'reports:list' }];
    await world.issue(task.id, token, { key: 'k', wanted });
    failing({ name: 'events.append', number: 2, arrived });
    expect(codeOf(await world.issue(task.id, token, { key: 'k', wanted }))).toBe('audit_unavailable');
    failing({ name: 'events.append', number: 1, arrived });
    expect(codeOf(await world.issue(task.id, token, { key: 'k', wanted }))).toBe('audit_unavailable');
    // The record of the first is as it was.
    expect(world.calls()).toMatchObject([{ status: 'denied' }]);
  });
});

describe('credentials', () => {
  it('are not asked for where neither is written, and nothing is left hanging', async () => {
    world.meddle = async ({ name }, run) => {
      if (name === 'records.replace' || name === 'events.append') throw new Unavailable('events');
      return run();
    };
    expect(codeOf(await world.issue(task.id, token))).toBe('audit_unavailable');
    expect(world.calls()).toMatchObject([{ status: 'requested' }]);
    await world.settle();
    expect(world.calls()).toMatchObject([{ status: 'failed', refusal: { code: 'audit_unavailable' } }]);
    expect(world.told('call.requested', 'call.unknown')).toEqual([]);
  });

  it('are not asked for where the task cannot be read', async () => {
    failing({ name: 'records.read' });
    await expect(world.issue(task.id, token)).rejects.toMatchObject({ backend: 'records' });
    expect(world.sessions.asked).toEqual([]);
  });

  it('are unknown where the reconciler was faster', async () => {
    world.sessions.answer = async (request) => {
      const session = world.session(request);
      await world.settle();
      return session;
    };
    const refused = await world.issue(task.id, token);
    expect(codeOf(refused)).toBe('outcome_unknown');
    expect(JSON.stringify(refused)).not.toMatch(NO_SECRET);
    expect(world.calls()).toMatchObject([{ status: 'outcome_unknown' }]);
    expect(world.told('credentials.issued', 'call.unknown')).toMatchObject([{ type: 'call.unknown' }]);
  });

  it('that were unknown are told so to who repeats the key', async () => {
    world.sessions.answer = async () => {
      throw new Error('a mistake in the broker');
    };
    await expect(world.issue(task.id, token, { key: 'k' })).rejects.toThrow('a mistake');
    await world.settle();
    world.sessions.answer = async (request) => world.session(request);
    expect(codeOf(await world.issue(task.id, token, { key: 'k' }))).toBe('outcome_unknown');
    expect(world.sessions.asked).toHaveLength(1);
  });
});

describe.each([false, true])('a task, where the write arrived all the same: %j', (arrived) => {
  it('is not opened where that cannot be written', async () => {
    failing({ name: 'events.append', arrived });
    const refused = await world.open();
    expect(codeOf(refused)).toBe('audit_unavailable');
    expect(refused).not.toHaveProperty('token');
  });

  it('is opened by the same key once it can', async () => {
    failing({ name: 'events.append', arrived });
    expect(codeOf(await world.open({ key: 'k' }))).toBe('audit_unavailable');
    world.meddle = undefined;
    const opened = await world.opened({ key: 'k' });
    expect(world.told('task.opened').filter((told) => told['task'] === opened.task.id)).toHaveLength(1);
  });

  it('is refused with audit_unavailable where the refusal cannot be written', async () => {
    failing({ name: 'events.append', arrived });
    const capabilities = [{ capability: 'sandbox:read', parameters: {} }];
    expect(codeOf(await world.open({ key: 'k', capabilities }))).toBe('audit_unavailable');
    world.meddle = undefined;
    expect(codeOf(await world.open({ key: 'k', capabilities }))).toBe('denied_by_policy');
  });

  it('is finished, and says that this is not written down; asked again, it is', async () => {
    failing({ name: 'events.append', arrived });
    expect(codeOf(await world.finish(task.id, token))).toBe('outcome_unknown');
    world.meddle = undefined;
    expect(codeOf(await world.issue(task.id, token))).toBe('task_over');
    expect(await world.finish(task.id, token)).toMatchObject({ task: { status: 'finished' } });
    expect(world.told('task.finished')).toHaveLength(1);
  });

  it('is finished, and the reconciler writes that down', async () => {
    failing({ name: 'events.append', arrived });
    await world.finish(task.id, token);
    await world.settle();
    expect(world.told('task.finished')).toEqual([
      expect.objectContaining({ task: task.id, purpose: task.purpose }),
    ]);
  });

  it('is not finished where its state cannot be written', async () => {
    failing({ name: 'records.replace', arrived });
    await expect(world.finish(task.id, token)).rejects.toMatchObject({ backend: 'records' });
    expect(world.told('task.finished')).toEqual([]);
    await world.settle();
    expect(world.told('task.finished')).toHaveLength(arrived ? 1 : 0);
  });
});

it('throws faults that are none of a back end, instead of taking them for one', async () => {
  world.meddle = async ({ name }, run) => {
    if (name === 'events.append') throw new RangeError('a mistake in the broker');
    return run();
  };
  await expect(world.issue(task.id, token)).rejects.toThrow(RangeError);
  await expect(world.open()).rejects.toThrow(RangeError);
  await expect(world.finish(task.id, token)).rejects.toThrow(RangeError);
  expect(world.sessions.asked).toEqual([]);
});

it('writes down which files decide, or says that it could not', async () => {
  await recordConfig(world.dependencies, world.rules.config);
  expect(world.told('config.loaded')).toEqual([
    expect.objectContaining({ configDigest: world.rules.config.digest, agents: 2, targets: 3 }),
  ]);
  failing({ name: 'events.append' });
  await expect(recordConfig(world.dependencies, world.rules.config)).rejects.toBeInstanceOf(Unavailable);
});
