// Clicks in Slack: whose are taken, what they decide, and what whoever clicked is told.
import { beforeEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/shared/errors.ts';
import {
  approvalIn,
  callIn,
  decide,
  GUEST,
  KIM,
  LEE,
  needing,
  OWNER,
  PEOPLE,
  type Waits,
  waiting,
} from '../support/approvals.ts';
import { MINUTE } from '../support/clock.ts';
import { humanSettings } from '../support/config.ts';
import { RESPONSE_URL, type SlackWorld, slackWorld } from '../support/slack.ts';
import type { World } from '../support/world.ts';

let slack: SlackWorld;
let world: World;
let waits: Waits;
let approval: string;

async function begin(others?: Parameters<typeof slackWorld>[0]): Promise<void> {
  slack = await slackWorld(others);
  world = slack.world;
  waits = await waiting(world);
  approval = waits.approval.id;
}
beforeEach(() => begin());

const whispers = () => world.people.whispered.map(({ text }) => text);
const statusOf = async () => (await approvalIn(world, approval)).status;
const votesOf = async () => (await approvalIn(world, approval)).votes.length;

async function expectNothingDone(): Promise<void> {
  expect([await statusOf(), await votesOf(), world.outside.sent.length]).toEqual(['pending', 0, 0]);
  expect(world.told('call.decided', 'approval.refused')).toEqual([]);
}

describe('a click', () => {
  it('decides for the person whose Slack user it is, and needs no whisper: the message says it', async () => {
    expect(world.people.posted).toHaveLength(1);
    expect(await slack.click({ approval, reason: 'It is time.' })).toBeUndefined();
    expect(await approvalIn(world, approval)).toMatchObject({
      status: 'approved',
      votes: [{ by: KIM, name: 'Kim', channel: 'slack', decision: 'approve', reason: 'It is time.' }],
    });
    expect(world.told('call.decided')).toMatchObject([
      { by: KIM, vote: 'approve', channel: 'slack', status: 'approved', why: 'It is time.' },
    ]);
    expect(whispers()).toEqual([]);
    expect(await world.drive(approval)).toBe('succeeded');
    expect(world.outside.sent).toHaveLength(1);
    const [{ posted, message } = {}] = world.people.updated;
    expect(posted).toEqual({ channel: 'C1', id: '1' });
    expect(message?.text).toContain(`Approved by ${KIM}`);
    expect(JSON.stringify(message?.blocks)).not.toContain('"button"');
  });

  it('denies for a reason', async () => {
    expect(await slack.click({ approval, action: 'deny', reason: 'Not today.' })).toBeUndefined();
    expect(await world.drive(approval)).toBe('denied');
    expect(await callIn(world, waits)).toMatchObject({ refusal: { code: 'approval_denied' } });
    expect(world.people.updated.at(-1)?.message.text).toContain(`Denied by ${KIM}`);
    expect(whispers()).toEqual([]);
  });

  it.each([null, '', ' \n '])(
    'denies nothing where the reason is %j, and says so to its user',
    async (reason) => {
      expect(await slack.click({ approval, action: 'deny', reason })).toBeUndefined();
      expect(world.people.whispered).toEqual([
        { to: RESPONSE_URL, text: 'Say why you deny it: the agent and the audit are told.' },
      ]);
      await expectNothingDone();
    },
  );

  it('of somebody whom the files do not know decides nothing', async () => {
    await slack.click({ approval, user: 'U0NOBODY' });
    expect(whispers()).toEqual([expect.stringContaining('Nobody here is known by your Slack user')]);
    await expectNothingDone();
  });

  it('of a user whom two people of the files have decides nothing', async () => {
    const people = [...PEOPLE, { id: 'other@example.com', groups: ['security'], slack: 'U0KIM' }];
    const { humans } = world.rules.config.broker;
    if (humans === undefined) throw new Error('no humans');
    await begin({ humans: humanSettings({ ...humans, people }) });
    await slack.click({ approval });
    expect(whispers()).toEqual([expect.stringContaining('More than one person')]);
    await expectNothingDone();
  });

  it.each([
    ['U0OLGA', OWNER, 'You answer for an agent'],
    ['U0GUEST', GUEST, 'Policy does not let you'],
  ])('of %s is refused, written down and told', async (user, by, why) => {
    await slack.click({ approval, user });
    expect(world.people.whispered).toEqual([{ to: RESPONSE_URL, text: expect.stringContaining(why) }]);
    expect(whispers()).toEqual([expect.stringContaining('It can be decided by')]);
    expect(world.told('approval.refused')).toMatchObject([{ by, channel: 'slack', approval }]);
    expect([await statusOf(), await votesOf()]).toEqual(['pending', 0]);
  });

  it('of who asks for it is refused', async () => {
    const { task, token } = await world.opened({
      requester: KIM,
      capabilities: [{ capability: 'reports:write', parameters: {} }],
    });
    const asked = await world.issue(task.id, token, { wanted: [{ capability: 'reports:write' }] });
    if (asked instanceof Refusal || !('approval' in asked)) throw new Error('it does not wait');
    const { id } = asked.approval as { id: string };
    await slack.click({ approval: id });
    expect(whispers()).toEqual([expect.stringContaining('asked for by you')]);
    expect((await approvalIn(world, id)).votes).toEqual([]);
  });

  it('on what administers a target is answered with the page, and no key to it', async () => {
    const { task, token } = await world.opened({
      capabilities: [{ capability: 'reports:purge', parameters: {} }],
    });
    const asked = await world.issue(task.id, token, { wanted: [{ capability: 'reports:purge' }] });
    if (asked instanceof Refusal || !('approval' in asked)) throw new Error('it does not wait');
    const { id } = asked.approval as { id: string };
    await world.drive(id);
    const message = world.people.posted.at(-1);
    expect(JSON.stringify(message?.blocks)).not.toMatch(/"action_id":"(approve|deny)"/);
    for (const action of ['approve', 'deny']) await slack.click({ approval: id, action, reason: 'Because.' });
    const text = `This has to be decided by somebody who has logged in: https://bailiwick.example.com/approve/${id}`;
    expect(whispers()).toEqual([text, text]);
    expect((await approvalIn(world, id)).votes).toEqual([]);
  });

  it('on what there is not is told so', async () => {
    await slack.click({ approval: `appr_${'0'.repeat(26)}` });
    expect(whispers()).toEqual(['There is no such approval, or you may not see it.']);
  });

  it('after somebody else has decided is told who, and when', async () => {
    await decide(world, approval, LEE, { channel: 'link' });
    await slack.click({ approval });
    expect(whispers()).toEqual([expect.stringMatching(/already decided by Lee at .*: approved/)]);
    expect(await votesOf()).toBe(1);
  });

  it('after its time is told so', async () => {
    world.clock.advance(61 * MINUTE);
    await slack.click({ approval });
    expect(whispers()).toEqual([expect.stringContaining('It expired at')]);
    expect(await votesOf()).toBe(0);
  });

  it('is the only one of two at the same moment, by two people or by one', async () => {
    await Promise.all([
      slack.click({ approval }),
      slack.click({ approval }),
      slack.click({ approval, user: 'U0LEE', action: 'deny', reason: 'No.' }),
    ]);
    expect(await votesOf()).toBe(1);
    expect(world.told('call.decided')).toHaveLength(1);
    expect(whispers()).toHaveLength(2);
    for (const text of whispers()) expect(text).toContain('already decided by');
    await world.drive(approval);
    expect(world.outside.sent.length).toBe((await statusOf()) === 'approved' ? 1 : 0);
  });
});

describe('where two have to approve', () => {
  beforeEach(() => begin({ policies: needing('context.approvals.count >= 2') }));

  it('the first is told that others have to, and nothing is done', async () => {
    const woken = world.people.woken.length;
    await slack.click({ approval });
    expect(whispers()).toEqual(['Recorded. Others have to approve it too.']);
    expect([await statusOf(), await votesOf(), world.people.woken.length]).toEqual(['pending', 1, woken]);
    await slack.click({ approval });
    expect(whispers().at(-1)).toContain('already decided by you');
    await slack.click({ approval, user: 'U0LEE' });
    expect(await world.drive(approval)).toBe('succeeded');
    expect(world.people.woken).toHaveLength(woken + 1);
  });
});

it.each(['link', 'login', 'api'] as const)(
  'the message is changed where it stands when decided by %s',
  async (channel) => {
    await decide(world, approval, LEE, { channel, decision: 'deny', reason: 'No.' });
    await world.drive(approval);
    expect(world.people.updated[0]?.posted).toEqual({ channel: 'C1', id: '1' });
    expect(world.people.updated.at(-1)?.message.text).toContain('Denied by lee@example.com');
  },
);

it.each([
  ['expired', () => world.clock.advance(61 * MINUTE), 'Expired'],
  ['withdrawn', () => world.finish(waits.task.id, waits.token), 'Withdrawn'],
  ['void', () => world.change('quarantine'), 'Void'],
])('the message is changed when it is %s', async (status, happen, says) => {
  await happen();
  expect(await world.drive(approval)).toBe(status);
  expect(world.people.updated.at(-1)?.message.text).toContain(says);
});
