// What comes to the door of Slack: whose it is, by its signature; and that a Slack which hangs keeps nothing waiting.
import { beforeEach, describe, expect, it } from 'vitest';
import { Unavailable } from '../../src/shared/errors.ts';
import { approvalIn, waiting } from '../support/approvals.ts';
import { MINUTE, SECOND } from '../support/clock.ts';
import {
  clickBody,
  SIGNING_SECRET,
  SLACK_SETTINGS,
  type SlackWorld,
  signedAt,
  slackWorld,
} from '../support/slack.ts';
import { codeOf, type World } from '../support/world.ts';

let slack: SlackWorld;
let world: World;
let approval: string;

async function begin(others?: Parameters<typeof slackWorld>[0]): Promise<void> {
  slack = await slackWorld(others);
  world = slack.world;
  approval = (await waiting(world)).approval.id;
}
beforeEach(() => begin());

const whispers = () => world.people.whispered.map(({ text }) => text);
const statusOf = async () => (await approvalIn(world, approval)).status;
const votesOf = async () => (await approvalIn(world, approval)).votes.length;

async function expectNothingDone(): Promise<void> {
  expect([await statusOf(), await votesOf(), world.outside.sent.length]).toEqual(['pending', 0, 0]);
  expect(world.told('call.decided', 'approval.refused')).toEqual([]);
}

describe('a request', () => {
  const at = (milliseconds: number, body = clickBody({ approval })) =>
    signedAt(new Date(world.clock.now().getTime() + milliseconds), body);

  it.each<[string, () => ReturnType<typeof signedAt>]>([
    ['without a signature', () => ({ ...at(0), signature: undefined })],
    ['without a timestamp', () => ({ ...at(0), timestamp: undefined })],
    ['with an empty signature', () => ({ ...at(0), signature: '' })],
    ['signed with another secret', () => signedAt(world.clock.now(), clickBody({ approval }), 'other')],
    ['signed with an empty secret', () => signedAt(world.clock.now(), clickBody({ approval }), '')],
    ['altered', () => ({ ...at(0), rawBody: clickBody({ approval, user: 'U0LEE' }) })],
    ['with a byte more', () => ({ ...at(0), rawBody: Buffer.concat([at(0).rawBody, Buffer.from('&')]) })],
    ['with a timestamp that was not signed', () => ({ ...at(-MINUTE), timestamp: at(0).timestamp })],
    ['of more than five minutes ago', () => at(-5 * MINUTE - SECOND)],
    ['of a day ago', () => at(-24 * 60 * MINUTE)],
    ['of the future', () => at(5 * MINUTE + SECOND)],
  ])('%s is nobody, and decides nothing', async (_, request) => {
    expect(codeOf(await slack.deliver(request()))).toBe('unauthenticated');
    await expectNothingDone();
    expect(whispers()).toEqual([]);
  });

  it.each([-5 * MINUTE + 31 * SECOND, 5 * MINUTE - 31 * SECOND])(
    'within five minutes is taken: %i ms',
    async (milliseconds) => {
      expect(await slack.deliver(at(milliseconds))).toBeUndefined();
      expect(await statusOf()).toBe('approved');
    },
  );

  it('replayed decides nothing twice, and within five minutes only', async () => {
    const request = at(0);
    for (let times = 0; times < 3; times += 1) expect(await slack.deliver(request)).toBeUndefined();
    await world.drive(approval);
    expect(await slack.deliver(request)).toBeUndefined();
    expect([await votesOf(), world.told('call.decided').length, world.outside.sent.length]).toEqual([
      1, 1, 1,
    ]);
    world.clock.advance(5 * MINUTE + SECOND);
    expect(codeOf(await slack.deliver(request))).toBe('unauthenticated');
  });

  it('is judged by the secret as it is now, read afresh once', async () => {
    slack.secret.fresh = 'canary-rotated';
    expect(
      await slack.deliver(signedAt(world.clock.now(), clickBody({ approval }), 'canary-rotated')),
    ).toBeUndefined();
    expect(slack.reads).toEqual([false, true]);
    expect(await statusOf()).toBe('approved');
  });

  it('is nobody where there is no such secret', async () => {
    slack.secret.remembered = undefined;
    slack.secret.fresh = undefined;
    expect(codeOf(await slack.click({ approval }))).toBe('unauthenticated');
    expect(slack.reads).toEqual([false, true]);
    await expectNothingDone();
  });

  it('is a fault where the secret cannot be read', async () => {
    slack.dependencies.secrets.read = () => Promise.reject(new Unavailable('secrets'));
    await expect(slack.click({ approval })).rejects.toThrow(Unavailable);
    await expectNothingDone();
  });

  it('is of no route where no Slack is in the files', async () => {
    await begin({ broker: { ...SLACK_SETTINGS, notify: {} } });
    expect(codeOf(await slack.click({ approval }))).toBe('not_found');
    expect(slack.reads).toEqual([]);
    await expectNothingDone();
  });

  it.each<[string, () => Uint8Array]>([
    ['the click on the link', () => clickBody({ approval, action: 'open' })],
    ['another interaction', () => clickBody({ approval, more: { type: 'view_submission' } })],
    ['two clicks in one', () => clickBody({ approval, more: { actions: [{}, {}] } })],
    ['no approval', () => clickBody({ approval: '../../x' })],
    ['a reason that is too long', () => clickBody({ approval, reason: 'x'.repeat(3001) })],
    ['what is no form', () => Buffer.from('{"payload":1}')],
    ['what is very deep', () => Buffer.from(`payload=${'['.repeat(300_000)}`)],
    ['bytes', () => Buffer.alloc(500_000, 0xff)],
    ['nothing', () => Buffer.from('')],
  ])('that holds %s is heard, and nothing happens', async (_, body) => {
    expect(await slack.deliver(signedAt(world.clock.now(), body()))).toBeUndefined();
    await expectNothingDone();
    expect(whispers()).toEqual([]);
  });

  it('that names another place for the answer is answered nowhere', async () => {
    const more = { response_url: 'https://evil.example/actions' };
    await slack.click({ approval, user: 'U0NOBODY', more });
    expect(whispers()).toEqual([]);
  });
});

