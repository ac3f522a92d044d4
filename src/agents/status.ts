// Whether an agent may act, and whether it may open tasks.
import type { AgentDefinition } from '../config/index.ts';
import type { RecordKey } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';

export interface AgentState {
  readonly status: 'active' | 'quarantined' | 'disabled';
}

export function agentKey(agent: string): RecordKey {
  return { partition: `agent/${agent}`, sort: 'state' };
}

/** An agent of which nothing is recorded is active: the registry is the operator's files. */
export function statusProblem(agent: string, state: AgentState | undefined): Refusal | undefined {
  switch (state?.status) {
    case undefined:
    case 'active':
      return undefined;
    case 'quarantined':
      return new Refusal(
        'agent_quarantined',
        `The agent ${agent} is quarantined. Ask its owner or an operator.`,
      );
    // Disabled, or what a later version recorded and this one does not know: then nothing is allowed.
    default:
      return new Refusal('agent_disabled', `The agent ${agent} is disabled. Ask its owner or an operator.`);
  }
}

/** The review date is a day, in the operator's time zone: from the day after on, no new task. */
export function reviewProblem(agent: AgentDefinition, timeZone: string, now: Date): Refusal | undefined {
  if (agent.reviewBy === undefined) return undefined;
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(now);
  if (today <= agent.reviewBy) return undefined;
  return new Refusal(
    'review_overdue',
    `The agent ${agent.id} was to be reviewed by ${agent.reviewBy}. Its owner (${agent.owner.email}) must attest it before it opens new tasks.`,
  );
}
