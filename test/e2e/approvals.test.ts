// A human decides: what waits, who is asked, and each way that it ends, as agents, people and auditors see it.
import { describe, expect, test } from 'vitest';
import { until } from '../support/poll.ts';
import {
  ASKED_FOR_APPLICANT,
  ask,
  decide,
  ended,
  eventsOfAsked,
  linkOf,
  linksOf,
  openApplicant,
  ownerToken,
  postTo,
  readCall,
  responseOf,
  typesOf,
} from './support/approvals/asking.ts';
import { mailsOf } from './support/approvals/mails.ts';
import { approveBy, denyBy, open, sendForm } from './support/approvals/page.ts';
import { eventsOf, finish, openTask, refusalIn, send } from './support/broker.ts';
import { describeCalls, newMark, passed, refused, secret, seen, seenOnce } from './support/calls.ts';
import { agentToken, operatorToken } from './support/tokens.ts';

const EMAIL = 'canary.bird@example.net';
const CARD = '4242 4242 4242 4242';

describeCalls('a call that people approve', () => {
  test('is asked for, shown, approved by the link of a mail, carried out once, answered masked, and recorded', async () => {
    const body = JSON.stringify({ text: `Paid back to ${CARD}, ${EMAIL}` });
    const headers = { 'bailiwick-reason': 'The customer waits', cookie: 'a=b' };
    const asked = await ask('reply', { body, headers });
    expect(asked.approval.needed).toEqual({ count: 1, of: {} });
    expect(await readCall(asked)).toMatchObject({
      status: 'awaiting_approval',
      approval: { status: 'pending' },
    });
    const waiting = await responseOf(asked);
    expect({ status: waiting.status, body: waiting.json() }).toMatchObject({
      status: 202,
      body: { call: asked.call },
    });
    expect(await seen(asked.mark)).toEqual([]);

    const link = await linkOf(asked);
    const page = await open(link);
    expect({ status: page.status, decisions: page.form?.decisions }).toEqual({
      status: 200,
      decisions: ['approve', 'deny'],
    });
    for (const fact of [
      'applicant',
      'rita@example.com',
      'POST /tickets/42/replies',
      'The customer waits',
      'Ann',
    ])
      expect(page.words).toContain(fact);
    expect(await seen(asked.mark)).toEqual([]);

    const recorded = await approveBy(link, { reason: 'It is so' });
    expect(recorded.words).toContain('That is enough');
    expect(await ended(asked)).toMatchObject({ status: 'succeeded', response: { status: 201 } });
    const once = await seenOnce(asked.mark);
    expect(Buffer.from(once.body, 'base64').toString()).toBe(body);

    const answer = passed(await responseOf(asked), 201);
    expect(answer.header('bailiwick-call')).toBe(asked.call);
    expect(answer.header('bailiwick-dropped')).toBe('cookie');
    expect(answer.header('bailiwick-masked')).toMatch(/\bEMAIL=[2-9]/);
    expect(answer.json()).toMatchObject({ ticket: '42', reply: { text: expect.stringContaining('[') } });
    expect(await seenOnce(asked.mark)).toEqual(once);

    const events = await eventsOfAsked(asked);
    expect(typesOf(events)).toEqual([
      ...['call.requested', 'call.awaiting', 'approval.asked'],
      ...['call.decided', 'call.executing', 'call.succeeded'],
    ]);
    expect(events[2]).toMatchObject({
      asked: expect.arrayContaining(['ann@example.com', 'ben@example.com', 'ida@example.com']),
    });
    expect(events[3]).toMatchObject({
      ...{ by: 'ann@example.com', vote: 'approve', channel: 'link', status: 'approved', why: 'It is so' },
      approval: asked.approval.id,
    });
    expect(events[5]).toMatchObject({ approval: asked.approval.id });

    // Of what was said and what opens anything, nothing stands anywhere that people read.
    const everywhere = [
      ...[page.everything, recorded.everything, answer.everything, JSON.stringify(events)],
      ...[waiting.everything, JSON.stringify(await readCall(asked))],
      ...(await mailsOf(asked.approval.id, 3)).map((mail) => JSON.stringify(mail)),
    ];
    const hidden = [
      EMAIL,
      CARD,
      '4242 4242',
      asked.opened.token,
      secret('e2e/tickets', 'token'),
      agentToken('applicant').slice(-40),
    ];
    for (const text of everywhere) for (const one of hidden) expect(text.includes(one), one).toBe(false);
    // The key is in its mail and its page alone.
    const key = link.searchParams.get('key') ?? '';
    expect(key).toMatch(/^[\w-]{43}$/);
    for (const text of [answer.everything, JSON.stringify(events), waiting.everything])
      expect(text).not.toContain(key);
    expect(everywhere.slice(6).filter((text) => text.includes(key))).toHaveLength(1);
  });

  test('is put before each of its owners, with a link of their own, and before nobody else', async () => {
    const asked = await ask();
    const links = await linksOf(asked);
    expect(Object.keys(links).sort()).toEqual([...ASKED_FOR_APPLICANT]);
    const keys = Object.values(links).map(({ searchParams }) => searchParams.get('key'));
    expect(new Set(keys).size).toBe(3);
    for (const { origin, pathname } of Object.values(links)) {
      expect([origin, pathname]).toEqual(['https://bailiwick.example.com', `/approve/${asked.approval.id}`]);
    }
    const [mail] = await mailsOf(asked.approval.id, 3);
    for (const part of [mail?.text, mail?.html]) expect(part).toContain('POST /echo/notes/today');
  });

  test('needs two of a group: the first is told who is missing, twice does not count, the second runs it', async () => {
    const asked = await ask('close');
    expect(asked.approval.needed).toEqual({ count: 2, of: { 'desk-owners': 2 } });
    const links = await linksOf(asked);
    const [ann, ben] = [links['ann@example.com'], links['ben@example.com']];
    if (ann === undefined || ben === undefined) throw new Error('nobody was asked');
    const first = await approveBy(ann);
    expect(first.words).toContain('Still needed: 1');
    const again = await open(ann);
    expect({ heading: again.heading, form: again.form }).toEqual({
      heading: 'You already approved this',
      form: undefined,
    });
    refusalIn(await decide(asked.approval.id, { decision: 'approve' }), 'conflict');
    expect(await seen(asked.mark)).toEqual([]);
    expect(await readCall(asked)).toMatchObject({
      status: 'awaiting_approval',
      approval: { decisions: [{ by: 'ann@example.com' }] },
    });
    await approveBy(ben);
    expect(await ended(asked)).toMatchObject({ status: 'succeeded' });
    await seenOnce(asked.mark);
  });
});

