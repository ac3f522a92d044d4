// Who decides is who has logged in: what a page shows before, a link that was forwarded, and the operation without masks.
import { expect, test } from 'vitest';
import { ask, ended, eventsOfAsked, linkOf, linksOf, readCall, typesOf } from './support/approvals/asking.ts';
import { logIn, openAs } from './support/approvals/login.ts';
import { open, PUBLIC_URL, post, sendForm } from './support/approvals/page.ts';
import { describeCalls, exchange, seen, seenOnce } from './support/calls.ts';

const EMAIL = 'canary.bird@example.net';

/** What is of one operation, rather than of any. */
const OF_IT = ['vault', 'applicant', 'On its way', 'rita@example.com', 'POST', 'Ann', 'ann@example.com'];

describeCalls('where a login is needed', () => {
  test('a link shows nothing of the operation before, and decides nothing', async () => {
    const asked = await ask('put');
    const link = await linkOf(asked);
    const page = await open(link);
    expect({ status: page.status, heading: page.heading, form: page.form }).toEqual({
      ...{ status: 200, heading: 'Log in to decide', form: undefined },
    });
    for (const one of OF_IT) expect(page.words).not.toContain(one);
    expect(page.text).toMatch(/<title>Log in · Bailiwick<\/title>/);
    // As for an approval that there is not.
    const none = await open(`/approve/appr_00000000000000000000000000${link.search}`);
    expect(none.words).toBe(page.words);
    // A link of the same kind, to an approval that needs no login, shows how its form's token is made.
    const form = (await open(await linkOf(await ask('note')))).form?.hidden['form'] ?? '';
    const key = link.searchParams.get('key') ?? '';
    const answer = await post(link.pathname, { key, form, decision: 'approve' });
    expect(answer.text).toContain('Log in to decide');
    expect(await readCall(asked)).toMatchObject({ status: 'awaiting_approval', approval: { decisions: [] } });
    expect(await seen(asked.mark)).toEqual([]);
  });

  test('a person logs in, sees it, approves, and it runs', async () => {
    const asked = await ask('put');
    const page = await openAs(await linkOf(asked), 'ann');
    expect(page.arrived.pathname).toBe(`/approve/${asked.approval.id}`);
    for (const one of OF_IT) expect(page.words).toContain(one);
    const recorded = await sendForm(
      page,
      { decision: 'approve' },
      { origin: PUBLIC_URL, cookie: page.cookie },
    );
    expect(recorded.heading).toBe('You approved this');
    expect(await ended(asked)).toMatchObject({ status: 'succeeded' });
    await seenOnce(asked.mark);
    const events = await eventsOfAsked(asked);
    expect(events.find(({ type }) => type === 'call.decided')).toMatchObject({
      by: 'ann@example.com',
      channel: 'login',
    });
  });

  test('the form without the login decides nothing', async () => {
    const asked = await ask('put');
    const page = await openAs(await linkOf(asked), 'ann');
    const late = await sendForm(page, { decision: 'approve' });
    expect(late.heading).toBe('Log in to decide');
    expect(await readCall(asked)).toMatchObject({ status: 'awaiting_approval', approval: { decisions: [] } });
  });

  test('a link that was forwarded gives nothing to whoever may not decide', async () => {
    const asked = await ask('put');
    const link = await linkOf(asked);
    const [mine, theirs] = [await openAs(link, 'ann'), await openAs(link, 'kim')];
    expect({ status: theirs.status, form: theirs.form }).toEqual({ status: 403, form: undefined });
    for (const one of ['vault', 'applicant', 'On its way']) expect(theirs.words).not.toContain(one);
    // Nor with what somebody else's page held.
    const answer = await sendForm(
      mine,
      { decision: 'approve' },
      { origin: PUBLIC_URL, cookie: theirs.cookie },
    );
    expect(answer.status).toBe(403);
    expect(await readCall(asked)).toMatchObject({ status: 'awaiting_approval', approval: { decisions: [] } });
  });

  test('whoever logs in is who decides, whoever the link was sent to', async () => {
    const asked = await ask('put');
    const page = await openAs(await linkOf(asked, 'ann@example.com'), 'ben');
    expect(page.words).toContain('You are Ben (ben@example.com)');
    await sendForm(page, { decision: 'deny', reason: 'No' }, { cookie: page.cookie });
    await ended(asked);
    const events = await eventsOfAsked(asked);
    expect(events.find(({ type }) => type === 'call.decided')).toMatchObject({
      by: 'ben@example.com',
      vote: 'deny',
    });
  });

  test('no link is needed: the address alone, after a login', async () => {
    const asked = await ask('put');
    const page = await openAs(new URL(`/approve/${asked.approval.id}`, PUBLIC_URL), 'ann');
    await sendForm(page, { decision: 'approve' }, { cookie: page.cookie });
    expect(await ended(asked)).toMatchObject({ status: 'succeeded' });
  });

  test('who has logged in is taken for themselves where no login is needed, too', async () => {
    const [put, note] = [await ask('put'), await ask('note')];
    const { cookie } = await logIn(await linkOf(put), 'kim');
    const page = await open(await linkOf(note), { headers: { cookie } });
    expect({ status: page.status, form: page.form }).toEqual({ status: 403, form: undefined });
  });

  test('a cookie that somebody made up is nobody', async () => {
    const asked = await ask('put');
    const link = await linkOf(asked);
    for (const value of ['x', 'A'.repeat(43), '']) {
      const page = await open(link, { headers: { cookie: `__Host-bailiwick-session=${value}` } });
      expect(page.heading).toBe('Log in to decide');
    }
  });

  test('an answer of the provider is good once, and in the browser that asked', async () => {
    const asked = await ask('put');
    for (const query of ['', '?code=x&state=y', '?error=access_denied&state=y']) {
      const answer = await exchange(`/approve/login/callback${query}`);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.header('set-cookie')).toBeUndefined();
      for (const one of OF_IT) expect(answer.text).not.toContain(one);
    }
    expect(await readCall(asked)).toMatchObject({ status: 'awaiting_approval' });
  });
});

