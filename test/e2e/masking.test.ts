// Masking as callers and people see it: what is said is masked before it is judged, shown or written, and works all the
// same where it has to.
import { describe, expect, test } from 'vitest';
import {
  type Answer,
  askCredentials,
  credentials,
  eventsOf,
  openTask,
  refusalIn,
  send,
  taskBody,
  type Wanted,
} from './support/broker.ts';
import { CARD, EMAIL, NOWHERE, sayEverywhere, TOKEN, WORDS } from './support/canaries.ts';
import { agentToken, auditorToken, operatorToken } from './support/tokens.ts';

const about = (value: string): Wanted => ({ capability: 'notes:read', parameters: { about: value } });
const masked = ({ headers }: Answer) => headers.get('bailiwick-masked');

test('what is said anywhere is found nowhere: in no answer, and in no event', async () => {
  const since = new Date(Date.now() - 1000).toISOString();
  const answers = await sayEverywhere(send);
  let events = '';
  let cursor = '';
  do {
    const more = cursor === '' ? `since=${since}` : `cursor=${encodeURIComponent(cursor)}`;
    const page = await send('GET', `/v1/audit/events?limit=500&${more}`, { token: auditorToken() });
    events += page.text;
    cursor = (page.body as { readonly cursor?: string }).cursor ?? '';
  } while (cursor !== '');
  expect(events).toContain('Ask [EMAIL] about the card [CREDIT_CARD], with [');
  for (const canary of NOWHERE) {
    expect(answers).not.toContain(canary);
    expect(events).not.toContain(canary);
  }
});

describe('a purpose', () => {
  test('is shown and recorded masked, and the answer says of what there was how much', async () => {
    const body = {
      ...taskBody([about('team-a')]),
      purpose: `Write to ${EMAIL} and x.${EMAIL} about ${CARD}`,
    };
    const answer = await send('POST', '/v1/tasks', { token: agentToken('scribe'), body });
    expect(answer.status).toBe(201);
    const { task } = answer.body as { task: { id: string; purpose: string } };
    expect(task.purpose).toBe('Write to [EMAIL] and [EMAIL] about [CREDIT_CARD]');
    expect(masked(answer)).toBe('EMAIL=2, CREDIT_CARD=1');
    const [opened] = await eventsOf(task.id);
    expect(opened).toMatchObject({
      type: 'task.opened',
      purpose: task.purpose,
      masked: { EMAIL: 2, CREDIT_CARD: 1 },
      input: { chain: [{ purpose: task.purpose }] },
    });
  });

  test('in which nothing is found stays as it is, and nothing is said of it', async () => {
    const opened = await openTask('scribe', [about('team-a')]);
    const answer = await send('GET', `/v1/tasks/${opened.task.id}`, { token: opened.token });
    expect(masked(answer)).toBeNull();
    const [event] = await eventsOf(opened.task.id);
    expect(event).not.toHaveProperty('masked');
    expect(event).toMatchObject({ purpose: 'Build the weekly report' });
  });

  test('whose task is asked for twice with one key is the same request', async () => {
    const key = `masked-${Date.now()}`;
    const ask = (purpose: string) =>
      send('POST', '/v1/tasks', {
        ...{ token: agentToken('scribe'), key },
        body: { ...taskBody([about('team-a')]), purpose },
      });
    const first = await ask(`Write to ${EMAIL}`);
    expect((await ask(`Write to ${EMAIL}`)).body).toMatchObject({
      task: { id: (first.body as { task: { id: string } }).task.id },
    });
    // What is told apart are the requests as they were sent, not as they are shown.
    refusalIn(await ask(`Write to other.${EMAIL}`), 'idempotency_mismatch');
  });
});

test('who somebody is is never masked', async () => {
  const opened = await openTask('scribe', [about('team-a')], { requester: EMAIL });
  expect(opened.task).toMatchObject({ requester: { id: EMAIL, proven: false } });
  const [event] = await eventsOf(opened.task.id);
  expect(event).toMatchObject({
    requester: { id: EMAIL, proven: false },
    owner: { team: 'Data', email: 'data@example.com' },
  });
});

