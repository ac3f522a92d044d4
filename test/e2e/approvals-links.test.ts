// A link to an approval: what looking changes (nothing, however often, whoever looks), and what its form must prove.
import { describe, expect, test } from 'vitest';
import {
  type Asked,
  ask,
  ended,
  eventsOfAsked,
  linkOf,
  linksOf,
  readCall,
  typesOf,
} from './support/approvals/asking.ts';
import { approveBy, open, type Page, PUBLIC_URL, post, sendForm } from './support/approvals/page.ts';
import { describeCalls, exchange, seen, seenOnce } from './support/calls.ts';

const pathOf = ({ approval }: Pick<Asked, 'approval'>) => `/approve/${approval.id}`;

async function expectUntouched(asked: Asked): Promise<void> {
  expect(await readCall(asked)).toMatchObject({ status: 'awaiting_approval', approval: { decisions: [] } });
  expect(await seen(asked.mark)).toEqual([]);
  expect(typesOf(await eventsOfAsked(asked))).not.toContain('call.decided');
}

/** As programs open links that stand in mails and messages, each in its way. */
const LOOKERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a mail scanner': { 'user-agent': 'Mozilla/5.0 (compatible; SafeLinks/1.0)' },
  'a preview': { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' },
  'a prefetch': { purpose: 'prefetch', 'sec-purpose': 'prefetch;prerender', 'x-moz': 'prefetch' },
  'nobody that says who it is': { 'user-agent': '' },
  'another site': {
    origin: 'https://evil.example',
    referer: 'https://evil.example/',
    'sec-fetch-site': 'cross-site',
  },
};

describeCalls('looking at a link', () => {
  test('changes nothing, however often and by whatever program', async () => {
    const asked = await ask();
    const link = await linkOf(asked);
    const first = await open(link);
    for (const headers of Object.values(LOOKERS)) {
      const page = await open(link, { headers });
      // The same, byte for byte: the form's token too.
      expect({ status: page.status, text: page.text }).toEqual({ status: 200, text: first.text });
      expect(page.header('set-cookie')).toBeUndefined();
    }
    await expectUntouched(asked);
    await approveBy(link);
    await ended(asked);
    await seenOnce(asked.mark);
  });

  test('by HEAD is as by GET, without the page', async () => {
    const asked = await ask();
    const link = await linkOf(asked);
    const got = await open(link);
    const head = await exchange(`${link.pathname}${link.search}`, { method: 'HEAD' });
    expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: '' });
    for (const name of ['content-type', 'content-security-policy', 'referrer-policy', 'cache-control'])
      expect([name, head.header(name)]).toEqual([name, got.header(name)]);
    await expectUntouched(asked);
  });

  test.for(['decision=approve', 'decision=approve&reason=x', 'decision=deny&reason=x'])(
    'decides nothing by what stands in its address: %s',
    async (words) => {
      const asked = await ask();
      const link = await linkOf(asked);
      const { form } = await open(link);
      const query = `${link.search}&form=${form?.hidden['form']}&${words}`;
      for (const method of ['GET', 'HEAD']) {
        const answer = await exchange(`${link.pathname}${query}`, { method });
        expect(answer.status).toBe(200);
      }
      await expectUntouched(asked);
    },
  );

  test.for(['PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is no way to do anything', async (method) => {
    const asked = await ask();
    const link = await linkOf(asked);
    const answer = await exchange(`${link.pathname}${link.search}`, { method, body: 'decision=approve' });
    expect(answer.status).toBe(405);
    await expectUntouched(asked);
  });
});

/** What a form is changed to before it is sent. */
type Change = (fields: Record<string, string>, other: { page: Page; key: string }) => Record<string, string>;

const without =
  (name: string): Change =>
  ({ [name]: _, ...fields }) =>
    fields;

/** None of them decides; all but the first two also say so. */
const FORMS: Readonly<Record<string, Change>> = {
  'a form token that is missing': without('form'),
  'a form token that is empty': (fields) => ({ ...fields, form: '' }),
  'a form token that is wrong': (fields) => ({ ...fields, form: `${fields['form']?.slice(0, -1)}` }),
  'the form token of another approval': (fields, { page }) => ({
    ...fields,
    form: page.form?.hidden['form'] ?? '',
  }),
  'the link’s key as the form token': (fields) => ({ ...fields, form: fields['key'] ?? '' }),
  'the key of another approval': (fields, { key }) => ({ ...fields, key }),
  'key and form token of another approval': (fields, { page }) => ({ ...fields, ...page.form?.hidden }),
  'a key that is wrong': (fields) => ({ ...fields, key: 'A'.repeat(43) }),
  'no key': without('key'),
};

