// Writes down that somebody wanted to decide an approval, or look at it, who may not.
import type { Approval } from '../approvals/index.ts';
import { type RequestFacts, storedEvent } from '../audit/index.ts';
import type { Decision } from '../policy/index.ts';
import { type Refusal, Unavailable } from '../shared/errors.ts';
import { makeId, timeOf } from '../shared/ids.ts';
import { append } from './append.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { factsOfApproval } from './approval-records.ts';
import { type Approver, factsBy, whoMay } from './approver.ts';
import type { Rules } from './dependencies.ts';

type Dependencies = Pick<ApprovalDependencies, 'events' | 'told' | 'clock' | 'ids' | 'log'>;

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
export async function refuseDecision(
  dependencies: Omit<Dependencies, 'told'>,
  refused: RefusedApprover,
): Promise<Refusal> {
  const { clock, ids } = dependencies;
  const { approval, refusal, rules } = refused;
  const now = clock.now();
  const event = storedEvent(approval.task, makeId('evt', now, ids.random(10)), now, bodyOf(refused));
  const said = `${refusal.detail} It can be decided by ${whoMay(rules, approval)}.`;
  return (await append(dependencies, event)) ?? refusal.saying(said, refusal.extras);
}

/** Once in a minute of each person. They are refused whether it can be written or not. */
export async function tellLooked(
  { events, told, clock, ids, log }: Dependencies,
  refused: RefusedApprover,
): Promise<void> {
  const { approval, approver } = refused;
  const now = clock.now();
  // After the event that it was asked by.
  const asked = (timeOf('appr', approval.id)?.getTime() ?? 0) + 2;
  const place = new Date(Math.max(now.getTime(), asked));
  const event = storedEvent(approval.task, makeId('evt', place, ids.random(10)), now, {
    ...bodyOf(refused),
    looked: true,
  });
  try {
    const about = ['approval.refused', approval.id, approver.id, approver.channel];
    await told.tell(about, now, () => events.append(event));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend });
  }
}
