// HTTP calls, from an agent's request to what the target is sent, what the agent gets, and what the audit says.
import { describe, expect, it } from 'vitest';
import { call, made, openFor, worldWithTickets } from '../support/http-calls.ts';
import { codeOf } from '../support/world.ts';

describe('an allowed call', () => {
  it('goes to the target with its credential, and comes back', async () => {
    const world = await worldWithTickets();
    const opened = await openFor(world, 'tickets:read');
    const answer = await made(world, opened);
    expect(answer).toMatchObject({ status: 200, dropped: [], withheld: [] });
    expect(Buffer.from(answer.body).toString()).toBe('{"id":"42","subject":"Printer on fire"}');
    expect(world.outside.sent).toMatchObject([{ method: 'GET', path: '/api/tickets/42' }]);
    const [name, value] = world.outside.sent[0]?.headers.at(-1) ?? [];
    expect(name).toBe('Authorization');
    expect(String(value)).toBe('[secret]');
    expect(world.told('call.requested', 'call.succeeded')).toMatchObject([
      { type: 'call.requested', kind: 'http', requestLine: 'GET /tickets/42' },
      { type: 'call.succeeded', call: answer.call, requestLine: 'GET /tickets/42' },
    ]);
    expect(world.calls()).toMatchObject([{ status: 'succeeded', requestLine: 'GET /tickets/42' }]);
  });

  it('of what no route covers is none', async () => {
    const world = await worldWithTickets();
    const opened = await openFor(world, 'tickets:read');
    expect(codeOf(await call(world, opened, { path: '/users' }))).toBe('outside_task');
    expect(world.outside.sent).toEqual([]);
  });
});
