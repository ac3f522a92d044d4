// Who is told that something waits for them, when, and how often: whatever fails, and whoever decides meanwhile.
import { beforeEach, describe, expect, it } from 'vitest';
import { personOfLink } from '../../src/approvals/index.ts';
import { approvalStep } from '../../src/broker/index.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import {
  approvalIn,
  approvalWorld,
  awaited,
  BOTH,
  DROP,
  decide,
  GUEST,
  KIM,
  LEE,
  needing,
} from '../support/approvals.ts';
import { MINUTE } from '../support/clock.ts';
import type { ConfigParts } from '../support/config.ts';
import { call, openFor } from '../support/http-calls.ts';
import { failingAt } from '../support/meddling.ts';
import type { World } from '../support/world.ts';

const ESCALATING: Partial<ConfigParts> = {
  broker: { approvals: { expireAfterSeconds: 3600, escalateAfterSeconds: 900, escalateTo: ['guests'] } },
};
const ALL = [BOTH, KIM, LEE];

let world: World;
let approval: string;

/** It waits, and nobody has been told yet. */
async function begin(parts?: Partial<ConfigParts>): Promise<void> {
  world = await approvalWorld(parts);
  const opened = await openFor(world, 'tickets:drop');
  approval = awaited(await call(world, opened, DROP)).approval.id;
}
beforeEach(() => begin());

const kept = () => approvalIn(world, approval);
const mailed = () => world.people.mails.map(({ to }) => to).sort();
const drive = () => world.drive(approval);
const posts = () => world.people.posted.map(({ text }) => text.split(':')[0]);
const look = () => approvalStep(world.dependencies, { step: 'look', approval }) as Promise<JsonObject>;

const keyIn = (text: string) => /\?key=([\w-]{43})/.exec(text)?.[1] ?? '';

/** From now on these people get no mail. */
function unreachable(...people: readonly string[]): void {
  world.meddle = ({ name, arguments: [message] }, run) =>
    name === 'mail.send' && people.includes((message as { to: string }).to)
      ? Promise.reject(new Unavailable('mail'))
      : run();
}

describe('those who may decide', () => {
  it.each<[string, object, boolean]>([
    ['logs in, and can not', { requireLogin: true }, true],
    ['need not log in', { requireLogin: false }, false],
  ])('are told what to run where who decides %s', async (_, approvals, isTold) => {
    await begin({ broker: { approvals: { ...ESCALATING.broker?.approvals, ...approvals } } as never });
    await drive();
    for (const { text } of world.people.mails) {
      expect(text.includes(`bailiwick approvals approve ${approval}\n`)).toBe(isTold);
      expect(text.includes('Decide here')).toBe(!isTold);
    }
    expect(world.people.mails.length).toBeGreaterThan(0);
  });

  it('are told, each by a link of their own; not who answers for the agent, nor whom policy does not let', async () => {
    await drive();
    expect(mailed()).toEqual(ALL);
    expect(posts()).toEqual(['Approval needed']);
    const now = await kept();
    expect(now).toMatchObject({ posted: { channel: 'C1', id: '1' }, unreached: [] });
    expect([...(now.asked ?? [])].sort()).toEqual(ALL);
    for (const { to, text } of world.people.mails) expect(personOfLink(now, keyIn(text))?.person).toBe(to);
    expect(world.told('approval.asked')).toMatchObject([{ approval, asked: [KIM, LEE, BOTH, '#channel'] }]);
  });

  it('are the only ones who learn of a key', async () => {
    await drive();
    const everything = JSON.stringify([world.records.all(), world.told(), world.people.posted, world.logged]);
    for (const { text } of world.people.mails) {
      expect(keyIn(text)).toHaveLength(43);
      expect(everything).not.toContain(keyIn(text));
    }
  });

  it('are not who asks for it', async () => {
    const opened = await openFor(world, 'tickets:drop');
    const asking = await world.opened({
      requester: KIM,
      capabilities: [{ capability: 'tickets:drop', parameters: {} }],
    });
    const { approval: own } = awaited(await call(world, { ...opened, ...asking }, DROP));
    await world.drive(own.id);
    expect(mailed()).toEqual([BOTH, LEE]);
  });

  it('are told once, however often the step is taken', async () => {
    for (let times = 0; times < 4; times += 1) await drive();
    expect([mailed(), posts().length, world.told('approval.asked').length]).toEqual([ALL, 1, 1]);
  });

  it('have a link that works when the mail is on its way', async () => {
    const works: boolean[] = [];
    world.meddle = async ({ name, arguments: [message] }, run) => {
      if (name === 'mail.send') {
        const { to, text } = message as { to: string; text: string };
        works.push(personOfLink(await kept(), keyIn(text))?.person === to);
      }
      return run();
    };
    await drive();
    expect(works).toEqual([true, true, true]);
  });

  it('are told although a mail that was sent came to nobody’s knowledge', async () => {
    world.meddle = failingAt({ name: 'mail.send', arrived: true });
    await drive();
    world.meddle = undefined;
    await drive();
    expect(mailed()).toEqual([...ALL, ...ALL].sort());
    // Whichever of the two they open.
    const now = await kept();
    for (const { to, text } of world.people.mails) expect(personOfLink(now, keyIn(text))?.person).toBe(to);
  });
});

