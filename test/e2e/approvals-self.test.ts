// Nobody approves what they ask for, nor what an agent asks for that they answer for: whichever way they try.
import { expect, test } from 'vitest';
import {
  type Asked,
  ask,
  askAs,
  awaitingIn,
  decide,
  eventsOfAsked,
  linkOf,
  linksOf,
  ownerToken,
  postTo,
  readCall,
} from './support/approvals/asking.ts';
import { openAs } from './support/approvals/login.ts';
import { mailsOf } from './support/approvals/mails.ts';
import { PUBLIC_URL, sendForm } from './support/approvals/page.ts';
import { openTask, refusalIn, send, taskBody } from './support/broker.ts';
import { describeCalls, newMark, seen } from './support/calls.ts';
import type { Opened } from './support/contract.ts';
import type { AtLogin } from './support/target/login.ts';
import { agentToken } from './support/tokens.ts';

const NOTE = [{ capability: 'desk:note' }];

/** What intern asks for in the name of applicant. */
async function askBelow(): Promise<Asked> {
  const above = await openTask('applicant', NOTE, { requester: 'rita@example.com' });
  const offer = await send('POST', `/v1/tasks/${above.task.id}/delegations`, {
    token: above.token,
    body: { agent: 'intern', capabilities: NOTE },
  });
  expect(offer.status).toBe(201);
  const { delegation } = offer.body as { readonly delegation: { readonly id: string } };
  const body = taskBody(NOTE, { delegation: delegation.id });
  const accepted = await send('POST', '/v1/tasks', { token: agentToken('intern'), body });
  expect(accepted.status).toBe(201);
  const opened = accepted.body as Opened;
  const mark = newMark();
  return { ...awaitingIn(await postTo(opened, 'note', mark)), opened, mark };
}

async function expectUndecided(asked: Asked): Promise<void> {
  expect(await readCall(asked)).toMatchObject({ status: 'awaiting_approval', approval: { decisions: [] } });
  expect(await seen(asked.mark)).toEqual([]);
}

/** Each by whom it is tried, and how they write who they are. */
const SELVES = [
  ['the requester', 'rita', {}, () => ask()],
  ['the requester, in capitals', 'rita', { email: 'RITA@Example.COM' }, () => ask()],
  ['the agent’s owner', 'owen', {}, () => ask()],
  ['the owner of an agent that was handed the work', 'ida', {}, askBelow],
  ['the owner of the agent that handed it on', 'owen', {}, askBelow],
  ['the requester of the task above', 'rita', {}, askBelow],
] as const;

describeCalls('by REST', () => {
  test.for(SELVES)(
    '%s does not approve it, and that they tried is recorded',
    async ([, name, claims, asking]) => {
      const asked = await asking();
      const token = ownerToken(name, claims);
      for (const body of [{ decision: 'approve' }, { decision: 'deny', reason: 'No' }]) {
        const { detail } = refusalIn(await decide(asked.approval.id, body, token), 'not_permitted');
        expect(detail).toContain('somebody else has to decide it');
      }
      await expectUndecided(asked);
      const tries = (await eventsOfAsked(asked)).filter(({ type }) => type === 'approval.refused');
      expect(tries).toHaveLength(2);
    },
  );

  test('an owner of the target who is neither does', async () => {
    const asked = await askBelow();
    expect((await decide(asked.approval.id, { decision: 'approve' })).status).toBe(200);
  });
});

describeCalls('by a link', () => {
  test('nobody is sent one who may not use it', async () => {
    const [asked, below] = [await ask(), await askBelow()];
    const told = (await mailsOf(asked.approval.id, 3)).map(({ to }) => to);
    expect(told.join()).not.toMatch(/owen|rita/);
    expect(Object.keys(await linksOf(below, 2)).sort()).toEqual(['ann@example.com', 'ben@example.com']);
  });

  test.for(['rita', 'owen'] as const)(
    '%s, to whom one was forwarded, logs in and may not',
    async (name: AtLogin) => {
      const asked = await ask('put');
      const link = await linkOf(asked);
      const page = await openAs(link, name);
      expect({ status: page.status, form: page.form }).toEqual({ status: 403, form: undefined });
      expect(page.words).toContain('somebody else has to decide it');
      const mine = await openAs(link, 'ann');
      const answer = await sendForm(
        mine,
        { decision: 'approve' },
        { origin: PUBLIC_URL, cookie: page.cookie },
      );
      expect(answer.status).toBe(403);
      await expectUndecided(asked);
    },
  );
});

describeCalls('an agent', () => {
  test('has nothing that decides: not its own token, not its task’s, not a person’s that it claims to be', async () => {
    const asked = await askAs('applicant');
    for (const token of [agentToken('applicant'), asked.opened.token])
      refusalIn(await decide(asked.approval.id, { decision: 'approve' }, token), 'unauthenticated');
    await expectUndecided(asked);
  });
});
