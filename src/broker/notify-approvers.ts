// Tells people that something waits for them: each by mail with a link of their own, and a channel once.
import {
  type Approval,
  type ApproverLink,
  chatMessageOf,
  freshLinkKey,
  ineligible,
  mailOf,
  needsLogin,
  personNamed,
  statusOfApproval,
} from '../approvals/index.ts';
import { storedEvent } from '../audit/index.ts';
import type { Person } from '../config/index.ts';
import type { Posted } from '../ports/chat.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { makeId } from '../shared/ids.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { factsOfApproval, type KeptApproval, readApproval, saveApproval } from './approval-records.ts';
import { permissionToDecide } from './approver.ts';
import type { Rules } from './dependencies.ts';

export type Notifying = Pick<
  ApprovalDependencies,
  'records' | 'events' | 'clock' | 'ids' | 'log' | 'rules' | 'publicUrl' | 'mail' | 'chat' | 'deployed'
>;

type Stage = 'ask' | 'escalate';

const MOST_TRIES = 300;
/** That one person has at a time. */
const MOST_LINKS = 3;
/** The name under which a channel is told of. */
const CHANNEL = '#channel';

/** They need not be those who may decide: they see to it that somebody does. */
function isEscalatedTo({ config }: Rules, { groups }: Person): boolean {
  return groups.some((group) => config.broker.approvals.escalateTo.includes(group));
}

/** Those who may decide it, and once it is late those who are told that nobody has; who was told of it before is not. */
function peopleFor(rules: Rules, approval: Approval, stage: Stage): readonly Person[] {
  const { humans } = rules.config.broker;
  const { people = [] } = humans ?? {};
  const { asked = [], escalated = [], votes } = approval;
  return people.filter((person) => {
    const { id } = person;
    const hasVoted = votes.some(({ by }) => personNamed(humans, by) === personNamed(humans, id));
    if (escalated.includes(id) || hasVoted) return false;
    if (stage === 'escalate' && isEscalatedTo(rules, person)) {
      return ineligible(rules.config, approval, id) === undefined;
    }
    return !asked.includes(id) && !(permissionToDecide(rules, approval, person) instanceof Refusal);
  });
}

export function loginNeededFor(
  { config }: Pick<Rules, 'config'>,
  { target, effect }: Pick<Approval, 'target' | 'effect'>,
  deployed: boolean,
): boolean {
  const own = Object.hasOwn(config.targets, target) ? config.targets[target] : undefined;
  return needsLogin({
    broker: config.broker.approvals.requireLogin,
    target: own?.requireLogin,
    effect,
    deployed,
  });
}

export async function linkTo(
  publicUrl: ApprovalDependencies['publicUrl'],
  id: string,
  key?: string,
): Promise<string> {
  const url = `${(await publicUrl()).replace(/\/$/u, '')}/approve/${id}`;
  return key === undefined ? url : `${url}?key=${key}`;
}

/** Tries until nobody else has changed it meanwhile. Undefined where it is gone, or `next` has no more to do. */
async function change(
  dependencies: Notifying,
  kept: KeptApproval,
  next: (approval: Approval) => Approval | undefined,
): Promise<KeptApproval | undefined> {
  let current: KeptApproval | undefined = kept;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const changed = current === undefined ? undefined : next(current.approval);
    if (current === undefined || changed === undefined) return undefined;
    const saved = await saveApproval(dependencies, current, changed);
    if (saved !== undefined) return saved;
    current = await readApproval(dependencies, kept.approval.id);
  }
  throw new Error('an approval changes faster than it can be written');
}

/** A mail that seemed lost may have arrived: its link goes on working, beside those of the next few. */
function linksWith(links: readonly ApproverLink[], fresh: readonly ApproverLink[]): readonly ApproverLink[] {
  const isOf = (one: ApproverLink) => (other: ApproverLink) => other.person === one.person;
  const others = links.filter((link) => !fresh.some(isOf(link)));
  return [...others, ...fresh.flatMap((link) => [...links.filter(isOf(link)).slice(1 - MOST_LINKS), link])];
}

async function mailTo(
  { mail, publicUrl, log, rules, deployed }: Notifying,
  approval: Approval,
  person: Person,
  key: string,
  stage: Stage,
): Promise<boolean> {
  if (mail === undefined) return false;
  try {
    const link = await linkTo(publicUrl, approval.id, key);
    const { card } = approval;
    const to = person.email ?? person.id;
    const { config } = await rules();
    const isClosed =
      loginNeededFor({ config }, approval, deployed) && config.broker.humans?.login === undefined;
    const instead = isClosed ? { insteadOfLink: `bailiwick approvals approve ${approval.id}` } : {};
    await mail.send(mailOf({ card, to, link, isEscalation: stage === 'escalate', ...instead }));
    return true;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.warn('back end unavailable', { backend: error.backend, call: approval.call });
    return false;
  }
}

