// Whether an agent may act, and whether it may open tasks.
import { describe, expect, it } from 'vitest';
import { type AgentState, agentKey, reviewProblem, statusProblem } from '../../src/agents/index.ts';
import { agentDefinition } from '../support/config.ts';

describe('statusProblem', () => {
  it.each<[string, unknown, string | undefined]>([
    ['of whom nothing is recorded', undefined, undefined],
    ['who is active', { status: 'active' }, undefined],
    ['who is quarantined', { status: 'quarantined' }, 'agent_quarantined'],
    ['who is disabled', { status: 'disabled' }, 'agent_disabled'],
    // Fails closed: a later version may record what this one does not know.
    ['whose state nobody knows', { status: 'retired' }, 'agent_disabled'],
    ['whose state is in other letters', { status: 'Active' }, 'agent_disabled'],
  ])('of an agent %s', (_, state, code) => {
    expect(statusProblem('bot', state as AgentState | undefined)?.code).toBe(code);
  });
});

describe('reviewProblem', () => {
  const agent = agentDefinition('bot', { reviewBy: '2026-05-01' });
  it.each([
    ['2026-04-30T23:59:59Z', 'UTC', undefined],
    ['2026-05-01T00:00:00Z', 'UTC', undefined],
    ['2026-05-01T23:59:59.999Z', 'UTC', undefined],
    ['2026-05-02T00:00:00Z', 'UTC', 'review_overdue'],
    // The day is the operator's.
    ['2026-05-01T22:00:00Z', 'Europe/Amsterdam', 'review_overdue'],
    ['2026-05-02T11:59:59Z', 'Pacific/Pago_Pago', 'review_overdue'],
    ['2026-05-02T10:59:59Z', 'Pacific/Pago_Pago', undefined],
    ['2036-01-01T00:00:00Z', 'UTC', 'review_overdue'],
  ])('at %s in %s', (now, timeZone, code) => {
    expect(reviewProblem(agent, undefined, timeZone, new Date(now))?.code).toBe(code);
  });

  it('is none where no date is set, and names the owner where one is past', () => {
    expect(reviewProblem(agentDefinition('bot'), undefined, 'UTC', new Date())).toBeUndefined();
    const past = reviewProblem(agent, undefined, 'UTC', new Date('2026-06-01T00:00:00Z'));
    expect(past?.detail).toContain(agent.owner.email);
  });
});

it('keeps the states of agents apart', () => {
  expect(agentKey('a')).not.toEqual(agentKey('b'));
});
