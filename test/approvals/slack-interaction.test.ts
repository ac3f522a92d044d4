// What is read of a click in Slack: exactly one of the two buttons, with its reason; of anything else, nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSlackInteraction } from '../../src/approvals/slack-interaction.ts';

const APPROVAL = 'appr_01hq3x6v9zyxwvtsrqpnmkjhgf';
const RESPONSE = 'https://hooks.slack.com/actions/T024BE7LD/1/abc';

/** As Slack sends it, with what nobody here looks at. */
const PAYLOAD = {
  type: 'block_actions',
  user: { id: 'U024BE7LH', username: 'dana', name: 'dana', team_id: 'T024BE7LD' },
  api_app_id: 'A0F7YS25R',
  token: 'deprecated',
  container: { type: 'message', message_ts: '1531420618.000100', channel_id: 'C024BE91L' },
  trigger_id: '398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  team: { id: 'T024BE7LD', domain: 'acme' },
  enterprise: null,
  is_enterprise_install: false,
  channel: { id: 'C024BE91L', name: 'approvals' },
  message: { type: 'message', text: 'Approval needed', blocks: [] },
  state: {
    values: { reason: { reason: { type: 'plain_text_input', value: 'on call, and +1 = 2 & more' } } },
  },
  response_url: RESPONSE,
  actions: [
    {
      action_id: 'approve',
      block_id: 'decision',
      text: { type: 'plain_text', text: 'Approve' },
      value: APPROVAL,
      style: 'primary',
      type: 'button',
      action_ts: '1531420618.123456',
    },
  ],
};
const [ACTION] = PAYLOAD.actions;

const READ = {
  user: 'U024BE7LH',
  team: 'T024BE7LD',
  approval: APPROVAL,
  decision: 'approve',
  reason: 'on call, and +1 = 2 & more',
  responseUrl: RESPONSE,
};

