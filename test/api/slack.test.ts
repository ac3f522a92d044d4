// The door that Slack knocks at: what it is answered, and that nobody else is let in.
import { beforeEach, expect, it } from 'vitest';
import { slackEndpoint } from '../../src/api/endpoints/slack.ts';
import { type ApiRequest, answer, MAX_BODY_BYTES, mostBodyBytes } from '../../src/api/index.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { apiRequest, bodyOf, PUBLIC_URL, textOf } from '../support/api.ts';
import { approvalIn, approvalParts, waiting } from '../support/approvals.ts';
import { MINUTE } from '../support/clock.ts';
import {
  type Clicked,
  clickBody,
  SIGNING_SECRET,
  type SlackWorld,
  signedAt,
  slackWorld,
} from '../support/slack.ts';

let slack: SlackWorld;
let approval: string;
beforeEach(async () => {
  slack = await slackWorld();
  approval = (await waiting(slack.world)).approval.id;
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function send(given: Partial<ApiRequest>) {
  const endpoint = slackEndpoint(slack.dependencies);
  const request = apiRequest({ method: 'POST', path: endpoint.route.path, ...given });
  return answer(endpoint, request, slack.world.dependencies.log, PUBLIC_URL);
}

function clicked({
  age = 0,
  ...click
}: Partial<Clicked> & { readonly age?: number } = {}): Partial<ApiRequest> {
  const at = new Date(slack.world.clock.now().getTime() - age);
  const { rawBody, timestamp, signature } = signedAt(at, clickBody({ approval, ...click }));
  const headers = { ...FORM, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature };
  return { body: Buffer.from(rawBody), headers };
}

const statusOf = async () => (await approvalIn(slack.world, approval)).status;

it('answers a click with nothing but that it was heard, and records where it came from', async () => {
  const click = clicked();
  const request = { ...click, headers: { ...click.headers, 'user-agent': 'Slackbot 1.0' } };
  const { status, ...response } = await send({ ...request, sourceAddress: '192.0.2.77' });
  expect([status, textOf(response)]).toEqual([200, '']);
  expect(await approvalIn(slack.world, approval)).toMatchObject({
    status: 'approved',
    votes: [{ request: { route: '/v1/slack/interactions', sourceAddress: '192.0.2.77' } }],
  });
});

it.each<[string, Partial<Clicked>]>([
  ['a refusal', { user: 'U0OLGA' }],
  ['somebody unknown', { user: 'U0NOBODY' }],
  ['a denial without a reason', { action: 'deny' }],
  ['the link', { action: 'open' }],
])('answers %s just the same: what there is to say is whispered', async (_, click) => {
  const response = await send(clicked(click));
  expect([response.status, textOf(response)]).toEqual([200, '']);
  expect(await statusOf()).toBe('pending');
});

it.each<[string, (request: Partial<ApiRequest>) => Partial<ApiRequest>]>([
  ['nothing of it', ({ body }) => ({ ...(body === undefined ? {} : { body }), headers: FORM })],
  ['another body', ({ headers = {} }) => ({ headers, body: clickBody({ approval, user: 'U0LEE' }) })],
  [
    'a signature twice',
    ({ headers = {}, ...rest }) => {
      const signature = headers['x-slack-signature'];
      return { ...rest, headers: { ...headers, 'x-slack-signature': `${signature}, ${signature}` } };
    },
  ],
  [
    'a bearer token in its place',
    ({ headers: _, ...rest }) => ({
      ...rest,
      headers: { ...FORM, authorization: `Bearer ${slack.world.personToken(['security'])}` },
    }),
  ],
])('lets nobody in with %s', async (_, altered) => {
  const response = await send(altered(clicked()));
  expect([response.status, bodyOf(response)]).toMatchObject([401, { code: 'unauthenticated' }]);
  expect(await statusOf()).toBe('pending');
});

it.each([-6 * MINUTE, 6 * MINUTE])('lets nobody in who is %i ms late', async (age) => {
  expect((await send(clicked({ age }))).status).toBe(401);
  expect(await statusOf()).toBe('pending');
});

it('reads no body without end', async () => {
  const { body: _, ...request } = clicked();
  const endpoint = slackEndpoint(slack.dependencies);
  expect(mostBodyBytes(endpoint.route)).toBe(MAX_BODY_BYTES);
  const response = await endpoint.handle({ ...apiRequest(request), body: undefined });
  expect(response).toMatchObject({ code: 'request_too_large' });
});

it('judges the largest body that it reads', async () => {
  const rawBody = Buffer.concat([
    clickBody({ approval }),
    Buffer.from('&x='),
    Buffer.alloc(MAX_BODY_BYTES - 4096, 'y'),
  ]);
  const { timestamp, signature } = signedAt(slack.world.clock.now(), rawBody);
  const headers = { ...FORM, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature };
  expect((await send({ body: rawBody, headers })).status).toBe(200);
  expect(await statusOf()).toBe('approved');
});

it('is no route where the files name no Slack', async () => {
  const request = clicked();
  await slack.world.use(approvalParts());
  const response = await send(request);
  expect([response.status, bodyOf(response)]).toMatchObject([404, { code: 'not_found' }]);
});

it('tells nothing of a fault, nor of the secret', async () => {
  slack.dependencies.secrets.read = () => Promise.reject(new Unavailable('secrets', SIGNING_SECRET));
  const response = await send(clicked());
  expect(response.status).toBeGreaterThanOrEqual(500);
  for (const told of [textOf(response), JSON.stringify(slack.world.logged)]) {
    expect(told).not.toContain(SIGNING_SECRET);
  }
  expect(await statusOf()).toBe('pending');
});
