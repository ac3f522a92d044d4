// Writes down that somebody wanted to decide an approval, or look at it, who may not.
import type { Approval } from '../approvals/index.ts';
import { type RequestFacts, storedEvent } from '../audit/index.ts';
import type { Decision } from '../policy/index.ts';
import { type Refusal, Unavailable } from '../shared/errors.ts';
import { makeId, tailFrom, timeOf } from '../shared/ids.ts';
import { append } from './append.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { factsOfApproval } from './approval-records.ts';
import { type Approver, factsBy, whoMay } from './approver.ts';
import type { Rules } from './dependencies.ts';

type Dependencies = Pick<ApprovalDependencies, 'events' | 'clock' | 'ids' | 'log'>;

const MINUTE = 60_000;

export interface RefusedApprover {
  readonly rules: Pick<Rules, 'config'>;
  readonly approval: Approval;
  readonly approver: Approver;
  readonly refusal: Refusal;
  readonly request: RequestFacts;
}

function bodyOf({ rules, approval, approver, refusal, request }: RefusedApprover) {
  const { id: by, channel } = approver;
  const { code, detail, extras } = refusal;
  return {
    ...factsOfApproval(approval, rules.config),
    type: 'approval.refused',
    ...{ by, channel, code, detail, request: factsBy(approver, request) },
    ...(extras.decision === undefined ? {} : { decision: extras.decision as Decision }),
    configDigest: rules.config.digest,
  } as const;
}

/** Each time: what they wanted would have had an effect. */
export async function refuseDecision(dependencies: Dependencies, refused: RefusedApprover): Promise<Refusal> {
  const { clock, ids } = dependencies;
  const { approval, refusal, rules } = refused;
  const now = clock.now();
  const event = storedEvent(approval.task, makeId('evt', now, ids.random(10)), now, bodyOf(refused));
  const said = `${refusal.detail} It can be decided by ${whoMay(rules, approval)}.`;
  return (await append(dependencies, event)) ?? refusal.saying(said, refusal.extras);
}

/** Once in a minute of each person: its place is made of just that. They are refused whether it can be written or not. */
export async function tellLooked(
  { events, clock, log }: Omit<Dependencies, 'ids'>,
  refused: RefusedApprover,
): Promise<void> {
  const { approval, approver } = refused;
  const now = clock.now();
  // After the event that it was asked by.
  const asked = (timeOf('appr', approval.id)?.getTime() ?? 0) + 2;
  const place = new Date(Math.max(Math.floor(now.getTime() / MINUTE) * MINUTE, asked));
  const id = makeId('evt', place, tailFrom('approval.refused', approval.id, approver.id, approver.channel));
  try {
    await events.append(storedEvent(approval.task, id, now, { ...bodyOf(refused), looked: true }));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend });
  }
}
