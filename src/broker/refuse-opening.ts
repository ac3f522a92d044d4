// Refuses to open a task. A refusal is an event, and is remembered under its Idempotency-Key.
import { agentStream, storedEvent } from '../audit/index.ts';
import { type Refusal, Unavailable } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { millisecondsBetween } from '../shared/moments.ts';
import { type HeldCapability, type RefusedOpening, type TaskRecord, taskKey } from '../tasks/index.ts';
import { append } from './append.ts';
import type { NoOpening } from './decide-opening.ts';
import { repeatOpening } from './hand-out.ts';
import { keyHeldUntil } from './keeping.ts';
import { shown } from './masking.ts';
import type { Attempt, OpenedTask, OpeningDependencies } from './opening.ts';
import { ownerOf } from './owner.ts';

/** Undefined once the refusal is written down. */
export async function tellRefused(
  dependencies: Pick<OpeningDependencies, 'events' | 'clock' | 'ids' | 'log'>,
  { caller, rules, proven, agent, wanted, requester, ancestors, arrivedAt, now }: Attempt,
  { code, detail, extras }: Refusal,
  { input, decisions }: Omit<NoOpening, 'refusal'> = {},
): Promise<Refusal | undefined> {
  const decision = extras.decision as HeldCapability['decision'] | undefined;
  const event = storedEvent(
    agentStream(agent.id, now),
    makeId('evt', now, dependencies.ids.random(10)),
    now,
    {
      type: 'task.refused',
      agent: agent.id,
      owner: ownerOf(agent),
      ...(requester === undefined ? {} : { requester }),
      purpose: wanted.purpose,
      capabilities: shown(rules.masking, wanted.capabilities),
      ...(wanted.delegation === undefined ? {} : { delegation: wanted.delegation }),
      ...(ancestors.length === 0 ? {} : { ancestors }),
      code,
      detail,
      ...(decision === undefined ? {} : { decision }),
      ...(input === undefined ? {} : { input }),
      ...(decisions === undefined ? {} : { decisions }),
      tokenHash: proven.tokenHash,
      milliseconds: millisecondsBetween(arrivedAt, dependencies.clock.now()),
      configDigest: rules.config.digest,
      request: caller.facts,
    },
  );
  return append(dependencies, event);
}

/** A mistake in the request is neither an event nor remembered. */
export async function refuseOpening(
  dependencies: OpeningDependencies,
  attempt: Attempt,
  refusal: Refusal,
  decided: Omit<NoOpening, 'refusal'> = {},
): Promise<OpenedTask | Refusal> {
  const { code, detail, extras } = refusal;
  if (code === 'invalid_request') return refusal;
  const unwritten = await tellRefused(dependencies, attempt, refusal, decided);
  if (unwritten !== undefined) return unwritten;
  if (attempt.caller.idempotencyKey === undefined) return refusal;
  const decision = extras.decision as HeldCapability['decision'] | undefined;
  const kept = { code, detail, ...(decision === undefined ? {} : { decision }) };
  return remember(dependencies, attempt, refusal, kept);
}

async function remember(
  dependencies: OpeningDependencies,
  attempt: Attempt,
  refusal: Refusal,
  kept: RefusedOpening['refusal'],
): Promise<OpenedTask | Refusal> {
  const { caller, agent, id, now } = attempt;
  const record: RefusedOpening = {
    agent: agent.id,
    status: 'refused',
    requestHash: caller.bodyHash,
    refusedAt: now.toISOString(),
    refusal: kept,
  };
  const options = { expiresAt: keyHeldUntil(record) };
  try {
    const claimed = await dependencies.records.create(taskKey(id), record as unknown as Json, options);
    if (claimed.created) return refusal;
    // Another request with this key was quicker: what it got, this one gets.
    return await repeatOpening(dependencies, caller, claimed.existing.value as unknown as TaskRecord);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    dependencies.log.error('back end unavailable', { backend: error.backend });
    return refusal;
  }
}
