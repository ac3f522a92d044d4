// People decide by REST, and agents wait for them: lists, decisions, keys, long polling, and who may read a call.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { until } from '../support/poll.ts';
import {
  type AwaitingView,
  ask,
  awaitingIn,
  decide,
  ended,
  eventsOfAsked,
  linkOf,
  openApplicant,
  ownerToken,
  postTo,
  readCall,
  responseOf,
  typesOf,
} from './support/approvals/asking.ts';
import { approveBy } from './support/approvals/page.ts';
import { type Answer, askCredentials, finish, openTask, refusalIn, send } from './support/broker.ts';
import {
  describeCalls,
  exchange,
  isDeployed,
  newMark,
  passed,
  refused,
  seen,
  seenOnce,
} from './support/calls.ts';
import type { Credentials, Opened } from './support/contract.ts';
import { agentToken, personToken } from './support/tokens.ts';

interface ApprovalView {
  readonly id: string;
  readonly status: string;
  readonly missing?: { readonly count: number };
  readonly decisions: readonly { readonly by: string; readonly at: string; readonly channel: string }[];
  readonly card: { readonly title: string };
}

function approvalIn({ status, body, text }: Answer): ApprovalView {
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
  return (body as { readonly approval: ApprovalView }).approval;
}

/** All that wait for somebody, page by page. */
async function waitingFor(token: string, limit = 500): Promise<readonly ApprovalView[]> {
  const all: ApprovalView[] = [];
  let cursor = '';
  do {
    const query = `?limit=${limit}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const { status, body } = await send('GET', `/v1/approvals${query}`, { token });
    expect(status).toBe(200);
    const page = body as { readonly approvals: readonly ApprovalView[]; readonly cursor?: string };
    all.push(...page.approvals);
    cursor = page.cursor ?? '';
  } while (cursor !== '');
  return all;
}

describeCalls('people', () => {
  test('see what waits for them, and only that', async () => {
    const asked = await ask();
    const { id } = asked.approval;
    const listed = await waitingFor(ownerToken());
    const one = listed.find((approval) => approval.id === id);
    expect(one).toMatchObject({
      status: 'pending',
      card: { title: expect.stringContaining('desk') },
      decisions: [],
    });
    expect((await waitingFor(ownerToken(), 1)).some((approval) => approval.id === id)).toBe(true);
    expect(approvalIn(await send('GET', `/v1/approvals/${id}`, { token: ownerToken() }))).toEqual(one);
    const nobody = [ownerToken('owen'), ownerToken('rita'), personToken({ groups: ['security'] })];
    for (const token of nobody) {
      expect((await waitingFor(token)).map((approval) => approval.id)).not.toContain(id);
      refusalIn(await send('GET', `/v1/approvals/${id}`, { token }), 'not_found');
    }
    refusalIn(await send('GET', '/v1/approvals', { token: agentToken('applicant') }), 'unauthenticated');
    refusalIn(await send('GET', '/v1/approvals', { token: asked.opened.token }), 'unauthenticated');
    await decide(id, { decision: 'deny', reason: 'Enough' });
    expect((await waitingFor(ownerToken())).map((approval) => approval.id)).not.toContain(id);
  });

  test('approve: it runs once, and by whom is recorded', async () => {
    const asked = await ask();
    const approval = approvalIn(await decide(asked.approval.id, { decision: 'approve', reason: 'Fine' }));
    expect(approval).toMatchObject({
      status: 'approved',
      decisions: [{ by: 'ann@example.com', channel: 'api' }],
    });
    expect(await ended(asked)).toMatchObject({ status: 'succeeded' });
    await seenOnce(asked.mark);
    passed(await responseOf(asked));
  });

  test('deny with a reason, and not without', async () => {
    const asked = await ask();
    const { errors } = refusalIn(await decide(asked.approval.id, { decision: 'deny' }), 'invalid_request');
    expect(errors).toEqual([{ path: 'reason', problem: 'is required here' }]);
    expect(approvalIn(await decide(asked.approval.id, { decision: 'deny', reason: 'No' })).status).toBe(
      'denied',
    );
    expect(await ended(asked)).toMatchObject({ status: 'denied' });
    refused(await responseOf(asked), 'approval_denied');
  });

  test.for([
    ['nothing', {}],
    ['another word', { decision: 'yes' }],
    ['more than there is', { decision: 'approve', force: true }],
    ['a list', [{ decision: 'approve' }]],
  ] as const)('say %s, and decide nothing', async ([, body]) => {
    const asked = await ask();
    refusalIn(await decide(asked.approval.id, body), 'invalid_request');
    expect(await readCall(asked)).toMatchObject({ status: 'awaiting_approval' });
  });

  test('who come late are told who decided, and when', async () => {
    const asked = await ask();
    await approveBy(await linkOf(asked));
    for (const [token, body] of [
      [ownerToken('ben'), { decision: 'deny', reason: 'No' }],
      [ownerToken('ida'), { decision: 'approve' }],
    ] as const) {
      const { detail } = refusalIn(await decide(asked.approval.id, body, token), 'conflict');
      expect(detail).toMatch(/already decided by Ann at \d{4}-\d\d-\d\dT\S+Z: approved/);
    }
    const own = refusalIn(await decide(asked.approval.id, { decision: 'deny', reason: 'No' }), 'conflict');
    expect(own.detail).toMatch(/already decided by you at .*: approved/);
  });

  test('repeat a key: the same answer, and one decision', async () => {
    const asked = await ask('close');
    const key = randomUUID();
    const body = { decision: 'approve' };
    const again = () => decide(asked.approval.id, body, ownerToken(), { key });
    const [first, second] = [approvalIn(await again()), approvalIn(await again())];
    expect(second.decisions).toEqual(first.decisions);
    expect(first.missing).toMatchObject({ count: 1 });
    const other = await decide(asked.approval.id, { decision: 'deny', reason: 'No' }, ownerToken(), { key });
    refusalIn(other, 'idempotency_mismatch');
    expect(await readCall(asked)).toMatchObject({ approval: { decisions: [{ decision: 'approve' }] } });
  });

  test.for([
    ['nobody', (): string | undefined => undefined, 'unauthenticated'],
    ['the agent', () => agentToken('applicant'), 'unauthenticated'],
    ['one of another group', () => personToken({ groups: ['reports-owners'] }), 'not_permitted'],
    [
      'one whose group the files know and the token does not',
      () => personToken({ email: 'ben@example.com' }),
      'not_permitted',
    ],
    [
      'one whose address is not verified',
      () => ownerToken('ann', { email_verified: false }),
      'unauthenticated',
    ],
    ['one of another company', () => ownerToken('ann', { hd: 'example.net' }), 'unauthenticated'],
  ] as const)('%s decides nothing', async ([, token, code]) => {
    const asked = await ask();
    const body = { decision: 'approve' };
    const said = token();
    const path = `/v1/approvals/${asked.approval.id}/decision`;
    refusalIn(await send('POST', path, { body, ...(said === undefined ? {} : { token: said }) }), code);
    refusalIn(await send('POST', path, { body, token: asked.opened.token }), 'unauthenticated');
    expect(await readCall(asked)).toMatchObject({ status: 'awaiting_approval' });
  });
});

describeCalls('what administers', () => {
  test('needs a reason to approve too, and two of its owners', async () => {
    const asked = await ask('wipe');
    expect(asked.approval.needed).toEqual({ count: 2, of: { 'desk-owners': 2 } });
    refusalIn(await decide(asked.approval.id, { decision: 'approve' }), 'invalid_request');
    for (const name of ['ann', 'ben'])
      approvalIn(await decide(asked.approval.id, { decision: 'approve', reason: 'Due' }, ownerToken(name)));
    expect(await ended(asked)).toMatchObject({ status: 'succeeded' });
    await seenOnce(asked.mark);
  });
});

describeCalls('an agent that waits', () => {
  test('is told what was decided meanwhile', async () => {
    const asked = await ask();
    const waiting = readCall(asked, 20);
    // Asked again each time, a poll that had not begun to wait when it was decided would not show that it does.
    await until('a poll that has begun', () => exchange('/healthz').then(() => true));
    await decide(asked.approval.id, { decision: 'deny', reason: 'No' });
    expect((await waiting).status).toBe('denied');
  });

  test('for more than it may is answered all the same', async () => {
    const asked = await ask();
    await decide(asked.approval.id, { decision: 'deny', reason: 'No' });
    expect((await readCall(asked, 3600)).status).toBe('denied');
  });

  test.for(['-1', 'soon', '1.5'])('for %s seconds is told what may be asked', async (wait) => {
    const asked = await ask();
    const answer = await send('GET', `/v1/calls/${asked.call}?wait=${wait}`, { token: asked.opened.token });
    refusalIn(answer, 'invalid_request');
  });

  test('under a key: the repeated call says how it stands, and then what it was answered', async () => {
    const opened = await openApplicant();
    const mark = newMark();
    const again = () => postTo(opened, 'note', mark, { headers: { 'idempotency-key': mark } });
    const [first, second] = [awaitingIn(await again()), awaitingIn(await again())];
    expect(second).toEqual(first);
    await decide(first.approval.id, { decision: 'approve' });
    await ended({ call: first.call, opened });
    const answer = passed(await again());
    expect(answer.header('bailiwick-call')).toBe(first.call);
    expect(answer.json()).toMatchObject({ path: '/api/echo/notes/today' });
    await seenOnce(mark);
  });

  test('under a key that was denied: the refusal', async () => {
    const opened = await openApplicant();
    const mark = newMark();
    const again = () => postTo(opened, 'note', mark, { headers: { 'idempotency-key': mark } });
    const { approval, call } = awaitingIn(await again());
    await decide(approval.id, { decision: 'deny', reason: 'No' });
    await ended({ call, opened });
    refused(await again(), 'approval_denied');
    expect(await seen(mark)).toEqual([]);
  });
});

describeCalls('only its own task', () => {
  test('reads a call, before and after it ended', async () => {
    const [asked, other] = [await ask(), await openApplicant()];
    const strangers = [other.token, agentToken('applicant'), ownerToken()];
    const look = async () => {
      for (const token of strangers) {
        const refusals = [
          await send('GET', `/v1/calls/${asked.call}`, { token }),
          await send('GET', `/v1/calls/${asked.call}?wait=20`, { token }),
        ];
        for (const answer of refusals)
          refusalIn(answer, token === other.token ? 'not_found' : 'unauthenticated');
        refused(await responseOf(asked, token), token === other.token ? 'not_found' : 'unauthenticated');
      }
      expect((await exchange(`/v1/calls/${asked.call}`)).status).toBe(401);
    };
    await look();
    await decide(asked.approval.id, { decision: 'approve' });
    await ended(asked);
    await look();
    passed(await responseOf(asked));
  });
});

const PURGE = { capability: 'reports:purge', parameters: { prefix: 'a' } };
const WRITE = { capability: 'reports:write', parameters: { prefix: 'a' } };

const reportsOwner = (name: string) =>
  personToken({ sub: name, email: `${name}@example.com`, groups: ['reports-owners'] });

function openWriter(): Promise<Opened> {
  return openTask('applicant', [WRITE, PURGE], { requester: 'rita@example.com' });
}

function waits(answer: Answer, opened: Opened): AwaitingView & { readonly opened: Opened } {
  return { ...awaitingIn(answer), opened };
}

describe('credentials that people approve', () => {
  test('are issued when the agent repeats its request, and as often as it does', async () => {
    const opened = await openWriter();
    const asked = waits(await askCredentials(opened, WRITE), opened);
    // While it waits, the same is the same.
    expect(awaitingIn(await askCredentials(opened, WRITE))).toEqual({ ...asked, opened: undefined });
    await decide(asked.approval.id, { decision: 'approve' }, reportsOwner('lee'));
    await until('the grant', async () =>
      (await eventsOfAsked(asked)).some(({ type }) => type === 'call.granted') ? true : undefined,
    );
    for (const _ of [1, 2]) {
      const { status, body, text } = await askCredentials(opened, WRITE);
      expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
      const { credentials } = body as Credentials;
      expect(credentials.accessKeyId).toMatch(/\w/);
      const told = JSON.stringify(await eventsOfAsked(asked));
      for (const hidden of [credentials.secretAccessKey, credentials.sessionToken])
        expect(told).not.toContain(hidden);
    }
    // Approved was this, and nothing else.
    const other = { ...WRITE, parameters: { prefix: 'b' } };
    refusalIn(await askCredentials(opened, other), 'outside_task');
    awaitingIn(await askCredentials(opened, PURGE));
    await finish(opened);
    refusalIn(await askCredentials(opened, WRITE), 'task_over');
  });

  test('denied stay denied', async () => {
    const opened = await openWriter();
    const asked = waits(await askCredentials(opened, WRITE), opened);
    await decide(asked.approval.id, { decision: 'deny', reason: 'No' }, reportsOwner('lee'));
    await ended(asked);
    refusalIn(await askCredentials(opened, WRITE), 'approval_denied');
    expect(typesOf(await eventsOfAsked(asked))).toContain('call.denied');
  });

  test('are not kept for whoever asks for the answer', async () => {
    const opened = await openWriter();
    const asked = waits(await askCredentials(opened, WRITE), opened);
    await decide(asked.approval.id, { decision: 'approve' }, reportsOwner('sam'));
    await until('the grant', async () => ((await readCall(asked)).status === 'approved' ? true : undefined));
    const { detail } = refused(await responseOf(asked), 'conflict');
    expect(detail).toContain('send the same request again');
  });

  test('of what administers: two, each with a reason', async () => {
    const opened = await openWriter();
    const asked = waits(await askCredentials(opened, PURGE), opened);
    expect(asked.approval.needed).toEqual({ count: 2, of: { 'reports-owners': 1 } });
    refusalIn(
      await decide(asked.approval.id, { decision: 'approve' }, reportsOwner('lee')),
      'invalid_request',
    );
    for (const name of ['lee', 'sam'])
      approvalIn(await decide(asked.approval.id, { decision: 'approve', reason: 'Due' }, reportsOwner(name)));
    const issued = await until('the credentials', async () => {
      const answer = await askCredentials(opened, PURGE);
      return answer.status === 200 ? answer : undefined;
    });
    expect((issued.body as Credentials).call).not.toBe('');
    expect(isDeployed || (issued.body as Credentials).credentials.accessKeyId.includes('NOTREAL')).toBe(true);
  });
});