describeCalls('the operation without masks', () => {
  const body = JSON.stringify({ text: `Write to ${EMAIL}` });

  test('is shown to whoever has logged in and asks for it, and that is recorded without it', async () => {
    const asked = await ask('put', { body });
    const page = await openAs(await linkOf(asked), 'ann');
    expect(page.text).not.toContain(EMAIL);
    const { reveal = '', hidden = {} } = page.form ?? {};
    expect(reveal).toBe(`/approve/${asked.approval.id}/operation`);
    const headers = { origin: PUBLIC_URL, cookie: page.cookie };
    expect((await exchange(reveal, { headers })).status).toBe(405);
    const shown = await post(reveal, { ...hidden, reason: 'Typed before' }, headers);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain(EMAIL);
    expect(shown.text).toContain('Typed before');
    const events = await eventsOfAsked(asked);
    expect(events.at(-1)).toMatchObject({ type: 'approval.revealed', by: 'ann@example.com' });
    expect(JSON.stringify(events)).not.toContain(EMAIL);
    // Asked for is not decided.
    expect(await readCall(asked)).toMatchObject({ status: 'awaiting_approval', approval: { decisions: [] } });
    // Once it has ended, it is no longer there.
    await sendForm(page, { decision: 'deny', reason: 'No' }, headers);
    await ended(asked);
    const late = await post(reveal, hidden, headers);
    expect(late.text).not.toContain(EMAIL);
  });

  test('is not shown by a link, nor to another site, nor to whoever may not decide', async () => {
    const [note, put] = [await ask('note', { body }), await ask('put', { body })];
    const link = await linkOf(note);
    const page = await open(link);
    expect(page.form?.reveal).toBeUndefined();
    const mine = await openAs(await linkOf(put), 'ann');
    const theirs = await logIn(await linkOf(put), 'kim');
    const path = ({ approval }: typeof note) => `/approve/${approval.id}/operation`;
    const answers = [
      await post(path(note), { ...page.form?.hidden }),
      await post(
        path(put),
        { ...mine.form?.hidden },
        { origin: 'https://evil.example', cookie: mine.cookie },
      ),
      await post(path(put), { ...mine.form?.hidden }, { cookie: theirs.cookie }),
      await post(path(put), { ...mine.form?.hidden, form: 'x' }, { cookie: mine.cookie }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(403);
      expect(answer.text).not.toContain(EMAIL);
    }
    for (const one of [note, put])
      expect(typesOf(await eventsOfAsked(one))).not.toContain('approval.revealed');
  });
});

describeCalls('people who are asked', () => {
  test('each by mail, where a login is needed too', async () => {
    expect(Object.keys(await linksOf(await ask('put')))).toHaveLength(3);
  });
});
