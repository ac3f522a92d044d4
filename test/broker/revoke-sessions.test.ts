// The Revoker on one role: what it writes, when it does not, and what becomes of what it could not do.
import { beforeEach, describe, expect, it } from 'vitest';
import { reconcile, revokeAsked, revokeSessions } from '../../src/broker/index.ts';
import { askedKey, roleDenyKey, roleHash } from '../../src/credentials/index.ts';
import type { Revoker, VendedRole } from '../../src/ports/revoker.ts';
import { Refusal, Unavailable } from '../../src/shared/errors.ts';
import type { Delegation } from '../../src/tasks/index.ts';
import { HOUR, MINUTE } from '../support/clock.ts';
import { denies } from '../support/denies.ts';
import { codeOf, createWorld, OTHER_AGENT, type World } from '../support/world.ts';

const ROLE = 'arn:aws:iam::111122223333:role/bailiwick-reports';
const LEDGER = [{ capability: 'ledger:read', parameters: {} }];

let world: World;
let asked: { readonly what: 'read' | 'write'; readonly role: VendedRole; readonly document?: string }[];
let documents: Map<string, string>;

/** Notes every question, and answers as IAM would. */
function noting(): Revoker {
  return {
    read: async (role) => {
      asked.push({ what: 'read', role });
      return { document: documents.get(role.roleArn) };
    },
    write: async (role, document) => {
      asked.push({ what: 'write', role, ...(document === undefined ? {} : { document }) });
      if (document === undefined) documents.delete(role.roleArn);
      else documents.set(role.roleArn, document);
      return 'written';
    },
  };
}

beforeEach(async () => {
  world = await createWorld();
  asked = [];
  documents = new Map();
  Object.assign(world.revoker, noting());
});

async function vended(opening: Parameters<World['opened']>[0] = {}) {
  const opened = await world.opened(opening);
  const wanted = opening.capabilities?.map(({ capability }) => ({ capability }));
  const issued = await world.issue(opened.task.id, opened.token, wanted === undefined ? {} : { wanted });
  if (issued instanceof Refusal) throw new Error(issued.detail);
  return opened;
}

const revoke = () => revokeAsked(world.dependencies);
const writes = () => asked.filter(({ what }) => what === 'write');
const deny = (conditions: object, sid: string) => ({
  Version: '2012-10-17',
  Statement: [{ Sid: sid, Effect: 'Deny', Action: '*', Resource: '*', Condition: conditions }],
});
const tasksDenied = (...tasks: readonly string[]) =>
  deny({ StringEquals: { 'aws:PrincipalTag/task': [...tasks].sort() } }, 'EndedTasks');
const text = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;
const standing = (role = ROLE) => JSON.parse(documents.get(role) ?? 'null') as unknown;
const minute = async () => {
  world.clock.advance(MINUTE);
  await reconcile(world.dependencies, { nothingUnderWay: false });
  await revoke();
};

describe('a task that ends early', () => {
  it('is pending, then in force, and the audit says since when', async () => {
    const { task, token } = await vended();
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
    expect(writes()).toEqual([]);
    await revoke();
    expect(writes()).toHaveLength(1);
    expect(standing()).toEqual(tasksDenied(task.id));
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
    expect(world.told('credentials.revoked')).toEqual([
      expect.objectContaining({
        task: task.id,
        agent: task.agent,
        roleArn: ROLE,
        at: world.clock.now().toISOString(),
      }),
    ]);
  });

  it.each(['finish', 'revoke'] as const)('by %s, is one of several in the same document', async (how) => {
    const [one, other, open] = [await vended(), await vended(), await vended()];
    await world.finish(one.task.id, one.token);
    await revoke();
    if (how === 'finish') await world.finish(other.task.id, other.token);
    else await world.revoke(other.task.id);
    await revoke();
    expect(standing()).toEqual(tasksDenied(one.task.id, other.task.id));
    expect(JSON.stringify(standing())).not.toContain(open.task.id);
  });

  it('and never had a session, or none that was real, troubles nobody', async () => {
    const never = await world.opened();
    expect(await world.finish(never.task.id, never.token)).toMatchObject({ revocation: 'none' });
    world.sessions.answer = async (request) => world.session(request, false);
    const unreal = await vended();
    expect(await world.finish(unreal.task.id, unreal.token)).toMatchObject({ revocation: 'none' });
    world.sessions.answer = async () => ({ problem: 'refused', detail: 'No.' });
    const refused = await world.opened();
    await world.issue(refused.task.id, refused.token);
    expect(await world.finish(refused.task.id, refused.token)).toMatchObject({ revocation: 'none' });
    await revoke();
    expect(asked).toEqual([]);
  });

  it('leaves nothing behind once its sessions would have ended anyway', async () => {
    const { task, token } = await vended();
    await world.finish(task.id, token);
    await revoke();
    world.clock.advance(HOUR);
    await minute();
    expect(documents.size).toBe(1);
    world.clock.advance(2 * MINUTE);
    await minute();
    expect(documents.size).toBe(0);
    asked = [];
    await minute();
    expect(asked).toEqual([]);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
  });
});

