// The Revoker in trouble: IAM says no, loses things or says nothing, others write too, agents send whatever they like.
import { beforeEach, describe, expect, it } from 'vitest';
import { revokeSessions } from '../../src/broker/index.ts';
import { roleHash } from '../../src/credentials/index.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import type { Json } from '../../src/shared/json.ts';
import { HOUR, MINUTE } from '../support/clock.ts';
import { createRevoking, LEDGER, type Revoking, ROLE, tasksDenied } from '../support/revoking.ts';
import { OTHER_AGENT, TARGETS, type World } from '../support/world.ts';

let iam: Revoking;
let world: World;

beforeEach(async () => {
  iam = await createRevoking();
  ({ world } = iam);
});

describe('a deny that is not as it should be', () => {
  it('is put back where somebody took it away', async () => {
    const { task, token } = await iam.vended();
    await world.finish(task.id, token);
    await iam.revoke();
    iam.documents.clear();
    await iam.minutes(6);
    expect(iam.standing()).toEqual(tasksDenied(task.id));
  });

  it('is put back where an older one was written over it', async () => {
    const [one, other] = [await iam.vended(), await iam.vended()];
    await world.finish(one.task.id, one.token);
    await iam.revoke();
    const older = iam.documents.get(ROLE) ?? '';
    await world.finish(other.task.id, other.token);
    await iam.revoke();
    iam.documents.set(ROLE, older);
    await iam.minutes(6);
    expect(iam.standing()).toEqual(tasksDenied(one.task.id, other.task.id));
  });

  it('is left alone where IAM only spells it otherwise', async () => {
    const { task, token } = await iam.vended();
    await world.finish(task.id, token);
    await iam.revoke();
    iam.documents.set(ROLE, JSON.stringify(iam.standing(), undefined, 2));
    await iam.minutes(6);
    expect(iam.writes()).toHaveLength(1);
  });
});

describe('what can not be written', () => {
  it('waits, the audit says why, and it is tried every minute', async () => {
    const { task, token } = await iam.vended();
    const { write } = world.revoker;
    world.revoker.write = async () => ({ problem: 'refused', detail: 'The role has no boundary.' });
    await world.finish(task.id, token);
    await iam.revoke();
    await iam.minute();
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
    expect(world.told('credentials.revocation_waits')).toEqual([
      expect.objectContaining({ task: task.id, roleArn: ROLE, detail: 'The role has no boundary.' }),
    ]);
    expect(world.logged).toContainEqual({
      level: 'error',
      message: 'revocation waits',
      fields: { count: 1, reason: 'refused' },
    });
    world.revoker.write = write;
    await iam.minute();
    expect(iam.standing()).toEqual(tasksDenied(task.id));
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
  });

  it('is not told to be in force any more where somebody took the deny away', async () => {
    const { task, token } = await iam.vended();
    await world.finish(task.id, token);
    await iam.revoke();
    iam.documents.clear();
    world.revoker.write = async () => ({ problem: 'refused', detail: 'The role has no boundary.' });
    await iam.minutes(6);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
    expect(world.told('credentials.revocation_waits')).toHaveLength(1);
    iam.answer();
    await iam.minute();
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
  });

  it.each([
    ['refused', 'pending'],
    ['unavailable', 'inForce'],
  ] as const)('nor read, because it is %s, is %s, and somebody is told', async (problem, revocation) => {
    const { task, token } = await iam.vended();
    await world.finish(task.id, token);
    await iam.revoke();
    world.revoker.read = async () => ({ problem, detail: 'A sentence.' });
    await iam.minutes(6);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation });
    expect(world.logged).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'revocation waits' }),
    );
  });

  it('is given up where nothing was ever vended there', async () => {
    world.revoker.read = async (role) => {
      iam.asked.push({ what: 'read', role });
      return { problem: 'refused', detail: 'There is no such role.' };
    };
    await world.change('disable');
    await iam.revoke();
    const before = iam.asked.length;
    expect(before).toBeGreaterThan(0);
    await iam.minutes(20);
    expect(iam.asked).toHaveLength(before);
  });

  it('for want of room is written as far as there is room, what was revoked before what finished', async () => {
    const [finished, revoked] = [await iam.vended(), await iam.vended()];
    const { write } = world.revoker;
    world.revoker.write = async (role, document) =>
      (document ?? '').length > 200
        ? { problem: 'tooLarge', detail: 'The role has other inline policies.', room: 200 }
        : write(role, document);
    await world.finish(finished.task.id, finished.token);
    await world.revoke(revoked.task.id);
    await iam.revoke();
    expect(iam.standing()).toEqual(tasksDenied(revoked.task.id));
    expect(await world.finish(finished.task.id, finished.token)).toMatchObject({ revocation: 'pending' });
    const again = await world.revoke(revoked.task.id);
    expect(again).toMatchObject({ revocation: 'inForce' });
  });

  it('in the audit is not told to be in force', async () => {
    const { task, token } = await iam.vended();
    await world.finish(task.id, token);
    world.meddle = async ({ name, arguments: [event] }, run) => {
      if (name === 'events.append' && JSON.stringify(event).includes('credentials.revoked')) {
        throw new Unavailable('events');
      }
      return run();
    };
    await expect(iam.revoke()).rejects.toThrow(Unavailable);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
    await world.settle();
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
    expect(world.told('credentials.revoked')).toHaveLength(1);
  });
});