describeCalls('the form', () => {
  test.for(Object.entries(FORMS))('with %s decides nothing', async ([, change]) => {
    const [asked, other] = [await ask(), await ask()];
    const [link, otherLink] = [await linkOf(asked), await linkOf(other)];
    const [page, otherPage] = [await open(link), await open(otherLink)];
    const fields = { ...page.form?.hidden, decision: 'approve', reason: 'x' };
    const key = otherLink.searchParams.get('key') ?? '';
    const answer = await post(pathOf(asked), change(fields, { page: otherPage, key }));
    // Without a key that opens it, it is as if there were no approval, or a login is asked for.
    expect([200, 403, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('You approved this');
    if (answer.status === 200) expect(answer.text).toContain('Log in to decide');
    await expectUntouched(asked);
    await expectUntouched(other);
  });

  test.for([
    ['another site', 'https://evil.example'],
    ['one that begins alike', `${PUBLIC_URL}.evil.example`],
    ['another scheme', PUBLIC_URL.replace('https', 'http')],
    ['another port', `${PUBLIC_URL}:8443`],
    ['a site that does not say which', 'null'],
    ['nothing', ''],
  ] as const)('sent from %s is refused, and decides nothing', async ([, origin]) => {
    const asked = await ask();
    const page = await open(await linkOf(asked));
    const answer = await sendForm(page, { decision: 'approve' }, { origin });
    expect(answer.status).toBe(403);
    expect(answer.words).not.toContain('notes/today');
    await expectUntouched(asked);
  });

  test('with the key alone, from another site, is refused too', async () => {
    const asked = await ask();
    const key = (await linkOf(asked)).searchParams.get('key') ?? '';
    for (const headers of [{ origin: 'https://evil.example' }, {}] as const) {
      const answer = await post(pathOf(asked), { key, decision: 'approve' }, headers);
      expect(answer.status).toBe(403);
    }
    await expectUntouched(asked);
  });

  test('without an Origin is taken: not every browser sends one', async () => {
    const asked = await ask();
    const page = await sendForm(await open(await linkOf(asked)), { decision: 'approve' }, {});
    expect(page.heading).toBe('You approved this');
    expect(await ended(asked)).toMatchObject({ status: 'succeeded' });
  });

  test.for([
    ['no button', {}],
    ['a button that is not there', { decision: 'maybe' }],
    ['one in capitals', { decision: 'APPROVE' }],
  ] as const)('with %s comes back', async ([, fields]) => {
    const asked = await ask();
    const page = await sendForm(await open(await linkOf(asked)), { ...fields, reason: 'Typed' });
    expect({ status: page.status, typed: page.form?.typed }).toEqual({ status: 400, typed: 'Typed' });
    await expectUntouched(asked);
  });

  test('with both buttons comes back: what is said twice is said by nobody', async () => {
    const asked = await ask();
    const { form } = await open(await linkOf(asked));
    const body = `${new URLSearchParams(form?.hidden)}&decision=deny&decision=approve&reason=x`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: PUBLIC_URL };
    expect((await exchange(pathOf(asked), { method: 'POST', body, headers })).status).toBe(400);
    await expectUntouched(asked);
  });

  test.for([
    ['JSON', 'application/json', (fields: object) => JSON.stringify(fields)],
    ['plain text', 'text/plain', (fields: object) => new URLSearchParams(fields as never).toString()],
  ] as const)('as %s decides nothing', async ([, type, write]) => {
    const asked = await ask();
    const { form } = await open(await linkOf(asked));
    const body = write({ ...form?.hidden, decision: 'approve' });
    const answer = await exchange(pathOf(asked), { method: 'POST', body, headers: { 'content-type': type } });
    expect(answer.status).toBe(415);
    await expectUntouched(asked);
  });

  test('sent twice is decided once, and the second is told so', async () => {
    const asked = await ask();
    const page = await open(await linkOf(asked));
    const [first, second] = [
      await sendForm(page, { decision: 'approve' }),
      await sendForm(page, { decision: 'deny', reason: 'No' }),
    ];
    expect(first.heading).toBe('You approved this');
    expect(second.words).toMatch(/Already decided: approved by ann@example\.com at \d{4}-/);
    expect(second.words).toContain('What you sent just now changed nothing.');
    expect(second.status).toBe(409);
    expect(await ended(asked)).toMatchObject({ status: 'succeeded' });
    await seenOnce(asked.mark);
  });

  test('sent by all at once is decided once, and carried out once', async () => {
    const asked = await ask();
    const links = Object.values(await linksOf(asked));
    const pages = await Promise.all(links.map((link) => open(link)));
    const answers = await Promise.all(
      [...pages, ...pages].map((page) => sendForm(page, { decision: 'approve' })),
    );
    expect(answers.filter(({ heading }) => heading === 'You approved this')).toHaveLength(1);
    for (const { heading } of answers)
      expect(heading).toMatch(/^(You (already )?approved this|Already decided)$/);
    expect(await ended(asked)).toMatchObject({ status: 'succeeded', approval: { status: 'approved' } });
    await seenOnce(asked.mark);
    expect(typesOf(await eventsOfAsked(asked)).filter((type) => type === 'call.decided')).toHaveLength(1);
  });
});

describe('a link that leads nowhere', () => {
  test.for([
    'appr_00000000000000000000000000',
    'appr_x',
    'task_00000000000000000000000000',
    '%2e%2e',
    'login',
  ])('%s says nothing of what there is', async (id) => {
    const answer = await exchange(`/approve/${id}?key=${'A'.repeat(43)}`);
    expect([200, 404]).toContain(answer.status);
    if (answer.status === 200) expect(answer.text).toContain('Log in to decide');
  });
});
