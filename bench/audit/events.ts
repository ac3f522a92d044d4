// Events as a broker of HTTP calls archives them: an intent and an outcome, in turn.
import { BROKER_STREAM, storedEvent } from '../../src/audit/index.ts';
import type { StoredEvent } from '../../src/ports/events.ts';
import { makeId, tailFrom } from '../../src/shared/ids.ts';

const AGENTS = 200;
const PEOPLE = 997;
const CONFIG = 'd'.repeat(64);

function requestOf(number: number, id: string) {
  return {
    id: `req${id}`,
    method: 'GET',
    route: '/v1/tasks/{task}/http/{target}/{path}',
    sourceAddress: `192.0.2.${number % 250}`,
    traceparent: `00-${id.slice(1)}abcdef-${id.slice(-16)}-01`,
    reason: `Answer ticket ${number}`,
  };
}

function inputOf(number: number, at: Date, agent: string) {
  const purpose = `Answer ticket ${number} of customer ${number % 9973}`;
  const requester = { id: `person-${number % PEOPLE}@example.com`, proven: number % 2 === 0 };
  const openedAt = new Date(at.getTime() - 1000 * (number % 3600)).toISOString();
  const http = { method: 'GET', route: 'GET /tickets/{id}' };
  return {
    at: at.toISOString(),
    address: `192.0.2.${number % 250}`,
    chain: [{ agent, purpose, requester, openedAt, chainDepth: 0 }],
    operations: [{ capability: 'tickets-api:read', parameters: {}, http }],
  };
}

/** Even ones are intents, and the odd one after it is its outcome. */
export function callEvent(number: number, at: Date): StoredEvent {
  const call = Math.floor(number / 2);
  const id = makeId('evt', at, tailFrom('bench', String(number)));
  const callId = makeId('call', at, tailFrom('bench', String(call)));
  const task = makeId('task', at, tailFrom('bench', String(call % 5000)));
  const agent = `agent-${call % AGENTS}`;
  const input = inputOf(call, at, agent);
  const [{ purpose, requester }] = input.chain as [(typeof input.chain)[number]];
  const common = {
    ...{ configDigest: CONFIG, request: requestOf(call, callId.slice('call'.length)) },
    ...{ task, ancestors: [], agent, requester, purpose },
    owner: { team: 'Support Platform', email: 'support-platform@example.com' },
    kind: 'http' as const,
    ...{ call: callId, requestLine: `GET /tickets/${call}` },
  };
  const stream = number % 100 === 99 ? BROKER_STREAM : task;
  if (number % 2 === 0) {
    return storedEvent(stream, id, at, {
      ...common,
      type: 'call.requested',
      requested: { target: 'tickets-api', method: 'GET', path: `/tickets/${call}` },
      sent: {
        headers: [
          ['accept', 'application/json'],
          ['user-agent', 'support-bot/3.1'],
        ],
      },
    });
  }
  const text = JSON.stringify({
    id: call,
    subject: `Refund of order ${call * 7}`,
    from: '[EMAIL]',
    state: 'open',
  });
  return storedEvent(stream, id, at, {
    ...common,
    type: 'call.succeeded',
    target: 'tickets-api',
    operation: input.operations,
    decision: { outcome: 'allowed', policies: ['default.cedar:2'], configDigest: CONFIG },
    input,
    answered: {
      headers: [['content-type', 'application/json']],
      body: { text },
      status: 200,
      bytes: text.length,
    },
    masked: { EMAIL: 1 },
    milliseconds: 20 + (call % 80),
  });
}
