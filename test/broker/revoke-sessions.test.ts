// The Revoker on one role: what it writes, and when it writes nothing.
import { beforeEach, describe, expect, it } from 'vitest';
import { askedKey, roleDenyKey, roleHash } from '../../src/credentials/index.ts';
import { sha256 } from '../../src/shared/hash.ts';
import type { Delegation } from '../../src/tasks/index.ts';
import { HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { denies } from '../support/denies.ts';
import {
  createRevoking,
  deny,
  LEDGER,
  LEDGER_ROLE,
  type Revoking,
  ROLE,
  tasksDenied,
} from '../support/revoking.ts';
import { codeOf, OTHER_AGENT, type World } from '../support/world.ts';

let iam: Revoking;
let world: World;

beforeEach(async () => {
  iam = await createRevoking();
  ({ world } = iam);
});

const text = (date: Date) => `${date.toISOString().slice(0, 19)}Z`;

describe('a task that ends early', () => {
  it('is pending, then in force, and the audit says since when', async () => {
    const { task, token } = await iam.vended();
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'pending' });
    expect(iam.writes()).toEqual([]);
    await iam.revoke();
    expect(iam.writes()).toHaveLength(1);
    expect(iam.standing()).toEqual(tasksDenied(task.id));
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
    const [one, other, open] = [await iam.vended(), await iam.vended(), await iam.vended()];
    await world.finish(one.task.id, one.token);
    await iam.revoke();
    if (how === 'finish') await world.finish(other.task.id, other.token);
    else await world.revoke(other.task.id);
    await iam.revoke();
    expect(iam.standing()).toEqual(tasksDenied(one.task.id, other.task.id));
    expect(JSON.stringify(iam.standing())).not.toContain(open.task.id);
  });

  it('and never had a session, or none that was real, troubles nobody', async () => {
    const never = await world.opened();
    expect(await world.finish(never.task.id, never.token)).toMatchObject({ revocation: 'none' });
    world.sessions.answer = async (request) => world.session(request, false);
    const unreal = await iam.vended();
    expect(await world.finish(unreal.task.id, unreal.token)).toMatchObject({ revocation: 'none' });
    world.sessions.answer = async () => ({ problem: 'refused', detail: 'No.' });
    const refused = await world.opened();
    await world.issue(refused.task.id, refused.token);
    expect(await world.finish(refused.task.id, refused.token)).toMatchObject({ revocation: 'none' });
    await iam.revoke();
    expect(iam.asked).toEqual([]);
  });

  it('leaves nothing behind once its sessions would have ended anyway', async () => {
    const { task, token } = await iam.vended();
    await world.finish(task.id, token);
    await iam.revoke();
    world.clock.advance(HOUR);
    await iam.minute();
    expect(iam.documents.size).toBe(1);
    world.clock.advance(2 * MINUTE);
    await iam.minute();
    expect(iam.documents.size).toBe(0);
    iam.asked = [];
    await iam.minute();
    expect(iam.asked).toEqual([]);
    expect(await world.finish(task.id, token)).toMatchObject({ revocation: 'inForce' });
  });
});

it('expiring naturally asks IAM nothing', async () => {
  const { task } = await iam.vended({ ttlSeconds: 1200 });
  await iam.minutes(25);
  expect(Date.parse(task.expiresAt)).toBeLessThan(world.clock.now().getTime());
  expect(iam.asked).toEqual([]);
});

describe('what is under the task', () => {
  async function handedOn() {
    const above = await world.opened({ capabilities: LEDGER });
    const handed = { agent: OTHER_AGENT, capabilities: LEDGER };
    const delegation = (await world.delegate(above.task.id, above.token, handed)) as Delegation;
    const token = world.agentToken(OTHER_AGENT);
    const below = await iam.vended({ token, capabilities: LEDGER, delegation: delegation.id });
    return { above, below };
  }

  it('is denied with it', async () => {
    const { above, below } = await handedOn();
    expect(await world.finish(above.task.id, above.token)).toMatchObject({ revocation: 'pending' });
    await iam.revoke();
    expect(iam.standing(LEDGER_ROLE)).toEqual(tasksDenied(below.task.id));
    expect(await world.finish(above.task.id, above.token)).toMatchObject({ revocation: 'inForce' });
  });

  it('is one entry with it, where there are several', async () => {
    const { above, below } = await handedOn();
    await world.issue(above.task.id, above.token, { wanted: [{ capability: 'ledger:read' }] });
    await world.revoke(above.task.id);
    await iam.revoke();
    expect(iam.standing(LEDGER_ROLE)).toEqual(
      deny({ StringEquals: { 'aws:PrincipalTag/root': [above.task.id] } }, 'EndedTrees'),
    );
    const told = world.told('credentials.revoked').map(({ task }) => task);
    expect([...told].sort()).toEqual([above.task.id, below.task.id].sort());
  });

  it('ends alone where only that is finished', async () => {
    const { above, below } = await handedOn();
    await world.issue(above.task.id, above.token, { wanted: [{ capability: 'ledger:read' }] });
    await world.finish(below.task.id, below.token);
    await iam.revoke();
    expect(iam.standing(LEDGER_ROLE)).toEqual(tasksDenied(below.task.id));
  });
});

describe('an agent that is disabled', () => {
  it('is one entry, and its tasks are named once it may act again', async () => {
    const [one, other] = [await iam.vended(), await iam.vended()];
    await world.change('disable');
    await iam.revoke();
    expect(iam.standing()).toEqual(
      deny(
        {
          StringEquals: { 'aws:PrincipalTag/agent': one.task.agent },
          DateLessThan: { 'aws:TokenIssueTime': text(world.clock.in(2 * MINUTE + SECOND)) },
        },
        'DisabledAgent0',
      ),
    );
    await world.change('reinstate');
    const anew = await iam.vended();
    await iam.revoke();
    expect(iam.standing()).toEqual(tasksDenied(one.task.id, other.task.id));
    expect(JSON.stringify(iam.standing())).not.toContain(anew.task.id);
  });

  it('is denied what it had been vended, and nothing that it is vended later, whenever IAM is told', async () => {
    const { task } = await iam.vended();
    const before = { agent: task.agent, task: task.id, root: task.id, issued: world.clock.now() };
    world.clock.advance(10 * MINUTE);
    await world.change('disable');
    await iam.revoke();
    world.clock.advance(3 * MINUTE + SECOND);
    await world.change('reinstate');
    const anew = (await iam.vended()).task.id;
    const after = { agent: task.agent, task: anew, root: anew, issued: world.clock.in(-MINUTE) };
    expect(denies(iam.documents.get(ROLE), before)).toBe(true);
    expect(denies(iam.documents.get(ROLE), after)).toBe(false);
  });
});

it('asks for a role by its own connection', async () => {
  const { task, token } = await iam.vended();
  await world.finish(task.id, token);
  const [counter] = await world.records.read([askedKey(roleHash({ roleArn: ROLE }))]);
  expect(counter?.value).toMatchObject({ count: 1, last: { roleArn: ROLE } });
  await iam.revoke();
  const [state] = await world.records.read([roleDenyKey(roleHash({ roleArn: ROLE }))]);
  expect(state?.value).toMatchObject({ done: 1, document: sha256(iam.documents.get(ROLE) ?? '') });
  expect(codeOf(await world.issue(task.id, token))).toBe('task_over');
});
