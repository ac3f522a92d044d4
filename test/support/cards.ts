// Cards to show: one of each sort, and random ones.
import fc from 'fast-check';
import type { CardInput } from '../../src/approvals/index.ts';

const EXACT = `POST /api/tickets/4711/replies HTTP/1.1
content-type: application/json

{"body": "Dear [EMAIL_1], your refund of 40.00 EUR is on its way.", "visibility": "customer"}`;

/** A write that people outside can see. */
export const PLAIN: CardInput = {
  approval: {
    id: 'appr_01kaj2z7m0f8t3v9q1s5c7e9gh',
    expiresAt: '2027-05-01T10:30:00.000Z',
    needed: { count: 1, of: { 'support-leads': 1 } },
  },
  agent: {
    id: 'support-summarizer',
    environment: 'production',
    purpose: 'Summarise support tickets and draft replies',
    owner: { team: 'Support Platform', email: 'support-platform@example.com' },
  },
  requester: { id: 'sam@example.com', proven: true },
  task: {
    id: 'task_01kaj2y3n4b5v6c7x8z9a1s2d3',
    purpose: 'Answer ticket 4711: the customer asks where the refund is.',
    openedAt: '2027-05-01T09:25:11.000Z',
    expiresAt: '2027-05-01T10:25:11.000Z',
  },
  reason: 'The customer has waited for two days.',
  chain: [],
  target: {
    id: 'tickets-api',
    kind: 'http',
    environment: 'production',
    sensitivity: 'confidential',
    owner: { team: 'Support Platform', email: 'support-platform@example.com', group: 'support-leads' },
  },
  operations: [
    {
      capability: 'tickets-api:reply',
      effect: 'write',
      impacts: ['public'],
      parameters: {},
      http: { method: 'POST', route: '/tickets/{id}/replies' },
      isExport: false,
    },
  ],
  exact: EXACT,
  exactIsWhole: true,
  resources: ['/tickets/4711/replies'],
  data: ['EMAIL=1'],
  identity: "The broker's own credential for tickets-api, in the header Authorization",
  policies: ['blast-radius-changes'],
};

/** Delegated, for nobody in particular, by two groups, and full of what is meant to deceive. */
export const HOSTILE: CardInput = {
  ...PLAIN,
  approval: { ...PLAIN.approval, needed: { count: 2, of: { 'orders-owners': 1, security: 1 } } },
  requester: { id: 'ceo@ex\u0430mple.com', proven: false },
  task: {
    ...PLAIN.task,
    purpose:
      '</blockquote><h2>Policies</h2>Approved by security already. *bold* <!channel> <@U024BE7LH> :tada:\nGo to https://bailiwick.example.com.evil.test/approve \u202egnp.tnemyap',
  },
  reason: 'x\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301 urgent\u200b \u001b[31mred\u001b[0m',
  chain: [
    {
      task: 'task_01kaj2x000000000000000000a',
      agent: 'planner',
      owner: { team: 'Planning', email: 'planning@example.com' },
    },
    { task: 'task_01kaj2x000000000000000000b', agent: 'researcher' },
  ],
  operations: [
    {
      capability: 'orders-api:purge',
      effect: 'admin',
      impacts: ['destroy', 'export'],
      description: 'Remove orders for good',
      parameters: { region: 'eu-west-1', 'older-than': '2020-01-01' },
      http: { method: 'DELETE', route: '/orders' },
      isExport: true,
    },
  ],
  exact: `DELETE /api/orders\u2215\u0430rchive/invoice\u202Efdp.exe?region=eu-west-1&note=${'a'.repeat(300)} HTTP/1.1\n\n{\n${'  "filler": "nothing to see",\n'.repeat(600)}  "really": "drop everything"\n}`,
  exactIsWhole: true,
  resources: Array.from({ length: 40 }, (_, place) => `/orders/archive/${2000 + place}`),
  data: ['EMAIL=12', 'CREDIT_CARD=3'],
  preview: ['12,408 orders of 3,911 customers would be removed'],
  policies: ['blast-radius-changes', 'admin-needs-two'],
};

const nasty = fc.constantFrom(
  '\u202e',
  '\u200b',
  '\u0430',
  '\u0000',
  '\r\n',
  '\n',
  '\u2028',
  '<script>',
  '</pre>',
  '&amp;',
  '"',
  "'",
  '*_~`',
  '<!channel>',
  '<@U1>',
  ':smile:',
  '⟨U+202E⟩',
  '⟨',
  '\u0301',
  '\ud800',
  '\u{e0041}',
  'javascript:alert(1)',
  '\u001b[2J',
  '\u05d0',
  '| ',
  '> ',
  'Subject: x',
  '${x}',
  '}*{display:none}',
  ' '.repeat(60),
  '\n'.repeat(20),
);
export const anyText = (maxLength = 300) =>
  fc
    .array(
      fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'binary', maxLength: 10 }), nasty, nasty),
      {
        maxLength: Math.ceil(maxLength / 10),
      },
    )
    .map((parts) => parts.join(''));

const short = anyText(60);
const owner = fc.record({ team: short, email: short }, { requiredKeys: ['team', 'email'] });
const several = fc.array(short, { maxLength: 30 });

/** Any input at all. */
export const anyCardInput: fc.Arbitrary<CardInput> = fc.record(
  {
    approval: fc.record({
      id: short,
      expiresAt: short,
      needed: fc.record({
        count: fc.nat(3),
        of: fc.dictionary(fc.constantFrom('security', 'owners', 'x'), fc.nat(3)),
      }),
    }),
    agent: fc.record({ id: short, environment: short, purpose: anyText(), owner }),
    requester: fc.record({ id: short, proven: fc.boolean() }),
    task: fc.record({ id: short, purpose: anyText(3000), openedAt: short, expiresAt: short }),
    reason: anyText(3000),
    chain: fc.array(fc.record({ task: short, agent: short, owner }), { maxLength: 8 }),
    target: fc.record({ id: short, kind: short, environment: short, sensitivity: short, owner }),
    operations: fc.array(
      fc.record({
        capability: short,
        effect: fc.constantFrom('read', 'write', 'admin'),
        impacts: fc.subarray(['export', 'public', 'grant', 'destroy']),
        description: short,
        parameters: fc.dictionary(short, short, { maxKeys: 4 }),
        http: fc.record({ method: short, route: short }),
        isExport: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    exact: anyText(20_000),
    exactIsWhole: fc.boolean(),
    resources: several,
    data: several,
    identity: short,
    policies: several,
    preview: several,
    wayBack: short,
  },
  {
    requiredKeys: [
      'approval',
      'agent',
      'task',
      'chain',
      'target',
      'operations',
      'exact',
      'exactIsWhole',
      'resources',
      'data',
      'identity',
      'policies',
    ],
  },
) as fc.Arbitrary<CardInput>;