describe('two at once', () => {
  it('leave it to one of them, which sees what was iam.asked of the other', async () => {
    const [one, other] = [await iam.vended(), await iam.vended()];
    const hash = roleHash({ roleArn: ROLE });
    await world.finish(one.task.id, one.token);
    const { write } = world.revoker;
    let second: unknown;
    world.revoker.write = async (role, document) => {
      world.revoker.write = write;
      await world.finish(other.task.id, other.token);
      second = await revokeSessions(world.dependencies, hash);
      return write(role, document);
    };
    expect(await revokeSessions(world.dependencies, hash)).toBe('settled');
    expect(second).toBe('busy');
    expect(iam.standing()).toEqual(tasksDenied(one.task.id, other.task.id));
  });

  it('where the first is gone, the next takes over once its time is up', async () => {
    const { task, token } = await iam.vended();
    await world.finish(task.id, token);
    world.revoker.write = () => new Promise(() => undefined);
    void iam.revoke();
    await new Promise(setImmediate);
    iam.answer();
    await iam.revoke();
    expect(iam.writes()).toEqual([]);
    await iam.minute();
    await iam.minute();
    expect(iam.standing()).toEqual(tasksDenied(task.id));
  });

  it.each([3, 10, 30])(
    'where the first is gone, and its clock was %d minutes ahead, nobody waits for that',
    async (minutes) => {
      const [one, other] = [await iam.vended(), await iam.vended()];
      world.clock.advance(minutes * MINUTE);
      await world.finish(one.task.id, one.token);
      world.revoker.write = () => new Promise(() => undefined);
      void iam.revoke();
      await new Promise(setImmediate);
      iam.answer();
      world.clock.advance(-minutes * MINUTE);
      await world.revoke(other.task.id);
      await iam.revoke();
      expect(iam.standing()).toEqual(tasksDenied(one.task.id, other.task.id));
    },
  );

  it('where the first wrote and is gone, what it wrote does not stay for ever', async () => {
    // Of a role of which it is known that nothing stands on it.
    await world.change('disable', { agent: OTHER_AGENT });
    await iam.revoke();
    const { task, token } = await iam.vended();
    await world.finish(task.id, token);
    const { write } = world.revoker;
    world.revoker.write = async (role, document) => {
      await write(role, document);
      return new Promise(() => undefined);
    };
    void iam.revoke();
    await new Promise(setImmediate);
    expect(iam.documents.size).toBe(1);
    iam.answer();
    world.clock.advance(2 * HOUR);
    await iam.minutes(2);
    expect(iam.documents.size).toBe(0);
  });

  it('the one that took too long does not write over the other', async () => {
    const { task, token } = await iam.vended();
    await world.finish(task.id, token);
    const { read } = world.revoker;
    world.revoker.read = async (role) => {
      world.clock.advance(80_000);
      return read(role);
    };
    await iam.revoke();
    expect(iam.writes()).toEqual([]);
    world.revoker.read = read;
    await iam.minute();
    expect(iam.standing()).toEqual(tasksDenied(task.id));
  });
});