describeCalls('a call that people do not approve', () => {
  test('denied with a reason: without one the form comes back with what was typed, and nothing is decided', async () => {
    const asked = await ask();
    const link = await linkOf(asked);
    const blank = await sendForm(await open(link), { decision: 'deny', reason: ' \n ' });
    expect({ status: blank.status, typed: blank.form?.typed.trim() }).toEqual({ status: 400, typed: '' });
    expect(blank.words).toContain('Nothing is decided yet.');
    const unsure = await sendForm(blank, { reason: 'Half a <reason>' });
    expect({ status: unsure.status, typed: unsure.form?.typed }).toEqual({
      status: 400,
      typed: 'Half a <reason>',
    });
    expect(await readCall(asked)).toMatchObject({ status: 'awaiting_approval' });

    await denyBy(link, `Not to ${EMAIL}`);
    expect(await ended(asked)).toMatchObject({ status: 'denied' });
    const answer = await responseOf(asked);
    const { detail } = refused(answer, 'approval_denied');
    expect(detail).toMatch(/denied by ann@example\.com at .*"Not to \[EMAIL\]"/);
    expect(answer.everything).not.toContain(EMAIL);
    expect(await seen(asked.mark)).toEqual([]);
    const events = await eventsOfAsked(asked);
    expect(typesOf(events).slice(-2)).toEqual(['call.decided', 'call.denied']);
    expect(JSON.stringify(events)).not.toContain(EMAIL);
  });

  test('one denial ends it, however many have approved', async () => {
    const asked = await ask('close');
    const links = await linksOf(asked);
    const [ann, ben] = [links['ann@example.com'], links['ben@example.com']];
    if (ann === undefined || ben === undefined) throw new Error('nobody was asked');
    await approveBy(ann);
    await denyBy(ben, 'Not today');
    expect(await ended(asked)).toMatchObject({ status: 'denied' });
    const late = await open(ann);
    expect(late.words).toMatch(/Already decided: denied by ben@example\.com/);
    expect(await seen(asked.mark)).toEqual([]);
  });

  test('carried out, and failed at its target: that is told, and it is not tried again', async () => {
    const asked = await ask('spoil');
    await approveBy(await linkOf(asked));
    expect(await ended(asked)).toMatchObject({ status: 'failed', refusal: { code: 'target_failed' } });
    refused(await responseOf(asked), 'target_failed');
    expect(typesOf(await eventsOfAsked(asked)).slice(-2)).toEqual(['call.executing', 'call.failed']);
    await seenOnce(asked.mark);
  });

  test('carried out, and nobody knows how it ended: that is told, and it is not tried again', async () => {
    const asked = await ask('vanish');
    await approveBy(await linkOf(asked));
    expect(await ended(asked)).toMatchObject({ status: 'outcome_unknown' });
    refused(await responseOf(asked), 'outcome_unknown');
    expect(typesOf(await eventsOfAsked(asked)).slice(-2)).toEqual(['call.executing', 'call.unknown']);
    await seenOnce(asked.mark);
  });

  test('when nobody answers, others are told, who may not decide it; and whoever may still can', async () => {
    const asked = await ask();
    const links = await linksOf(asked, 4);
    const watcher = links['wes@example.com'];
    if (watcher === undefined) throw new Error('nobody was told');
    expect((await open(watcher)).status).toBe(403);
    await approveBy(await linkOf(asked));
    expect(await ended(asked)).toMatchObject({ status: 'succeeded' });
    const told = (await eventsOfAsked(asked)).filter(({ type }) => type === 'approval.asked');
    expect(told).toMatchObject([
      {},
      { escalation: true, asked: expect.arrayContaining(['wes@example.com']) },
    ]);
  });

  test('expires with its task, and who comes then decides nothing', async () => {
    const opened = await openApplicant({ ttlSeconds: 4 });
    const asked = await ask('note', {}, opened);
    expect(asked.approval.expiresAt).toBe(opened.task.expiresAt);
    const link = await linkOf(asked);
    const page = await open(link);
    await until('the end of its task', () =>
      Date.now() > Date.parse(opened.task.expiresAt) ? true : undefined,
    );
    const late = await sendForm(page, { decision: 'approve' });
    expect(late.status).toBe(409);
    expect(late.words).toMatch(/expired/i);
    refusalIn(
      await decide(asked.approval.id, { decision: 'approve' }, ownerToken('ben')),
      'approval_expired',
    );
    // The task is over, and so is what its token may read: the audit says the rest.
    const events = await until('its last event', async () => {
      const all = await eventsOfAsked(asked);
      return all.some(({ type }) => type === 'call.expired') ? all : undefined;
    });
    expect(typesOf(events)).toEqual(['call.requested', 'call.awaiting', 'approval.asked', 'call.expired']);
    expect(await seen(asked.mark)).toEqual([]);
  });

  test('withdrawn when its task is finished', async () => {
    const asked = await ask();
    const link = await linkOf(asked);
    const page = await open(link);
    expect((await finish(asked.opened)).status).toBe(200);
    const late = await sendForm(page, { decision: 'approve' });
    expect({ status: late.status, heading: late.heading }).toEqual({
      status: 409,
      heading: 'There is nothing to decide any more',
    });
    expect(late.words).toMatch(/withdrawn/i);
    const events = await until('its last event', async () => {
      const all = await eventsOfAsked(asked);
      return all.some(({ type }) => type === 'call.withdrawn') ? all : undefined;
    });
    expect(events.at(-1)).toMatchObject({ refusal: { code: 'task_over' } });
    expect(await seen(asked.mark)).toEqual([]);
  });

  test('void when its task is revoked', async () => {
    const asked = await ask();
    const page = await open(await linkOf(asked));
    const body = { reason: 'A test' };
    const revoked = await send('POST', `/v1/tasks/${asked.opened.task.id}/revoke`, {
      token: operatorToken(),
      body,
    });
    expect(revoked.status).toBe(200);
    const late = await sendForm(page, { decision: 'approve' });
    expect(late.status).toBe(409);
    refusalIn(await decide(asked.approval.id, { decision: 'approve' }, ownerToken('ben')), 'approval_void');
    const events = await until('its last event', async () => {
      const all = await eventsOfAsked(asked);
      return all.some(({ type }) => type === 'call.voided') ? all : undefined;
    });
    expect(events.at(-1)).toMatchObject({ refusal: { code: 'approval_void' } });
    expect(await seen(asked.mark)).toEqual([]);
  });

  test('void when its agent is quarantined: whoever approves is told, and nothing runs', async () => {
    const task = await openTask('trainee', [{ capability: 'desk:note' }]);
    const asked = await ask('note', {}, task);
    const page = await open(await linkOf(asked));
    const body = { reason: 'A test' };
    const stopped = await send('POST', '/v1/agents/trainee/quarantine', { token: operatorToken(), body });
    expect(stopped.status).toBe(200);
    const late = await sendForm(page, { decision: 'approve' });
    expect(late.status).toBe(409);
    expect(late.words).toMatch(/void/i);
    const events = await until('its last event', async () => {
      const all = await eventsOfAsked(asked);
      return all.some(({ type }) => type === 'call.voided') ? all : undefined;
    });
    expect(typesOf(events)).not.toContain('call.executing');
    expect(await seen(asked.mark)).toEqual([]);
    await send('POST', '/v1/agents/trainee/reinstate', { token: operatorToken(), body });
  });
});

describeCalls('what does not wait', () => {
  test('a read that policy lets, beside a write that waits', async () => {
    const asked = await ask();
    const { opened } = asked;
    const types = typesOf(await eventsOf(opened.task.id));
    expect(types).toContain('call.awaiting');
    const mark = newMark();
    const second = await postTo(opened, 'note', mark);
    // Another call, and so another approval.
    expect((second.json() as { call: string }).call).not.toBe(asked.call);
    expect(await seen(mark)).toEqual([]);
  });
});

describe('whoever may not know of an approval', () => {
  test('finds none', async () => {
    refusalIn(await decide('appr_00000000000000000000000000', { decision: 'approve' }), 'not_found');
  });
});
