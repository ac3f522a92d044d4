// A call that policy lets happen only with people's approval: it is put before them, and waits.
import type { Effect } from '../config/index.ts';
import type { Operation } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import { cardOfHttp, cardOfSession } from './approval-card.ts';
import { ASKED_ALREADY, type Asking, askApproval, type Waiting } from './ask-approval.ts';
import { type Attempt, NOT_BEGUN, refuseAttempt } from './attempt.ts';
import type { Awaiting } from './awaiting.ts';
import { boundOf } from './bound.ts';
import type { RefusedOperation } from './decided.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import type { HttpPlan } from './plan-call.ts';
import type { SessionPlan, WantedCapability } from './plan-session.ts';
import { rawOfCredentials, rawOfHttp, targetsOf } from './raw-operation.ts';
import type { Making } from './send-call.ts';

type Dependencies = Asking & Pick<BrokerDependencies, 'tally'>;

const STRENGTH: readonly Effect[] = ['read', 'write', 'admin'];

/** The strongest of them all. */
function effectOf({ config }: Pick<Rules, 'config'>, operations: readonly Operation[]): Effect {
  const effects = operations.map(({ capability }) => {
    const [target = '', name = ''] = capability.split(':');
    return config.targets[target]?.capabilities[name]?.effect ?? 'admin';
  });
  return effects.reduce((a, b) => (STRENGTH.indexOf(a) >= STRENGTH.indexOf(b) ? a : b), 'read');
}

const GONE = new Refusal('internal', 'What it is of is no longer in the files. Try again.');

async function wait(
  dependencies: Dependencies,
  attempt: Attempt,
  waiting: Omit<Waiting, 'bound'>,
  targets: readonly string[],
  said: Omit<RefusedOperation, 'refusal'>,
): Promise<Awaiting | Refusal | typeof ASKED_ALREADY> {
  const bound = boundOf(attempt.rules.config, attempt.begun.call, targets, waiting.raw);
  const answer = bound === undefined ? GONE : await askApproval(dependencies, attempt, { ...waiting, bound });
  if (!(answer instanceof Refusal)) return answer;
  return refuseAttempt(dependencies, attempt, NOT_BEGUN, { ...said, refusal: answer });
}

export async function waitWithHttp(
  dependencies: Dependencies,
  making: Making,
  plan: HttpPlan,
): Promise<Awaiting | Refusal> {
  const { operation, decision, input, target } = plan;
  const waiting = {
    ...{ target: target.id, effect: effectOf(making.rules, operation) },
    ...{ operation, decision, input },
    raw: rawOfHttp(making.wanted, making.request),
    cardOf: cardOfHttp(making, plan),
  };
  const targets = targetsOf(making.rules.config, target.id);
  const answer = await wait(dependencies, making, waiting, targets, { operation, decision, input });
  if (answer === ASKED_ALREADY) throw new TypeError('every call over HTTP is put before people by itself');
  return answer;
}

export async function waitWithCredentials(
  dependencies: Dependencies,
  attempt: Attempt,
  plan: SessionPlan,
  wanted: readonly WantedCapability[],
  grant: NonNullable<Waiting['grant']>,
): Promise<Awaiting | Refusal | typeof ASKED_ALREADY> {
  const { operation, decision, input } = plan;
  const target = attempt.rules.config.targets[plan.target];
  const said = { operation, decision, input };
  if (target === undefined)
    return refuseAttempt(dependencies, attempt, NOT_BEGUN, { ...said, refusal: GONE });
  const waiting = {
    ...{ target: target.id, effect: effectOf(attempt.rules, operation), grant },
    ...{ operation, decision, input },
    raw: rawOfCredentials(wanted),
    cardOf: cardOfSession(attempt, plan, target),
  };
  return wait(dependencies, attempt, waiting, [target.id], said);
}