const bodyOf = (payload: unknown) =>
  Buffer.from(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
const read = (changed: object) => readSlackInteraction(bodyOf({ ...PAYLOAD, ...changed }));

it('reads who clicked what, and why', () => {
  expect(read({})).toEqual(READ);
  expect(read({ actions: [{ ...ACTION, action_id: 'deny' }] })).toEqual({ ...READ, decision: 'deny' });
});

const reasonOf = (value: unknown) =>
  read({ state: { values: { reason: { reason: { type: 'plain_text_input', value } } } } });

describe('a reason', () => {
  it.each([
    ['  because\n', 'because'],
    ['caf\u00e9 \u{1f511}', 'caf\u00e9 \u{1f511}'],
    ['\ud800x', '\ufffdx'],
    ['x'.repeat(3000), 'x'.repeat(3000)],
  ])('%j is read', (value, reason) => {
    expect(reasonOf(value)).toEqual({ ...READ, reason });
  });

  const { reason: _, ...unexplained } = READ;
  it.each([null, '', '  \n', undefined])('is none where the field holds %j', (value) => {
    expect(reasonOf(value)).toEqual(unexplained);
  });

  it.each([
    undefined,
    null,
    { values: {} },
    { values: { reason: {} } },
    { values: { other: { reason: { value: 'x' } } } },
  ])('is none where the state is %j', (state) => {
    expect(read({ state })).toEqual(unexplained);
  });
});

describe('where an answer goes', () => {
  const { responseUrl: _, ...unanswered } = READ;
  it.each([
    undefined,
    '',
    'hooks.slack.com',
    'http://hooks.slack.com/actions/1',
    'https://hooks.slack.com.evil.example/actions/1',
    'https://evil.example/hooks.slack.com',
    'https://hooks.slack.com@evil.example/',
    'https://a:b@hooks.slack.com/actions/1',
    'https://hooks.slack.com:8443/actions/1',
    'https://169.254.169.254/latest',
    'javascript:alert(1)',
  ])('is nowhere where the payload says %j', (url) => {
    expect(read({ response_url: url })).toEqual(unanswered);
  });
});

it('knows the team by the user where the whole organisation has the app', () => {
  expect(read({ team: null })).toEqual(READ);
  const { team: _, ...teamless } = READ;
  expect(read({ team: null, user: { id: 'U024BE7LH' } })).toEqual(teamless);
});

describe('nothing is read', () => {
  it.each<[string, object]>([
    ['of another interaction', { type: 'view_submission' }],
    ['of a shortcut', { type: 'block_suggestion' }],
    ['without a user', { user: undefined }],
    ['of a user who is no id', { user: { id: 'dana' } }],
    ['of a user who is a list', { user: { id: ['U024BE7LH'] } }],
    ['without an action', { actions: [] }],
    ['of two clicks', { actions: [ACTION, { ...ACTION, action_id: 'deny' }] }],
    ['of the same click twice', { actions: [ACTION, ACTION] }],
    ['of the link to the page', { actions: [{ ...ACTION, action_id: 'open' }] }],
    ['of the field', { actions: [{ ...ACTION, action_id: 'reason', type: 'plain_text_input' }] }],
    ['of another element', { actions: [{ ...ACTION, type: 'static_select' }] }],
    ['of other capitals', { actions: [{ ...ACTION, action_id: 'Approve' }] }],
    ['of what every object has', { actions: [{ ...ACTION, action_id: 'constructor' }] }],
    ['without an approval', { actions: [{ ...ACTION, value: undefined }] }],
    ['of an approval that is no id', { actions: [{ ...ACTION, value: `${APPROVAL}/../x` }] }],
    ['of another kind of id', { actions: [{ ...ACTION, value: APPROVAL.replace('appr', 'call') }] }],
    ['of a list of approvals', { actions: [{ ...ACTION, value: [APPROVAL] }] }],
    [
      'where a reason is longer than Slack lets it be',
      { state: { values: { reason: { reason: { value: 'x'.repeat(3001) } } } } },
    ],
    ['where a reason is no text', { state: { values: { reason: { reason: { value: { a: 1 } } } } } }],
    ['where the state is no state', { state: 'x' }],
  ])('%s', (_, changed) => {
    expect(read(changed)).toBeUndefined();
  });

  const payload = `payload=${encodeURIComponent(JSON.stringify(PAYLOAD))}`;
  it.each<[string, string | Uint8Array]>([
    ['of an empty body', ''],
    ['of JSON', JSON.stringify(PAYLOAD)],
    ['of another field', payload.replace('payload', 'Payload')],
    ['of two payloads', `${payload}&${payload}`],
    ['of half an escape', `${payload}%2`],
    ['of an escape that is no UTF-8', `${payload}%ff`],
    ['of bytes that are no UTF-8', Buffer.concat([Buffer.from(payload), Buffer.from([0xff])])],
    ['of what is no JSON', 'payload=%7B'],
    ['of null', 'payload=null'],
    ['of a list', 'payload=%5B%5D'],
    ['of what is very deep', `payload=${'['.repeat(200_000)}`],
    ['of what is deep and whole', `payload=${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['of a prototype', `payload=${encodeURIComponent(`{"__proto__":${JSON.stringify(PAYLOAD)}}`)}`],
  ])('%s', (_, body) => {
    expect(readSlackInteraction(Buffer.from(body))).toBeUndefined();
  });
});

it('ignores other fields of the form', () => {
  expect(
    readSlackInteraction(Buffer.concat([Buffer.from('a=b&'), bodyOf(PAYLOAD), Buffer.from('&c')])),
  ).toEqual(READ);
});

it('throws at nothing', () => {
  const [user] = [fc.oneof(fc.jsonValue(), fc.constant(PAYLOAD.user))];
  const hostile = fc.record(
    {
      type: fc.constantFrom('block_actions', 'x'),
      user,
      team: fc.jsonValue(),
      actions: fc.oneof(
        fc.jsonValue(),
        fc.array(fc.oneof(fc.jsonValue(), fc.constant(ACTION)), { maxLength: 2 }),
      ),
      state: fc.oneof(fc.jsonValue(), fc.record({ values: fc.jsonValue() })),
      response_url: fc.oneof(fc.jsonValue(), fc.webUrl()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(hostile.map(bodyOf), fc.uint8Array(), fc.jsonValue().map(bodyOf)), (body) => {
      const said = readSlackInteraction(body);
      if (said !== undefined) expect(said).toMatchObject({ user: 'U024BE7LH', approval: APPROVAL });
    }),
    { numRuns: 1000, interruptAfterTimeLimit: 10_000 },
  );
});