describe('parameters', () => {
  test('are shown masked, and work as they were given', async () => {
    const opened = await openTask('scribe', [about(EMAIL)]);
    expect(opened.task.capabilities).toMatchObject([{ parameters: { about: '[EMAIL]' } }]);
    await credentials(opened, { capability: 'notes:read' });
    await credentials(opened, about(EMAIL));
    refusalIn(await askCredentials(opened, about(`other.${EMAIL}`)), 'outside_task');
    const events = await eventsOf(opened.task.id);
    const issued = events.filter(({ type }) => type === 'credentials.issued');
    expect(issued).toHaveLength(2);
    for (const event of issued) {
      expect(event).toMatchObject({
        operation: [{ parameters: { about: '[EMAIL]' } }],
        input: { operations: [{ parameters: { about: '[EMAIL]' } }] },
        session: { policy: expect.stringContaining('notes/[EMAIL]/*') },
      });
    }
    expect(issued.map((event) => event['masked'])).toEqual([undefined, { EMAIL: 1 }]);
  });

  test('are handed on as they were given', async () => {
    const opened = await openTask('scribe', [about(EMAIL)]);
    const offered = await send('POST', `/v1/tasks/${opened.task.id}/delegations`, {
      token: opened.token,
      body: { agent: 'reader', capabilities: [{ capability: 'notes:read' }] },
    });
    expect(offered.body).toMatchObject({
      delegation: { capabilities: [{ parameters: { about: '[EMAIL]' } }] },
    });
    const { delegation } = offered.body as { readonly delegation: { readonly id: string } };
    const others = send('POST', '/v1/tasks', {
      token: agentToken('reader'),
      body: taskBody([about(`other.${EMAIL}`)], { delegation: delegation.id }),
    });
    refusalIn(await others, 'outside_task');
    const below = await openTask('reader', [about(EMAIL)], { delegation: delegation.id });
    await credentials(below, { capability: 'notes:read' });
  });
});

describe('reasons', () => {
  test('of calls are recorded masked', async () => {
    const opened = await openTask('scribe', [about('team-a')]);
    const headers = { 'bailiwick-reason': `For ${EMAIL}` };
    const answer = await askCredentials(opened, { capability: 'notes:read' }, { headers });
    expect(masked(answer)).toBe('EMAIL=1');
    const issued = (await eventsOf(opened.task.id)).find(({ type }) => type === 'credentials.issued');
    expect(issued).toMatchObject({ request: { reason: 'For [EMAIL]' }, masked: { EMAIL: 1 } });
    expect(issued?.['request']).not.toHaveProperty('masked');
  });

  test('of people are shown and recorded masked', async () => {
    const opened = await openTask('scribe', [about('team-a')]);
    const body = { reason: WORDS };
    const answer = await send('POST', `/v1/tasks/${opened.task.id}/revoke`, { token: operatorToken(), body });
    expect(masked(answer)).toMatch(/^CREDIT_CARD=1, EMAIL=1, \w+=1$/);
    const revoked = (await eventsOf(opened.task.id)).find(({ type }) => type === 'task.revoked');
    expect(revoked).toMatchObject({ by: 'kim@example.com' });
    expect(String(revoked?.['why'])).toMatch(
      /^Ask \[EMAIL\] about the card \[CREDIT_CARD\], with \[\w+\]\.$/,
    );
  });
});

describe('a secret on its way out', () => {
  test('is refused where the rules say so, named by its kind, and recorded', async () => {
    const body = taskBody([about(TOKEN)]);
    const answer = await send('POST', '/v1/tasks', { token: agentToken('scribe'), body });
    const { detail } = refusalIn(answer, 'secret_egress');
    expect(detail).toMatch(/to notes, .*: [A-Z_]+\./);
    expect(answer.text).not.toContain(TOKEN);
  });

  test('is none of that where it goes nowhere', async () => {
    const body = { ...taskBody([about('team-a')]), purpose: `Rotate ${TOKEN}` };
    expect((await send('POST', '/v1/tasks', { token: agentToken('scribe'), body })).status).toBe(201);
  });
});
