// How an HTTP call begins: what the agent asks for is written down, masked, beside the claim and the intent.
import { sigv4In } from '../connectors/http/index.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { beginCall } from './begin-call.ts';
import type { BegunCall } from './begun-call.ts';
import type { CallDependencies } from './call-dependencies.ts';
import type { Caller, Holder } from './caller.ts';
import { mayBeCovered } from './coverage-http.ts';
import type { Rules } from './dependencies.ts';
import { abandonCall } from './end-call.ts';
import { ownerIfKnown } from './owner.ts';
import { OutOfTime } from './patient-masking.ts';
import { type RecordedRequest, recordedRequest } from './recorded-request.ts';
import { AUDIT_UNAVAILABLE } from './refusals.ts';
import { roleWanted } from './role-wanted.ts';
import { httpTarget, type WantedHttp } from './wanted-http.ts';

/** More than a request that anybody means to make takes. */
const MOST_MASKING_MILLISECONDS = 10_000;

export async function writtenDown(
  { clock }: CallDependencies,
  { config, masking }: Rules,
  sender: Caller,
  holder: Holder,
  wanted: WantedHttp,
): Promise<RecordedRequest | Refusal> {
  const target = httpTarget(config, wanted.target);
  try {
    return await recordedRequest(masking, wanted, {
      target,
      mayGoOn: () => target !== undefined && mayBeCovered(config, holder.agent, target, wanted),
      ...{ taskToken: sender.token ?? '', task: holder.task, id: sender.facts.id, clock },
      until: clock.now().getTime() + MOST_MASKING_MILLISECONDS,
    });
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    return new Refusal(
      'request_too_large',
      `The body could not be masked: ${error.message}. So nothing was done. Send less at once.`,
    );
  }
}

/** The role whose session the target's requests are signed with, if any. */
function roleOf({ config }: Rules, agent: string, { target }: WantedHttp) {
  const inject = httpTarget(config, target)?.inject ?? [];
  const sigv4 = sigv4In(inject);
  const ceiling = config.agents[agent]?.capabilities ?? [];
  const of = ceiling.find((capability) => sigv4 !== undefined && capability.startsWith(`${sigv4.target}:`));
  return of === undefined ? {} : roleWanted(config, agent, [{ capability: of }]);
}

/** A name that is none of the operator's may be anything. */
function nameOf({ config, masking }: Rules, target: string): string {
  return Object.hasOwn(config.targets, target) ? target : masking.words.text(target);
}

/** The first trip, and beside it the body where that is large. */
export async function beginHttpCall(
  dependencies: CallDependencies,
  caller: Caller,
  holder: Holder,
  rules: Rules,
  wanted: WantedHttp,
  { requestLine, sent, dropped, toStore }: RecordedRequest,
  arrivedAt: Date,
): Promise<BegunCall | Refusal> {
  const beginning = beginCall(dependencies, caller, holder, {
    kind: 'http',
    requested: { target: nameOf(rules, wanted.target) },
    ...{ arrivedAt, requestLine, sent, dropped },
    configDigest: rules.config.digest,
    ...ownerIfKnown(rules.config.agents[holder.agent]),
    ...roleOf(rules, holder.agent, wanted),
  });
  if (toStore === undefined) return beginning;
  const storing = dependencies.objects.put(toStore.key, toStore.bytes);
  const [begun, stored] = await Promise.allSettled([beginning, storing]);
  if (begun.status === 'rejected') throw begun.reason;
  if (stored.status === 'fulfilled' || begun.value instanceof Refusal) return begun.value;
  await abandonCall(dependencies, begun.value, caller.facts);
  if (!(stored.reason instanceof Unavailable)) throw stored.reason;
  dependencies.log.error('back end unavailable', { backend: stored.reason.backend });
  return AUDIT_UNAVAILABLE;
}