it('expiring naturally asks IAM nothing', async () => {
  const { task } = await vended({ ttlSeconds: 1200 });
  for (let passed = 0; passed < 25; passed += 1) await minute();
  expect(Date.parse(task.expiresAt)).toBeLessThan(world.clock.now().getTime());
  expect(asked).toEqual([]);
});

describe('what is under the task', () => {
  async function handedOn() {
    const above = await world.opened({ capabilities: LEDGER });
    const handed = { agent: OTHER_AGENT, capabilities: LEDGER };
    const delegation = (await world.delegate(above.task.id, above.token, handed)) as Delegation;
    const token = world.agentToken(OTHER_AGENT);
    const below = await vended({ token, capabilities: LEDGER, delegation: delegation.id });
    return { above, below };
  }
  const LEDGER_ROLE = 'arn:aws:iam::111122223333:role/bailiwick-ledger';

  it('is denied with it', async () => {
    const { above, below } = await handedOn();
    expect(await world.finish(above.task.id, above.token)).toMatchObject({ revocation: 'pending' });
    await revoke();
    expect(standing(LEDGER_ROLE)).toEqual(tasksDenied(below.task.id));
    expect(await world.finish(above.task.id, above.token)).toMatchObject({ revocation: 'inForce' });
  });

  it('is one entry with it, where there are several', async () => {
    const { above, below } = await handedOn();
    await world.issue(above.task.id, above.token, { wanted: [{ capability: 'ledger:read' }] });
    await world.revoke(above.task.id);
    await revoke();
    expect(standing(LEDGER_ROLE)).toEqual(
      deny({ StringEquals: { 'aws:PrincipalTag/root': [above.task.id] } }, 'EndedTrees'),
    );
    const told = world.told('credentials.revoked').map(({ task }) => task);
    expect([...told].sort()).toEqual([above.task.id, below.task.id].sort());
  });

  it('ends alone where only that is finished', async () => {
    const { above, below } = await handedOn();
    await world.issue(above.task.id, above.token, { wanted: [{ capability: 'ledger:read' }] });
    await world.finish(below.task.id, below.token);
    await revoke();
    expect(standing(LEDGER_ROLE)).toEqual(tasksDenied(below.task.id));
  });
});

describe('an agent that is disabled', () => {
  it('is one entry, and its tasks are named once it may act again', async () => {
    const [one, other] = [await vended(), await vended()];
    await world.change('disable');
    await revoke();
    expect(standing()).toEqual(
      deny(
        {
          StringEquals: { 'aws:PrincipalTag/agent': one.task.agent },
          DateLessThan: { 'aws:TokenIssueTime': text(world.clock.in(MINUTE)) },
        },
        'DisabledAgent0',
      ),
    );
    await world.change('reinstate');
    const anew = await vended();
    await revoke();
    expect(standing()).toEqual(tasksDenied(one.task.id, other.task.id));
    expect(JSON.stringify(standing())).not.toContain(anew.task.id);
  });

  it('is denied what it had been vended, and nothing that it is vended later, whenever IAM is told', async () => {
    const { task } = await vended();
    const before = { agent: task.agent, task: task.id, root: task.id, issued: world.clock.now() };
    world.clock.advance(10 * MINUTE);
    await world.change('disable');
    await revoke();
    world.clock.advance(2 * MINUTE);
    await world.change('reinstate');
    const anew = (await vended()).task.id;
    const after = { agent: task.agent, task: anew, root: anew, issued: world.clock.in(-MINUTE) };
    expect(denies(documents.get(ROLE), before)).toBe(true);
    expect(denies(documents.get(ROLE), after)).toBe(false);
  });
});