it.each([
  ['mail', [], ['Approval needed']],
  ['chat', ALL, []],
] as const)('tells who can be reached where there is no %s', async (missing, mails, messages) => {
  const { dependencies } = world;
  await approvalStep({ ...dependencies, [missing]: undefined }, { step: 'ask', approval, token: 't' });
  expect([mailed(), posts()]).toEqual([mails, messages]);
  expect(await kept()).toMatchObject({ unreached: [] });
});

describe('whom nothing could be sent to', () => {
  it('is told the next time, soon, and nobody else is', async () => {
    unreachable(LEE);
    await drive();
    expect(mailed()).toEqual([BOTH, KIM]);
    expect(await kept()).toMatchObject({ unreached: [LEE] });
    expect(world.told('approval.asked')).toMatchObject([
      { asked: [KIM, BOTH, '#channel'], unreached: [LEE] },
    ]);
    expect((await look())['seconds']).toBe(300);
    world.meddle = undefined;
    await drive();
    expect([mailed(), posts().length]).toEqual([ALL, 1]);
    expect(await kept()).toMatchObject({ unreached: [] });
    expect((await look())['seconds']).toBeGreaterThan(300);
  });

  it('has a few links at most, however long it lasts', async () => {
    unreachable(...ALL);
    for (let times = 0; times < 10; times += 1) await drive();
    const { links } = await kept();
    for (const id of ALL) expect(links.filter(({ person }) => person === id)).toHaveLength(3);
  });

  it('may be the channel', async () => {
    world.meddle = failingAt({ name: 'chat.post' });
    await drive();
    expect([mailed(), await kept()]).toMatchObject([ALL, { unreached: ['#channel'] }]);
    world.meddle = undefined;
    await drive();
    expect([mailed(), posts()]).toEqual([ALL, ['Approval needed']]);
    expect(await kept()).toMatchObject({ unreached: [], posted: { id: '1' } });
  });
});

describe('while people are told', () => {
  const during = (name: string, happen: () => Promise<unknown>, number = 1) => {
    let count = 0;
    world.meddle = async (operation, run) => {
      if (operation.name === name) count += 1;
      if (operation.name === name && count === number) await happen();
      return run();
    };
  };

  it('somebody may decide: nothing of that is lost, and the message says so', async () => {
    during('chat.post', () => decide(world, approval, LEE, { decision: 'deny', reason: 'No.' }));
    expect(await drive()).toBe('denied');
    expect(await kept()).toMatchObject({ status: 'denied', posted: { id: '1' }, votes: [{ by: LEE }] });
    expect(world.people.updated[0]).toMatchObject({ posted: { id: '1' } });
  });

  it('it may even have ended: whoever ended it knew of no message, and it says so all the same', async () => {
    during('chat.post', async () => {
      await decide(world, approval, LEE, { decision: 'deny', reason: 'No.' });
      await approvalStep(world.dependencies, { step: 'record', approval });
    });
    await approvalStep(world.dependencies, { step: 'ask', approval, token: 't' });
    expect(world.people.updated.at(-1)?.message.text).toContain('Denied by');
    expect(world.people.woken).toContain('t');
  });

  it('one of two may approve, and is not told again', async () => {
    await begin({ policies: needing('context.approvals.count >= 2') });
    during('mail.send', () => decide(world, approval, LEE));
    await drive();
    expect((await kept()).votes).toMatchObject([{ by: LEE }]);
    await drive();
    expect([mailed(), posts().length, world.told('approval.asked').length]).toEqual([ALL, 1, 1]);
  });

  it('nobody is told of what was decided before the first mail', async () => {
    // The first change keeps what the workflow waits with, the second the links.
    during('records.replace', () => decide(world, approval, LEE, { decision: 'deny', reason: 'No.' }), 2);
    expect(await drive()).toBe('denied');
    expect([mailed(), posts()]).toEqual([[], []]);
  });

  it('a record that never stays what it was keeps anybody from getting a link that does not work', async () => {
    let changes = 0;
    world.meddle = ({ name }, run) => {
      if (name === 'records.replace') changes += 1;
      return name === 'records.replace' && changes > 1 ? Promise.resolve(false) : run();
    };
    await expect(drive()).rejects.toThrow('changes faster than it can be written');
    expect(mailed()).toEqual([]);
  });

  it('the audit may fail: the step does, and nobody is told twice', async () => {
    world.meddle = failingAt({ name: 'events.append', number: 1 });
    await expect(drive()).rejects.toThrow(Unavailable);
    await drive();
    expect([mailed(), posts().length]).toEqual([ALL, 1]);
  });
});

