// Agents, and those who are none, as operators read them.
import type * as z from 'zod/mini';
import type { agentAnswer, refusedTokensAnswer, sightingsAnswer } from '../../api/answers.ts';
import { blocks, fields, table } from './table.ts';
import { dayOf, lengthOf, minuteOf } from './times.ts';

export type AgentView = z.output<typeof agentAnswer>['agent'];
export type Sighting = z.output<typeof sightingsAnswer>['sightings'][number];
export type RefusedTokens = z.output<typeof refusedTokensAnswer>['refusedTokens'][number];

/** The broker counts so far, and says where there may be more. */
function openTasks({ openTasks: count, openTasksAtLeast }: AgentView): string {
  return openTasksAtLeast === true ? `${count}+` : String(count);
}

function ownerOf({ owner: { team, email } }: AgentView): string {
  return `${team}, ${email}`;
}

/** What somebody should look at comes first. */
function reviewOf({
  reviewBy,
  review,
  attested,
  changedSinceReview,
  awaitingAttestation,
}: AgentView): string {
  const parts = [
    ...(reviewBy === undefined ? [] : [review === 'overdue' ? `${reviewBy}, overdue` : reviewBy]),
    ...(changedSinceReview ? ['changed since review'] : []),
    ...(awaitingAttestation.length > 0 ? [`awaits attestation: ${awaitingAttestation.join(', ')}`] : []),
    ...(attested === undefined ? [] : [`attested on ${dayOf(attested.at)}`]),
  ];
  return parts.length === 0 ? '-' : parts.join('; ');
}

export function agentTable(agents: readonly AgentView[], width: number): readonly string[] {
  if (agents.length === 0) return ['There are no agents that you may see.'];
  return table(
    agents,
    [
      { title: 'AGENT', of: ({ id }) => id },
      { title: 'OWNER', of: ownerOf, least: 12 },
      { title: 'PURPOSE', of: ({ purpose }) => purpose, least: 12, cut: true },
      {
        title: 'STATUS',
        of: ({ status, reason }) =>
          status === 'active' || reason === undefined ? status : `${status}: ${reason}`,
        least: 11,
        cut: true,
      },
      {
        title: 'SEEN (UTC)',
        of: ({ lastSeen }) => (lastSeen === undefined ? 'never' : minuteOf(lastSeen.at)),
        least: 10,
      },
      { title: 'REVIEW', of: reviewOf, least: 10 },
      { title: 'OPEN', of: openTasks },
    ],
    width,
  );
}

function statusLine({ status, since, by, reason }: AgentView): string {
  const when = since === undefined ? '' : ` since ${minuteOf(since)} UTC`;
  const who = by === undefined ? '' : `, by ${by}`;
  return `${status}${when}${who}${reason === undefined ? '' : `: ${reason}`}`;
}

function reviewFields(agent: AgentView): Parameters<typeof fields>[0] {
  const { reviewBy, review, attested, changedSinceReview, awaitingAttestation } = agent;
  const due = reviewBy === undefined ? 'no date' : `by ${reviewBy}${review === 'overdue' ? ', overdue' : ''}`;
  return [
    ['review', changedSinceReview ? [due, 'changed since review'] : due],
    [
      'attested',
      attested === undefined
        ? 'never'
        : [
            `${minuteOf(attested.at)} UTC, by ${attested.by}: ${attested.reason}`,
            `as the file with the digest ${attested.digest}`,
          ],
    ],
    ['awaits attestation', awaitingAttestation],
  ];
}

/** How it stands: what a change prints, and the part of `show` that changes. */
export function standingLines(agent: AgentView): readonly string[] {
  return fields([
    ['agent', agent.id],
    ['status', statusLine(agent)],
    ...reviewFields(agent),
    ['open tasks', openTasks(agent)],
  ]);
}

export function agentLines(agent: AgentView): readonly string[] {
  const { id, owner, purpose, environment, groups, capabilities, maxTaskSeconds, digest, lastSeen } = agent;
  const from = lastSeen?.address === undefined ? '' : ` from ${lastSeen.address}`;
  return fields([
    ['agent', id],
    ['purpose', purpose],
    ['owner', ownerOf(agent)],
    ['people', owner.people.join(', ') || 'nobody'],
    ['environment', environment],
    ['groups', groups.join(', ') || 'none'],
    ['status', statusLine(agent)],
    ['last seen', lastSeen === undefined ? 'never' : `${minuteOf(lastSeen.at)} UTC${from}`],
    ...reviewFields(agent),
    ['capabilities', capabilities],
    ['longest task', lengthOf(maxTaskSeconds)],
    ['digest of its file', digest],
    ['open tasks', openTasks(agent)],
  ]);
}

const MOST_ADDRESSES = 10;

function times(count: number): string {
  return count === 1 ? '1 time' : `${count} times`;
}

/** The broker tells of the latest ones, those seen last at the beginning. */
function addressLines({ from, moreAddresses }: Sighting): readonly string[] {
  const lines = from
    .slice(0, MOST_ADDRESSES)
    .map(({ address, count, lastSeen }) => `${address}: ${times(count)}, last ${minuteOf(lastSeen)} UTC`);
  const left = from.length - lines.length;
  if (moreAddresses === true) return [...lines, `and more than ${left} more`];
  return left > 0 ? [...lines, `and ${left} more`] : lines;
}

/** Each whole, since it is what one writes into an agent's file, or asks around about. */
export function sightingLines(sightings: readonly Sighting[]): readonly string[] {
  if (sightings.length === 0) return ['Nobody came with a good token of no registered agent.'];
  return blocks(
    sightings.map((sighting) =>
      fields([
        ['issuer', sighting.issuer],
        ['subject', sighting.subject],
        [
          'claims',
          Object.entries(sighting.claims).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
        ],
        ['seen', times(sighting.count)],
        ['first', `${minuteOf(sighting.firstSeen)} UTC`],
        ['last', `${minuteOf(sighting.lastSeen)} UTC`],
        ['from', addressLines(sighting)],
      ]),
    ),
  );
}

export function refusedTable(refused: readonly RefusedTokens[], width: number): readonly string[] {
  if (refused.length === 0) return ['No token was refused in that time.'];
  return table(
    refused,
    [
      { title: 'MINUTE (UTC)', of: ({ minute }) => minuteOf(minute) },
      { title: 'TOKENS', of: ({ count }) => String(count) },
      {
        title: 'WHY',
        of: ({ reason, agent }) => (agent === undefined ? reason : `${reason} (${agent})`),
      },
      { title: 'FROM', of: ({ address }) => address },
      { title: 'ISSUER', of: ({ issuer }) => issuer, least: 12 },
    ],
    width,
  );
}