/** A channel is told of it once, and once more when it is late. */
function isPosted({ posted, postedAgain }: Approval, stage: Stage): boolean {
  return postedAgain !== undefined || (stage === 'ask' && posted !== undefined);
}

async function post(
  { chat, publicUrl, log }: Notifying,
  approval: Approval,
  stage: Stage,
): Promise<Posted | 'failed' | undefined> {
  const { id, call, card, effect } = approval;
  if (chat === undefined || isPosted(approval, stage)) return undefined;
  try {
    const link = await linkTo(publicUrl, id);
    // What administers a target is never decided in a channel.
    const isDecidedHere = effect !== 'admin';
    const isEscalation = stage === 'escalate';
    return await chat.post(chatMessageOf({ card, approval: id, link, isDecidedHere, isEscalation }));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.warn('back end unavailable', { backend: error.backend, call });
    return 'failed';
  }
}

interface Told {
  readonly reached: readonly string[];
  readonly unreached: readonly string[];
  readonly posted: Posted | undefined;
}

function recorded(approval: Approval, { reached, unreached, posted }: Told, stage: Stage): Approval {
  const { asked = [], escalated = [] } = approval;
  const lists =
    stage === 'ask' ? { asked: [...asked, ...reached] } : { escalated: [...escalated, ...reached] };
  const where = stage === 'ask' ? { posted } : { postedAgain: posted };
  return { ...approval, ...lists, unreached, ...(posted === undefined ? {} : (where as Partial<Approval>)) };
}

/** First their links, so that whoever reads a mail can use it. */
async function tell(
  dependencies: Notifying,
  kept: KeptApproval,
  wanted: readonly Person[],
  stage: Stage,
): Promise<Told | undefined> {
  const { ids, clock } = dependencies;
  const keys = new Map(wanted.map(({ id }) => [id, freshLinkKey((bytes) => ids.random(bytes))]));
  const fresh: readonly ApproverLink[] = [...keys].map(([person, key]) => ({ person, keyHash: sha256(key) }));
  const linked =
    fresh.length === 0
      ? kept
      : await change(dependencies, kept, (one) =>
          statusOfApproval(one, clock.now()) === 'pending'
            ? { ...one, links: linksWith(one.links, fresh) }
            : undefined,
        );
  if (linked === undefined) return undefined;
  const { approval } = linked;
  const [posted, ...sent] = await Promise.all([
    post(dependencies, approval, stage),
    ...wanted.map((person) => mailTo(dependencies, approval, person, keys.get(person.id) ?? '', stage)),
  ]);
  const names = (isReached: boolean) =>
    wanted.filter((_, place) => sent[place] === isReached).map(({ id }) => id);
  return {
    reached: names(true),
    unreached: [...names(false), ...(posted === 'failed' ? [CHANNEL] : [])],
    posted: posted === 'failed' ? undefined : posted,
  };
}

/** Tells those who have not been told yet; whom nothing could be sent to, the next time. */
export async function notify(dependencies: Notifying, kept: KeptApproval, stage: Stage): Promise<void> {
  const { ids, clock, mail, events } = dependencies;
  const rules = await dependencies.rules();
  const { approval } = kept;
  const wanted = mail === undefined ? [] : peopleFor(rules, approval, stage);
  const told = await tell(dependencies, kept, wanted, stage);
  if (told === undefined) return;
  const { reached, unreached, posted } = told;
  const isFirst = (stage === 'ask' ? approval.asked : approval.escalated) === undefined;
  const isNews = isFirst || reached.length > 0 || unreached.length > 0 || posted !== undefined;
  if (!isNews && (approval.unreached ?? []).length === 0) return;
  // Also where it was decided meanwhile: the message in the channel has to say so.
  await change(dependencies, kept, (one) => recorded(one, told, stage));
  if (!isNews) return;
  const now = clock.now();
  await events.append(
    storedEvent(approval.task, makeId('evt', now, ids.random(10)), now, {
      ...factsOfApproval(approval, rules.config),
      type: 'approval.asked',
      asked: [...reached, ...(posted === undefined ? [] : [CHANNEL])],
      ...(unreached.length === 0 ? {} : { unreached }),
      ...(stage === 'escalate' ? { escalation: true } : {}),
    }),
  );
}
