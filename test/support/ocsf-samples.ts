// Events of every type there is, as the broker writes them down: a type without one does not compile.
import { type EventBody, storedEvent } from '../../src/audit/index.ts';
import type { StoredEvent } from '../../src/ports/events.ts';
import { makeId } from '../../src/shared/ids.ts';
import type { JsonObject } from '../../src/shared/json.ts';

import { CALLS } from './ocsf-call-samples.ts';
import {
  AT,
  allowed,
  alone,
  audit,
  byKim,
  configDigest,
  DELEGATION,
  denied,
  held,
  input,
  KIM,
  LATER,
  list,
  milliseconds,
  ofAgent,
  ofApproval,
  ofCredentials,
  ofTask,
  posted,
  ROLE,
  read,
  refusal,
  type Samples,
  session,
  TASK,
  tokenHash,
} from './ocsf-sample-parts.ts';

const TASKS: Pick<Samples, Extract<keyof Samples, `task.${string}` | `delegation.${string}`>> = {
  'task.opened': [
    {
      ...{ ...alone, type: 'task.opened', tokenHash, input, expiresAt: LATER, request: posted },
      capabilities: [
        { ...read, decision: allowed },
        { ...list, decision: held },
      ],
      masked: { EMAIL: 1 },
    },
    {
      ...{ ...ofTask, type: 'task.opened', tokenHash, input, expiresAt: LATER, delegation: DELEGATION },
      ...{ capabilities: [], boundTo: 'thumb' },
    },
  ],
  'task.repeated': [{ ...ofTask, type: 'task.repeated', tokenHash, request: posted }],
  'task.refused': [
    {
      ...{ type: 'task.refused', agent: 'report-builder', purpose: 'x', configDigest, tokenHash },
      ...{
        capabilities: [read],
        code: 'denied_by_policy',
        detail: 'Policy says no.',
        request: posted,
        milliseconds,
      },
      ...{ decision: denied, decisions: [allowed, denied], input },
    },
    {
      ...{ type: 'task.refused', agent: 'report-builder', purpose: 'x', configDigest, tokenHash },
      ...{ capabilities: [], code: 'invalid_request', detail: 'It names no capability.', milliseconds: 2 },
    },
  ],
  'task.finished': [
    { ...ofTask, type: 'task.finished', revocation: 'none', below: [], request: posted, milliseconds },
    { ...alone, type: 'task.finished', revocation: 'pending', below: [TASK], milliseconds },
  ],
  'task.revoked': [
    { ...ofTask, ...byKim, type: 'task.revoked', revocation: 'inForce', below: [], milliseconds },
  ],
  'delegation.offered': [
    {
      ...{ ...ofTask, type: 'delegation.offered', delegation: DELEGATION, to: 'ledger-bot' },
      ...{ capabilities: [read], expiresAt: LATER, request: posted },
    },
  ],
  'delegation.refused': [
    {
      ...ofTask,
      ...refusal,
      type: 'delegation.refused',
      to: 'ledger-bot',
      capabilities: [{ capability: 'x:y' }],
      request: posted,
    },
  ],
};

const CREDENTIALS: Pick<Samples, Extract<keyof Samples, `credentials.${string}`>> = {
  'credentials.issued': [
    {
      ...{ ...ofCredentials, type: 'credentials.issued', target: 'reports', operation: [read] },
      ...{ decision: allowed, input, session, milliseconds: 120 },
    },
  ],
  'credentials.withheld': [
    {
      ...{ ...ofCredentials, type: 'credentials.withheld', operation: [read], accessKeyId: 'ASIAEXAMPLE2' },
      ...{ code: 'task_over', detail: 'The task is over.', milliseconds },
    },
  ],
  'credentials.revoked': [{ ...ofTask, type: 'credentials.revoked', roleArn: ROLE }],
  'credentials.revocation_waits': [
    { ...ofTask, type: 'credentials.revocation_waits', roleArn: ROLE, detail: 'No room.' },
  ],
};

const handed = {
  ...{ by: KIM, groups: ['security'], configDigest, decision: allowed, input: audit },
  ...{ firstEvent: 'evt_01kjq6qpsg309h6dr45ad70cby', lastEvent: 'evt_01kjq6qpsg75bmg8rbfrnp7meq' },
};

