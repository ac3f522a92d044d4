// What samples of events are put together from.
import type { EventBody } from '../../src/audit/index.ts';

/** Some of each type. */
export type Samples = {
  readonly [Type in EventBody['type']]: readonly (EventBody & { readonly type: Type })[];
};

export const AT = '2026-11-21T22:41:07.123Z';
export const LATER = '2026-11-21T23:11:07.123Z';
export const configDigest = 'd'.repeat(64);
export const tokenHash = 'a'.repeat(64);
export const TASK = 'task_01kjq6qpsgd32fcfhvmjf8bjf7';
const ROOT = 'task_01kjq6qpsg14srme666513gmyd';
export const CALL = 'call_01kjq6qpsgw5ajnjm62jhng3dv';
export const APPROVAL = 'appr_01kjq6qpsg0xnrtnb1jkdvtdek';
export const DELEGATION = 'dele_01kjq6qpsgv60y3e9nmqdenwbb';
export const KIM = 'kim@example.com';
export const ROLE = 'arn:aws:iam::111122223333:role/bailiwick-reports';

export const request = {
  ...{ id: 'req-21', method: 'GET', route: '/v1/tasks/{task}/http/{target}/{path+}' },
  sourceAddress: '192.0.2.1',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};
/** As one comes in over IPv6, from nobody that traces. */
export const posted = { id: 'req-1', method: 'POST', route: '/v1/tasks', sourceAddress: '2001:db8::7' };

export const ofTask = {
  ...{ task: TASK, ancestors: [{ task: ROOT, agent: 'lead' }], agent: 'report-builder', configDigest },
  owner: { team: 'Data', email: 'data@example.com' },
  requester: { id: 'kim', proven: false },
  purpose: 'Build the weekly report',
};
export const alone = { ...ofTask, ancestors: [] };

export const read = { capability: 'reports:read', parameters: { prefix: 'team-a' } };
export const list = { capability: 'reports:list', parameters: {} };
const ticket = {
  capability: 'tickets:read',
  parameters: {},
  http: { method: 'GET', route: '/tickets/{id}' },
};
export const drop = {
  ...ticket,
  capability: 'tickets:drop',
  http: { method: 'DELETE', route: '/tickets/{id}' },
};

const sql = { reads: ['public.orders'], writes: [], functions: [], statements: ['select'] };
export const query = { capability: 'orders-db:read', parameters: {}, sql };
export const change = {
  ...query,
  capability: 'orders-db:write',
  sql: { ...sql, writes: ['public.orders', 'public.log'], statements: ['insert', 'update'] },
};
export const command = {
  capability: 'gate:restart',
  parameters: {},
  command: { argv: ['systemctl', 'restart'] },
};
export const pod = {
  ...{ capability: 'cluster:look', parameters: {}, command: { argv: ['ls'] } },
  kubernetes: { namespace: 'shop', pod: 'web-1' },
};

export const allowed = {
  outcome: 'allowed',
  policies: ['default.cedar:2', 'reports-are-open'],
  configDigest,
} as const;
export const denied = { outcome: 'denied', code: 'denied_by_policy', policies: [], configDigest } as const;
export const held = {
  outcome: 'needsApproval',
  approvals: { count: 1, of: {} },
  policies: ['blast-radius-changes'],
  configDigest,
} as const;

export const input = {
  ...{ at: AT, address: '192.0.2.1', operations: [ticket] },
  chain: [{ agent: 'report-builder', purpose: 'Build the weekly report', openedAt: AT, chainDepth: 1 }],
};
const human = { id: KIM, groups: ['operators', 'security'] };
const contain = { human, action: 'contain', resource: { type: 'Agent', id: 'report-builder' } } as const;
export const audit = { human, action: 'audit', resource: { type: 'Broker' } } as const;
export const may = {
  decision: allowed,
  input: {
    human,
    action: 'approve',
    resource: { type: 'Approval', id: APPROVAL, agent: 'report-builder', target: 'tickets' },
  },
} as const;

export const ofCall = {
  ...ofTask,
  call: CALL,
  kind: 'http',
  requestLine: 'GET /tickets/42?full=yes',
  request,
} as const;
export const ofCredentials = { ...ofTask, call: CALL, kind: 'credentials', request: posted } as const;
/** Of what the broker does by itself no request tells. */
export const ofApproval = {
  ...ofTask,
  call: CALL,
  kind: 'http',
  requestLine: 'DELETE /tickets/42',
  approval: APPROVAL,
} as const;
export const milliseconds = 41;
export const fingerprint = 'c'.repeat(64);

export const decided = { operation: [ticket], decision: allowed, input, milliseconds };
export const refusal = { code: 'outside_task', detail: 'The task does not cover that.' } as const;
export const session = {
  ...{ accessKeyId: 'ASIAEXAMPLE1', expiresAt: LATER, real: true, roleArn: ROLE },
  ...{ sessionName: `${TASK}-b52thzqs76bh0sch`, policy: '{}', policyHash: 'b'.repeat(64) },
};
export const answered = {
  status: 200,
  bytes: 53,
  headers: [['content-type', 'text/plain']],
  body: { text: 'Ask [EMAIL]' },
} as const;

export const card = {
  title: 'Write, destroy: DELETE /tickets/{id} on tickets',
  effect: 'write',
  facts: [],
  operation: { text: 'DELETE /tickets/42', characters: 18, isComplete: true },
  warnings: [],
  wayBack: 'Cannot be undone',
  words: [],
} as const;

export const byKim = { by: KIM, why: 'Odd behaviour', decision: allowed, input: contain, request: posted };
export const ofAgent = { ...byKim, configDigest, agent: 'report-builder' };