describe('Slack that hangs or fails', () => {
  const hanging = (...names: readonly string[]) => {
    world.meddle = ({ name }, run) => (names.includes(name) ? new Promise(() => undefined) : run());
  };

  it('keeps nobody waiting for a whisper', async () => {
    hanging('chat.whisper');
    const before = world.clock.slept();
    expect(await slack.click({ approval, action: 'deny' })).toBeUndefined();
    expect(world.clock.slept() - before).toBeLessThan(3 * SECOND);
    await expectNothingDone();
  });

  it('keeps no click from deciding: the message is changed by the workflow, not by the click', async () => {
    hanging('chat.update', 'chat.whisper');
    expect(await slack.click({ approval })).toBeUndefined();
    expect(await statusOf()).toBe('approved');
    expect(world.people.woken).toHaveLength(1);
  });

  it('is logged where a whisper or a change comes to nothing, and what was decided is done', async () => {
    world.meddle = ({ name }, run) =>
      name === 'chat.whisper' || name === 'chat.update' ? Promise.reject(new Unavailable('chat')) : run();
    expect(await slack.click({ approval, action: 'deny' })).toBeUndefined();
    expect(await slack.click({ approval })).toBeUndefined();
    expect(await world.drive(approval)).toBe('succeeded');
    const said = world.logged.filter(({ fields }) => fields['backend'] === 'chat');
    expect(said.length).toBeGreaterThan(1);
    expect(JSON.stringify(world.logged)).not.toContain(SIGNING_SECRET);
    expect(JSON.stringify(world.logged)).not.toContain('hooks.slack.com');
  });
});