describe('a deny that is not as it should be', () => {
  it('is put back where somebody took it away', async () => {
    const { task, token } = await vended();
    await world.finish(task.id, token);
    await revoke();
    documents.clear();
    for (let passed = 0; passed < 6; passed += 1) await minute();
    expect(standing()).toEqual(tasksDenied(task.id));
  });

  it('is put back where an older one was written over it', async () => {
    const [one, other] = [await vended(), await vended()];
    await world.finish(one.task.id, one.token);
    await revoke();
    const older = documents.get(ROLE) ?? '';
    await world.finish(other.task.id, other.token);
    await revoke();
    documents.set(ROLE, older);
    for (let passed = 0; passed < 6; passed += 1) await minute();
    expect(standing()).toEqual(tasksDenied(one.task.id, other.task.id));
  });

  it('is left alone where IAM only spells it otherwise', async () => {
    const { task, token } = await vended();
    await world.finish(task.id, token);
    await revoke();
    documents.set(ROLE, JSON.stringify(standing(), undefined, 2));
    for (let passed = 0; passed < 6; passed += 1) await minute();
    expect(writes()).toHaveLength(1);
  });
});

describe('what can not be written', () => {
  it('waits, the audit says why, and it is tried every minute', async () => {
    const { task, token } = await vended();
    const { write } = world.revoker;
    world.revoker.write = async () => ({ problem: 'refused', detail: 'The role has no boundary.' });
    await world.finish(task.id, token);
    await revoke();
    await minute();
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
    await minute();
    expect(standing()).toEqual(tasksDenied(task.id));
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
  });

  it('for want of room is written as far as there is room, what was revoked before what finished', async () => {
    const [finished, revoked] = [await vended(), await vended()];
    const { write } = world.revoker;
    world.revoker.write = async (role, document) =>
      (document ?? '').length > 200
        ? { problem: 'tooLarge', detail: 'The role has other inline policies.', room: 200 }
        : write(role, document);
    await world.finish(finished.task.id, finished.token);
    await world.revoke(revoked.task.id);
    await revoke();
    expect(standing()).toEqual(tasksDenied(revoked.task.id));
    expect(await world.finish(finished.task.id, finished.token)).toMatchObject({ revocation: 'pending' });
    const again = await world.revoke(revoked.task.id);
    expect(again).toMatchObject({ revocation: 'inForce' });
  });

  it('in the audit is not told to be in force', async () => {
    const { task, token } = await vended();
    await world.finish(task.id, token);
    world.meddle = async ({ name, arguments: [event] }, run) => {
      if (name === 'events.append' && JSON.stringify(event).includes('credentials.revoked')) {
        throw new Unavailable('events');
      }
      return run();
    };
    await expect(revoke()).rejects.toThrow(Unavailable);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
    await world.settle();
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
    expect(world.told('credentials.revoked')).toHaveLength(1);
  });
});

describe('two at once', () => {
  it('leave it to one of them, which sees what was asked of the other', async () => {
    const [one, other] = [await vended(), await vended()];
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
    expect(standing()).toEqual(tasksDenied(one.task.id, other.task.id));
  });

  it('where the first is gone, the next takes over once its time is up', async () => {
    const { task, token } = await vended();
    await world.finish(task.id, token);
    world.revoker.write = () => new Promise(() => undefined);
    void revoke();
    await new Promise(setImmediate);
    Object.assign(world.revoker, noting());
    await revoke();
    expect(writes()).toEqual([]);
    await minute();
    await minute();
    expect(standing()).toEqual(tasksDenied(task.id));
  });

  it('the one that took too long does not write over the other', async () => {
    const { task, token } = await vended();
    await world.finish(task.id, token);
    const { read } = world.revoker;
    world.revoker.read = async (role) => {
      world.clock.advance(80_000);
      return read(role);
    };
    await revoke();
    expect(writes()).toEqual([]);
    world.revoker.read = read;
    await minute();
    expect(standing()).toEqual(tasksDenied(task.id));
  });
});

it('asks for a role by its own connection', async () => {
  const { task, token } = await vended();
  await world.finish(task.id, token);
  const [counter] = await world.records.read([askedKey(roleHash({ roleArn: ROLE }))]);
  expect(counter?.value).toMatchObject({ count: 1, last: { roleArn: ROLE } });
  await revoke();
  const [state] = await world.records.read([roleDenyKey(roleHash({ roleArn: ROLE }))]);
  expect(state?.value).toMatchObject({ done: 1, stands: true });
  expect(codeOf(await world.issue(task.id, token))).toBe('task_over');
});