it('asks for every role where a task made more calls than are looked at', async () => {
  const { task, token } = await iam.vended();
  const [real] = world.allCalls();
  // Whatever an agent sends, it can make calls that stand before the one that matters.
  const key = { partition: `task/${task.id.slice(-16)}`, sort: '' };
  for (let junk = 0; junk < 5000; junk += 1) {
    const sort = `call/${String(junk).padStart(16, '0')}`;
    const value = { ...real, status: 'denied', session: null, id: `call_${junk}` } as unknown as Json;
    await world.records.create({ ...key, sort }, value, { expiresAt: world.clock.in(HOUR) });
  }
  expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
  await iam.revoke();
  expect(iam.standing()).toEqual(tasksDenied(task.id));
});

it('asks for a role as the files name it now', async () => {
  const { task, token } = await iam.vended();
  world.revoker.write = async () => ({ problem: 'refused', detail: 'Another account.' });
  await world.finish(task.id, token);
  await iam.revoke();
  const revokerRoleArn = 'arn:aws:iam::111122223333:role/bailiwick-revoker';
  await world.use({
    targets: TARGETS.map((target) =>
      target.id === 'reports' ? { ...target, connection: { roleArn: ROLE, revokerRoleArn } } : target,
    ) as typeof TARGETS,
  });
  iam.answer();
  await iam.minute();
  expect(iam.asked.at(-1)?.role).toEqual({ roleArn: ROLE, revokerRoleArn });
  expect(iam.standing()).toEqual(tasksDenied(task.id));
});

describe('what is remembered of sessions', () => {
  const remembered = () => world.records.all().filter(({ key }) => key.partition.startsWith('vended/'));

  it('is nothing of what the agent may never have', async () => {
    const token = world.agentToken(OTHER_AGENT);
    const opened = await world.opened({ token, capabilities: LEDGER });
    for (const capability of ['reports:read', 'reports:nosuch', 'nowhere:read']) {
      await world.issue(opened.task.id, opened.token, { wanted: [{ capability }] });
    }
    expect(remembered()).toEqual([]);
  });

  it('takes no room from what has to be denied, where it was refused', async () => {
    const ending = [];
    for (let number = 0; number < 310; number += 1) ending.push(await iam.vended());
    for (let number = 0; number < 310; number += 1) {
      const { task, token } = await world.opened();
      await world.issue(task.id, token, { wanted: [{ capability: 'reports:purge' }] });
    }
    world.clock.advance(5 * MINUTE);
    for (const { task, token } of ending) await world.finish(task.id, token);
    await iam.revoke();
    expect(world.told('credentials.revoked')).toHaveLength(310);
    expect(world.told('credentials.revocation_waits')).toEqual([]);
  });

  it('ends with the session, where that is shorter than the task', async () => {
    const { task, token } = await iam.vended({
      capabilities: [{ capability: 'reports:brief', parameters: {} }],
    });
    const other = await iam.vended();
    world.clock.advance(10 * MINUTE);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
    await world.finish(other.task.id, other.token);
    await iam.revoke();
    expect(iam.standing()).toEqual(tasksDenied(other.task.id));
  });
});

it('is done whatever is wrong with something else', async () => {
  const { task, token } = await iam.vended();
  const { write } = world.revoker;
  world.revoker.write = async () => ({ problem: 'unavailable', detail: 'IAM did not answer.' });
  await world.finish(task.id, token);
  await iam.revoke();
  world.revoker.write = write;
  world.meddle = async ({ name }, run) => {
    if (name === 'events.read') throw new TypeError('a record that nobody understands');
    return run();
  };
  await iam.minute();
  expect(iam.standing()).toEqual(tasksDenied(task.id));
});