const OTHERS: Omit<Samples, keyof typeof TASKS | keyof typeof CREDENTIALS | keyof typeof CALLS> = {
  'approval.asked': [
    { ...ofApproval, type: 'approval.asked', asked: [KIM, '#channel'], unreached: ['lee'], escalation: true },
  ],
  'approval.refused': [
    {
      ...{ ...ofApproval, type: 'approval.refused', by: KIM, channel: 'api', request: posted },
      ...{ code: 'not_permitted', detail: 'You answer for that agent.', decision: denied },
    },
  ],
  'approval.revealed': [{ ...ofApproval, type: 'approval.revealed', by: KIM, channel: 'login' }],
  'agent.quarantined': [{ ...ofAgent, type: 'agent.quarantined' }],
  'agent.disabled': [{ ...ofAgent, type: 'agent.disabled' }],
  'agent.reinstated': [{ ...ofAgent, type: 'agent.reinstated' }],
  'agent.attested': [
    { ...ofAgent, type: 'agent.attested', attested: { digest: tokenHash, capabilities: ['reports:read'] } },
  ],
  'token.refused': [
    {
      ...{ type: 'token.refused', issuer: 'unknown', reason: 'not_compact', address: '192.0.2.1' },
      ...{ tokenHash, configDigest, request: posted },
    },
    {
      ...{ type: 'token.refused', issuer: 'bailiwick', reason: 'task_token', address: '2001:db8::/64' },
      ...{ tokenHash, configDigest, agent: 'report-builder', task: TASK },
    },
  ],
  'config.loaded': [{ type: 'config.loaded', configDigest, agents: 3, targets: 4 }],
  'access.refused': [
    {
      ...{ type: 'access.refused', by: KIM, groups: ['guests'], wanted: 'audit', configDigest },
      ...{ resource: { type: 'Broker' }, code: 'not_permitted', detail: 'Policy says no.' },
      ...{ decision: denied, input: audit, request: posted },
    },
    {
      ...{ type: 'access.refused', by: KIM, groups: [], wanted: 'contain', configDigest },
      ...{ resource: { type: 'Agent', id: 'report-builder' }, agent: 'report-builder' },
      ...{ code: 'not_permitted', detail: 'Policy says no.', decision: denied, input: audit },
    },
  ],
  'audit.exported': [
    {
      ...{ ...handed, type: 'audit.exported', events: 100, request: posted },
      ...{ span: { from: AT, until: LATER }, onlyType: 'call.denied' },
    },
    { ...handed, type: 'audit.exported', events: 1, task: TASK, agent: 'report-builder' },
  ],
  'audit.digested': [
    {
      ...{ type: 'audit.digested', sequence: 17, from: AT, until: LATER, objects: 2, events: 9, filled: 1 },
      ...{ strays: 0, root: 'e'.repeat(64), sha256: 'f'.repeat(64), keyId: '0'.repeat(64), configDigest },
    },
  ],
  'audit.finding': [
    {
      ...{ type: 'audit.finding', finding: 'event_overwritten', configDigest },
      ...{ title: 'An event was overwritten.', detail: 'It says something else now.' },
      event: { stream: TASK, id: 'evt_01kjq6qpsg309h6dr45ad70cby' },
    },
    {
      ...{ type: 'audit.finding', finding: 'archive_changed', configDigest },
      ...{ title: 'An object of the archive was changed', detail: 'Its hash is another.', key: 'events/x' },
    },
  ],
};

const SAMPLES: Samples = { ...TASKS, ...CREDENTIALS, ...CALLS, ...OTHERS };

export interface Sample {
  readonly type: string;
  /** Told apart from others of its type. */
  readonly name: string;
  readonly event: StoredEvent;
}

/** As they come back from storage, where they were JSON. */
export const OCSF_SAMPLES: readonly Sample[] = Object.values(SAMPLES).flatMap((bodies) =>
  bodies.map((body: EventBody, place): Sample => {
    const id = makeId('evt', new Date(AT), Buffer.from(`${body.type}${place}`.padEnd(10, '.')));
    const event = storedEvent(TASK, id, new Date(AT), body);
    const read = { ...event, body: JSON.parse(JSON.stringify(event.body)) as JsonObject };
    return { type: body.type, name: `${body.type} ${place + 1}`, event: read };
  }),
);
