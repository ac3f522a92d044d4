// Issues AWS session credentials for what a task covers: claim and intent, decision, STS, outcome, answer.
import type { TaskFacts } from '../audit/index.ts';
import type { NoSession, Session } from '../ports/session-issuer.ts';
import { Refusal } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import type { Call } from '../tasks/index.ts';
import { type BegunCall, beginCall } from './begin-call.ts';
import { type Caller, holderOfTask } from './caller.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import { type Ending, endCall, recordRepeat } from './end-call.ts';
import { planSession, type RefusedPlan, type SessionPlan, type WantedCapability } from './plan-session.ts';
import { refusalOfEarlier } from './repeat-call.ts';
import { readStanding } from './standing.ts';

export interface IssuedCredentials {
  readonly session: Session;
  /** The earlier of STS's and the task's. */
  readonly expiration: Date;
  readonly call: string;
}

type Dependencies = Omit<BrokerDependencies, 'keySets'>;

/** The stores were so slow that nobody is waiting for the answer any more. */
const TOO_LATE = new Refusal(
  'call_timeout',
  'The call took too long to begin, so nothing was done. Try again.',
);

export async function issueCredentials(
  dependencies: Dependencies,
  caller: Caller,
  task: string,
  wanted: readonly WantedCapability[] | Refusal,
): Promise<IssuedCredentials | Refusal> {
  const holder = await holderOfTask(dependencies, caller, task);
  if (holder instanceof Refusal) return holder;
  if (wanted instanceof Refusal) return wanted;
  const rules = await dependencies.rules();
  let begun = await beginCall(dependencies, caller, holder, {
    kind: 'credentials',
    requested: wanted.map(({ capability, parameters }) => ({
      capability,
      ...(parameters === undefined ? {} : { parameters }),
    })),
    configDigest: rules.config.digest,
  });
  if (begun instanceof Refusal) return begun;
  const facts = factsOf(begun, caller, rules);
  if (begun.earlier !== undefined) {
    const refusal = await refusalOfEarlier(dependencies, { ...begun, earlier: begun.earlier });
    if (refusal !== undefined) {
      return (await recordRepeat(dependencies, begun, facts, begun.earlier.id, refusal)) ?? refusal;
    }
    // It may have waited long for the first request: the task may have ended meanwhile.
    begun = { ...begun, standing: await readStanding(dependencies, holder) };
  }

  const { clock } = dependencies;
  const plan = planSession(rules, begun.standing, wanted, begun.call.id, clock.now());
  if ('refusal' in plan) return refuse(dependencies, begun, facts, 'deny', plan);
  if (clock.now().getTime() >= Date.parse(begun.call.deadline)) {
    return refuse(dependencies, begun, facts, 'fail', { ...plan, refusal: TOO_LATE });
  }
  const session = await dependencies.sessions.issue(plan.request);
  if ('problem' in session) {
    const refusal = refusalOf(session);
    return refuse(dependencies, begun, facts, 'fail', { ...plan, refusal });
  }
  return hand(dependencies, begun, facts, plan, session);
}

/** What is the same in every event of the call. A repetition's events name the call that it repeats. */
function factsOf({ call, earlier, standing }: BegunCall, caller: Caller, rules: Rules) {
  const task = standing?.task;
  const owner = rules.config.agents[call.agent]?.owner;
  const ofTask: TaskFacts = {
    task: call.task,
    ancestors: task?.ancestors ?? [],
    agent: call.agent,
    ...(owner === undefined ? {} : { owner: { team: owner.team, email: owner.email } }),
    ...(task?.requester === undefined ? {} : { requester: task.requester }),
    ...(task === undefined ? {} : { purpose: task.purpose }),
  };
  return {
    ...ofTask,
    call: earlier?.id ?? call.id,
    kind: call.kind,
    configDigest: rules.config.digest,
    request: caller.facts,
  };
}

type Facts = ReturnType<typeof factsOf>;

function refusalOf({ problem, detail }: NoSession): Refusal {
  return new Refusal(problem === 'unavailable' ? 'target_unavailable' : 'target_failed', detail);
}

function millisecondsOf(call: Call, now: Date): number {
  return now.getTime() - Date.parse(call.requestedAt);
}

async function refuse(
  dependencies: Dependencies,
  begun: BegunCall,
  facts: Facts,
  change: 'deny' | 'fail',
  { refusal, operation, decision }: RefusedPlan,
): Promise<Refusal> {
  const { code, detail, extras } = refusal;
  const kept = { code, detail, ...(extras.errors === undefined ? {} : { errors: extras.errors }) };
  const parts = {
    ...(operation === undefined ? {} : { operation }),
    ...(decision === undefined ? {} : { decision }),
    refusal: kept,
  };
  const milliseconds = millisecondsOf(begun.call, dependencies.clock.now());
  const end: Ending = {
    change,
    ending: parts,
    event: { type: change === 'deny' ? 'call.denied' : 'call.failed', ...facts, ...parts, milliseconds },
    ran: change === 'fail',
  };
  const unwritten = await endCall(dependencies, begun, end);
  return unwritten ?? new Refusal(code, detail, { ...extras, call: facts.call });
}

async function hand(
  dependencies: Dependencies,
  begun: BegunCall,
  facts: Facts,
  { target, operation, decision, request, ends }: SessionPlan,
  session: Session,
): Promise<IssuedCredentials | Refusal> {
  const expiration = new Date(Math.min(session.expiration.getTime(), ends.getTime()));
  const kept = {
    accessKeyId: session.accessKeyId,
    expiresAt: expiration.toISOString(),
    real: session.real,
  };
  const { roleArn, sessionName, policy } = request;
  const unwritten = await endCall(dependencies, begun, {
    change: 'succeed',
    ending: { operation, decision, session: kept },
    event: {
      type: 'credentials.issued',
      ...facts,
      target,
      operation,
      decision,
      repeated: begun.earlier !== undefined,
      session: { ...kept, roleArn, sessionName, policy, policyHash: sha256(policy) },
      milliseconds: millisecondsOf(begun.call, dependencies.clock.now()),
    },
    ran: true,
  });
  return unwritten ?? { session, expiration, call: facts.call };
}
