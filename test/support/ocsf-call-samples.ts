// Events of calls, from what is asked for to what became of it.
import {
  APPROVAL,
  answered,
  CALL,
  card,
  change,
  command,
  decided,
  denied,
  drop,
  fingerprint,
  held,
  KIM,
  LATER,
  may,
  milliseconds,
  ofApproval,
  ofCall,
  ofCredentials,
  pod,
  posted,
  query,
  read,
  refusal,
  request,
  type Samples,
  session,
} from './ocsf-sample-parts.ts';

export const CALLS: Pick<Samples, Extract<keyof Samples, `call.${string}`>> = {
  'call.requested': [
    { ...ofCall, type: 'call.requested', requested: { target: 'tickets' }, sent: { headers: [] } },
    { ...ofCredentials, type: 'call.requested', requested: [read, { capability: 'ledger:read' }] },
    { ...ofCall, type: 'call.requested', requested: null, requestLine: 'PROPFIND /tickets' },
  ],
  'call.awaiting': [
    {
      ...{ ...ofCall, ...decided, type: 'call.awaiting', approval: APPROVAL, decision: held },
      ...{ expiresAt: LATER, fingerprint, card, operation: [drop] },
    },
  ],
  'call.decided': [
    {
      ...{ ...ofApproval, type: 'call.decided', by: KIM, groups: ['security'], vote: 'approve' },
      ...{ why: 'Fine', channel: 'slack', status: 'approved', permission: may, request: posted },
      ...{ fingerprint, milliseconds, operation: [drop], target: 'tickets' },
    },
    {
      ...{ ...ofApproval, type: 'call.decided', by: 'U0KIM', groups: [], vote: 'deny' },
      ...{ channel: 'link', status: 'denied', permission: may, fingerprint, milliseconds },
    },
  ],
  'call.granted': [
    {
      ...ofApproval,
      ...decided,
      type: 'call.granted',
      kind: 'credentials',
      approvals: [KIM],
      operation: [read],
    },
  ],
  'call.executing': [
    {
      ...{ ...ofApproval, ...decided, type: 'call.executing', approvals: [KIM], request },
      operation: [drop],
    },
  ],
  'call.succeeded': [
    { ...ofCall, ...decided, type: 'call.succeeded', target: 'tickets', answered },
    {
      ...{ ...ofCall, ...decided, type: 'call.succeeded', target: 'tickets', session, sends: 2 },
      answered: { ...answered, status: 404 },
    },
    { ...ofCall, ...decided, type: 'call.succeeded', target: 'orders-db', answered, operation: [query] },
    { ...ofCall, ...decided, type: 'call.succeeded', target: 'orders-db', answered, operation: [change] },
    { ...ofCall, ...decided, type: 'call.succeeded', target: 'gate', answered, operation: [command] },
    { ...ofCall, ...decided, type: 'call.succeeded', target: 'cluster', answered, operation: [pod] },
  ],
  'call.denied': [
    { ...ofCall, type: 'call.denied', refusal, milliseconds: 3 },
    {
      ...{ ...ofApproval, type: 'call.denied', operation: [drop], decision: held, milliseconds: 9 },
      refusal: { code: 'approval_denied', detail: 'Kim said no.' },
    },
    { ...ofCall, ...decided, type: 'call.denied', refusal, operation: [query], decision: denied },
    { ...ofCall, ...decided, type: 'call.denied', refusal, operation: [command], decision: denied },
    {
      ...{ ...ofCall, type: 'call.denied', milliseconds: 1 },
      refusal: { code: 'invalid_request', detail: 'No.' },
    },
  ],
  'call.failed': [
    {
      ...{ ...ofCredentials, ...decided, type: 'call.failed', session, operation: [read] },
      refusal: { code: 'target_failed', detail: 'STS said no.' },
    },
    {
      ...{ ...ofCall, ...decided, type: 'call.failed', operation: [command] },
      refusal: { code: 'target_unavailable', detail: 'Nobody there.' },
    },
  ],
  'call.unknown': [
    { ...ofCall, type: 'call.unknown', detail: 'A broker stopped.' },
    { ...ofCall, ...decided, type: 'call.unknown', detail: 'Look there.', refusal },
  ],
  'call.expired': [{ ...ofApproval, type: 'call.expired', refusal, milliseconds, decision: held }],
  'call.withdrawn': [
    { ...ofApproval, type: 'call.withdrawn', refusal, milliseconds },
    { ...ofApproval, type: 'call.withdrawn', refusal, milliseconds, by: KIM },
  ],
  'call.voided': [{ ...ofApproval, type: 'call.voided', refusal, milliseconds }],
  'call.repeated': [
    { ...ofCall, type: 'call.repeated', repetition: CALL, answer: 'succeeded', milliseconds },
    { ...ofCall, type: 'call.repeated', repetition: CALL, answer: 'denied_by_policy', milliseconds },
  ],
};