describe('when nobody has decided in time', () => {
  beforeEach(async () => {
    await begin(ESCALATING);
    await drive();
    world.people.mails.length = 0;
    world.clock.advance(15 * MINUTE);
  });

  it('others are told, and the channel once more; once', async () => {
    for (let times = 0; times < 3; times += 1) await drive();
    expect(mailed()).toEqual([GUEST]);
    expect(posts()).toEqual(['Approval needed', 'Still waiting for approval']);
    expect(await kept()).toMatchObject({ escalated: [GUEST], posted: { id: '1' }, postedAgain: { id: '2' } });
    expect(world.told('approval.asked')).toMatchObject([
      {},
      { escalation: true, asked: [GUEST, '#channel'] },
    ]);
  });

  it('both messages say how it was decided', async () => {
    await drive();
    await decide(world, approval, KIM);
    await drive();
    const last = new Map(world.people.updated.map(({ posted, message }) => [posted.id, message.text]));
    expect([...last.keys()].sort()).toEqual(['1', '2']);
    for (const text of last.values()) expect(text).toContain(`Approved by ${KIM}`);
  });

  it('one message that cannot be changed keeps the other from nothing', async () => {
    await drive();
    await decide(world, approval, KIM);
    world.meddle = ({ name, arguments: [posted] }, run) =>
      name === 'chat.update' && (posted as { id: string }).id === '1'
        ? Promise.reject(new Unavailable('chat'))
        : run();
    expect(await drive()).toBe('succeeded');
    expect(world.people.updated.map(({ posted }) => posted.id)).toContain('2');
  });

  it('those whom nothing could be sent to before are told then', async () => {
    await begin(ESCALATING);
    unreachable(...ALL);
    await drive();
    world.clock.advance(15 * MINUTE);
    world.meddle = undefined;
    await drive();
    await drive();
    expect(mailed()).toEqual([BOTH, GUEST, KIM, LEE].sort());
  });

  it('whoever has approved already is not asked', async () => {
    await begin({ ...ESCALATING, policies: needing('context.approvals.count >= 2') });
    unreachable(LEE);
    await drive();
    await decide(world, approval, LEE);
    world.meddle = undefined;
    world.clock.advance(15 * MINUTE);
    await drive();
    expect(mailed()).not.toContain(LEE);
  });

  it('nobody who answers for the agent is told, whatever group they are in', async () => {
    const approvals = { expireAfterSeconds: 3600, escalateAfterSeconds: 900, escalateTo: ['owners'] };
    await begin({ broker: { approvals } });
    await drive();
    world.clock.advance(15 * MINUTE);
    await drive();
    expect(mailed()).toEqual([BOTH, KIM, LEE, BOTH, LEE].sort());
  });
});

it('nobody is told twice where the files name nobody to escalate to', async () => {
  await drive();
  world.clock.advance(16 * MINUTE);
  await drive();
  expect([mailed(), posts()]).toEqual([ALL, ['Approval needed']]);
});
