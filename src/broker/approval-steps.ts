// The steps of an approval's workflow: where it stands, who is asked and asked again, and how it ends. Each may be taken
// more than once.
import * as z from 'zod/mini';
import { type Approval, statusOfApproval } from '../approvals/index.ts';
import type { Json } from '../shared/json.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { type KeptApproval, readApproval, saveApproval } from './approval-records.ts';
import { endWaiting } from './end-waiting.ts';
import { type Notifying, notify } from './notify-approvers.ts';
import { showDecided } from './show-decided.ts';
import { voidIfOver } from './void-if-over.ts';

export type StepDependencies = Notifying & Pick<ApprovalDependencies, 'objects' | 'workflow'>;

/** Statuses and seconds, and nothing else: whoever reads an execution's history learns no more. */
interface Looked {
  readonly status: Approval['status'];
  /** Whom it is time to ask. */
  readonly stage: 'ask' | 'escalate';
  /** Until there is something to do again, if nobody decides. */
  readonly seconds: number;
  /** Before a step that failed is taken again. */
  readonly pause: number;
}

const LEAST_PAUSE_SECONDS = 30;
/** An execution remembers 25,000 events, and a round takes about ten. */
const MOST_ROUNDS = 500;
/** Those whom nothing could be sent to are tried again. */
const TRY_AGAIN_SECONDS = 300;
/** A clock that is a little behind must not look once more before it is time. */
const MARGIN_MILLISECONDS = 500;

function secondsUntil(moment: string, now: Date): number {
  return Math.max(1, Math.ceil((Date.parse(moment) - now.getTime() + MARGIN_MILLISECONDS) / 1000));
}

/** As it stands now, once what is over by its task is so in its record. */
async function settled(dependencies: StepDependencies, kept: KeptApproval, now: Date): Promise<Approval> {
  const { approval } = kept;
  if (statusOfApproval(approval, now) !== 'pending') return approval;
  const over = await voidIfOver(dependencies, kept);
  if (over === undefined) return approval;
  return (over.saved ?? (await readApproval(dependencies, approval.id)))?.approval ?? approval;
}

async function look(dependencies: StepDependencies, id: string): Promise<Looked> {
  const kept = await readApproval(dependencies, id);
  const now = dependencies.clock.now();
  // Its record was never written, or is no longer kept.
  if (kept === undefined) return { status: 'void', stage: 'ask', seconds: 1, pause: LEAST_PAUSE_SECONDS };
  const approval = await settled(dependencies, kept, now);
  await showDecided(dependencies, approval);
  const { escalateAt, expiresAt, createdAt, unreached = [] } = approval;
  const { escalateTo } = (await dependencies.rules()).config.broker.approvals;
  const escalates = escalateTo.length > 0 && escalateAt < expiresAt;
  const stage = escalates && now.toISOString() >= escalateAt ? 'escalate' : 'ask';
  const next = stage === 'ask' && escalates ? escalateAt : expiresAt;
  const whole = (Date.parse(expiresAt) - Date.parse(createdAt)) / 1000;
  const pause = Math.max(LEAST_PAUSE_SECONDS, Math.ceil(whole / MOST_ROUNDS));
  const seconds = secondsUntil(next, now);
  return {
    status: statusOfApproval(approval, now),
    stage,
    seconds: unreached.length === 0 ? seconds : Math.min(seconds, Math.max(pause, TRY_AGAIN_SECONDS)),
    pause,
  };
}

/** Keeps what the workflow waits with. Undefined where it has been decided meanwhile. */
async function waitWith(
  dependencies: StepDependencies,
  id: string,
  token: string,
): Promise<KeptApproval | undefined> {
  for (let tries = 0; tries < 20; tries += 1) {
    const kept = await readApproval(dependencies, id);
    if (kept === undefined) return undefined;
    if (statusOfApproval(kept.approval, dependencies.clock.now()) !== 'pending') return undefined;
    if (kept.approval.waiting === token) return kept;
    const saved = await saveApproval(dependencies, kept, { ...kept.approval, waiting: token });
    if (saved !== undefined) return saved;
  }
  throw new Error('an approval changes faster than it can be written');
}

/** Asks those who may decide, or after a while those whom the files name for that. Nobody is asked twice. */
async function ask(
  dependencies: StepDependencies,
  id: string,
  token: string,
  stage: Looked['stage'],
): Promise<void> {
  const kept = await waitWith(dependencies, id, token);
  if (kept === undefined) {
    await dependencies.workflow.wake(token);
    return;
  }
  await notify(dependencies, kept, stage);
  // Decided while people were being told: whoever decided may have had an older token.
  const after = await readApproval(dependencies, id);
  if (after === undefined || statusOfApproval(after.approval, dependencies.clock.now()) !== 'pending') {
    // Nor can those have shown it who knew of no message yet.
    if (after !== undefined) await showDecided(dependencies, after.approval);
    await dependencies.workflow.wake(token);
  }
}

const asked = z.union([
  z.object({ step: z.enum(['look', 'record']), approval: z.string() }),
  z.object({ step: z.enum(['ask', 'escalate']), approval: z.string(), token: z.string() }),
]);

/** As the state machine asks for it. */
export async function approvalStep(dependencies: StepDependencies, input: unknown): Promise<Json> {
  const step = z.parse(asked, input);
  switch (step.step) {
    case 'look':
      return { ...(await look(dependencies, step.approval)) };
    case 'record':
      return { status: await endWaiting(dependencies, step.approval) };
    default:
      await ask(dependencies, step.approval, step.token, step.step);
      return {};
  }
}
