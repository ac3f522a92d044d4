// What a backtest found, in words and as JSON.
import { type Change, type ChangeGroup, type Counters, WAYS } from '../../broker/index.ts';
import type { Span } from '../../ports/events.ts';
import { type Column, table } from '../print/table.ts';
import { minuteOf } from '../print/times.ts';

export interface Report {
  readonly configDigest: string;
  readonly span: Span;
  /** Where the events were read. */
  readonly where: string;
  readonly agent?: string | undefined;
  readonly counters: Readonly<Counters>;
  readonly groups: readonly ChangeGroup[];
  readonly leftOut: number;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function approvalsText({ count, of }: NonNullable<Change['was']['approvals']>): string {
  const groups = Object.entries(of).map(([group, needed]) => `${needed} of ${group}`);
  const who = groups.length === 0 ? '' : ` (${groups.join(', ')})`;
  return `${counted(count, 'approval')}${who}`;
}

function verdictText({ outcome, code, approvals }: Change['was']): string {
  if (outcome === 'denied') return code === undefined ? 'denied' : `denied (${code})`;
  if (outcome === 'allowed') return 'allowed';
  return approvals === undefined ? 'approval' : approvalsText(approvals);
}

/** Without its target, which has a column of its own. */
function capabilityText({ capabilities, target }: ChangeGroup): string {
  return capabilities
    .map((one) => (one.startsWith(`${target}:`) ? one.slice(target.length + 1) : one))
    .join(', ');
}

const COLUMNS: readonly Column<ChangeGroup>[] = [
  { title: 'AGENT', of: ({ agent }) => agent, least: 8 },
  { title: 'TARGET', of: ({ target }) => target, least: 8 },
  { title: 'CAPABILITY', of: capabilityText, least: 8 },
  { title: 'OF', of: ({ what }) => what },
  { title: 'CHANGE', of: ({ change }) => change },
  { title: 'WAS', of: ({ was }) => verdictText(was), least: 8 },
  { title: 'WOULD BE', of: ({ wouldBe }) => verdictText(wouldBe), least: 8 },
  { title: 'COUNT', of: ({ count }) => String(count) },
  { title: 'LAST (UTC)', of: ({ last }) => minuteOf(last), least: 10 },
  { title: 'FOR EXAMPLE', of: ({ examples }) => examples[0] ?? '', least: 16 },
];

function waysText(groups: readonly ChangeGroup[]): string {
  const parts = WAYS.map((way) => {
    const count = groups.reduce((sum, group) => sum + (group.change === way ? group.count : 0), 0);
    return count === 0 ? '' : `${count.toLocaleString('en')} ${way}`;
  });
  return parts.filter((part) => part !== '').join(', ');
}

function spanText({ from, until }: Span): string {
  const [since, before] = [from, until].map((moment) => minuteOf(moment.toISOString()));
  return `between ${since} and ${before} UTC`;
}

/** What was found, in one sentence, and what could not be looked at. */
export function summaryLines({ counters, groups, span, where, agent }: Report): readonly string[] {
  const { events, operations, changed, withoutInput, unreadable } = counters;
  const whose = agent === undefined ? '' : ` of ${agent}`;
  const read = `${counted(events, 'event')} of ${where}, ${spanText(span)}`;
  const decided = `${counted(operations, 'operation')}${whose} decided again`;
  const first =
    operations === 0
      ? `There was nothing to decide again${whose}: ${read}.`
      : changed === 0
        ? `Nothing would change: ${decided}, from ${read}.`
        : `${counted(changed, 'operation')} would be decided otherwise (${waysText(groups)}): ${decided}, from ${read}.`;
  return [
    first,
    ...(withoutInput === 0
      ? []
      : [
          `Left out: ${counted(withoutInput, 'event')} of older versions, without what they were decided by.`,
        ]),
    ...(unreadable === 0 ? [] : [`Left out: ${counted(unreadable, 'event')} that can't be understood.`]),
  ];
}

export function reportLines(report: Report, width: number): readonly string[] {
  const { groups, leftOut } = report;
  const more =
    leftOut === 0 ? [] : [`And ${counted(leftOut, 'operation')} more, of too many kinds to be listed.`];
  const lines = groups.length === 0 ? [] : [...table(groups, COLUMNS, width), ...more, ''];
  return [...lines, ...summaryLines(report)];
}

export function reportJson({ configDigest, span, agent, counters, groups, leftOut }: Report): object {
  const { withoutInput, unreadable, ...counts } = counters;
  return {
    configDigest,
    since: span.from.toISOString(),
    until: span.until.toISOString(),
    ...(agent === undefined ? {} : { agent }),
    ...counts,
    skipped: withoutInput + unreadable,
    withoutInput,
    unreadable,
    groups,
    ...(leftOut === 0 ? {} : { leftOut }),
  };
}

/** One line of JSON, in characters that nothing takes for anything else. */
export function changeLine(change: Change): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(change).replace(/[^\x20-\x7e]/g, escaped);
}
