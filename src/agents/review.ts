// Reviews: an agent past its date, or with more in its ceiling than anyone looked at, waits until it is attested.
import type { AgentDefinition } from '../config/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { AgentChange, AgentState, Attestation, Ceiling } from './status.ts';

/** An attestation at most so long before the review date may be this review's; an earlier one was that of the last. */
const WINDOW_DAYS = 30;
const DAY = 86_400_000;

export function ceilingOf(agent: AgentDefinition, at: Date): Ceiling {
  return { capabilities: agent.capabilities, digest: agent.digest, at: at.toISOString() };
}

export function attested(
  state: AgentState | undefined,
  agent: AgentDefinition,
  change: AgentChange,
): AgentState {
  const { at, by, reason } = change;
  return {
    ...(state ?? { status: 'active' }),
    attestation: {
      ...ceilingOf(agent, new Date(at)),
      by,
      reason,
      ...(agent.reviewBy === undefined ? {} : { reviewBy: agent.reviewBy }),
    },
    lastChange: { ...change, attested: { digest: agent.digest, capabilities: agent.capabilities } },
  };
}

/** As the operator's calendar has it. */
function dayOf(moment: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(moment);
}

/**
 * Whether it is this review's. After the review date it is, whatever the file said when it was made. Before, it may have
 * been the last review's, where the next date is near: so it counts only if it was made for that very date.
 */
function counts({ at, reviewBy: madeFor }: Attestation, reviewBy: string, timeZone: string): boolean {
  const day = dayOf(new Date(at), timeZone);
  if (day > reviewBy) return true;
  const opens = new Date(Date.parse(reviewBy) - WINDOW_DAYS * DAY).toISOString().slice(0, 10);
  return madeFor === reviewBy && day >= opens;
}

/** The review date is a day, in the operator's time zone: from the day after on, no new task until it is attested. */
export function isOverdue(
  agent: AgentDefinition,
  state: AgentState | undefined,
  timeZone: string,
  now: Date,
): boolean {
  const { reviewBy } = agent;
  if (reviewBy === undefined || dayOf(now, timeZone) <= reviewBy) return false;
  const { attestation } = state ?? {};
  return attestation === undefined || !counts(attestation, reviewBy, timeZone);
}

/** Whether the file is another than the one that was attested. */
export function changedSinceReview(agent: AgentDefinition, state: AgentState | undefined): boolean {
  return state?.attestation !== undefined && state.attestation.digest !== agent.digest;
}

/** What the ceiling gained since somebody attested it or, before anyone has, since it was first used. */
export function gained(agent: AgentDefinition, state: AgentState | undefined): readonly string[] {
  const known = state?.attestation ?? state?.firstCeiling;
  return known === undefined ? [] : agent.capabilities.filter((one) => !known.capabilities.includes(one));
}

export function reviewProblem(
  agent: AgentDefinition,
  state: AgentState | undefined,
  timeZone: string,
  now: Date,
): Refusal | undefined {
  if (!isOverdue(agent, state, timeZone, now)) return undefined;
  return new Refusal(
    'review_overdue',
    `The agent ${agent.id} was to be reviewed by ${agent.reviewBy}. Its owner (${agent.owner.email}) must attest it before it opens new tasks.`,
  );
}

/** With `attest: onChange`: what the ceiling gained can't be asked for before somebody attests it. */
export function wideningProblem(
  agent: AgentDefinition,
  state: AgentState | undefined,
  wanted: readonly string[],
): Refusal | undefined {
  const waiting = gained(agent, state).filter((one) => wanted.includes(one));
  if (waiting.length === 0) return undefined;
  return new Refusal(
    'review_overdue',
    `The ceiling of ${agent.id} has gained ${waiting.join(', ')}. That waits until somebody attests the agent.`,
  );
}
