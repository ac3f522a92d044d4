// Approvals as people read them before they decide: the facts and the words of the page, as plain text.
import type * as z from 'zod/mini';
import type { approvalAnswer } from '../../api/answers.ts';
import {
  HEADINGS,
  neededWords,
  outcomeOf,
  outcomeReason,
  outcomeWords,
  PARTS,
  type Part,
  plainTime,
  visible,
} from '../../approvals/index.ts';
import { broken, wrapped } from './columns.ts';
import { blocks, fields, table } from './table.ts';
import { minuteOf } from './times.ts';

export type ApprovalView = z.output<typeof approvalAnswer>['approval'];
type DecisionView = ApprovalView['decisions'][number];
type CardView = ApprovalView['card'];

/** Narrower lines would hold a word each. */
const LEAST_COLUMNS = 24;

function missingOf({ missing, needed }: ApprovalView): string {
  return neededWords(missing ?? needed);
}

export function approvalTable(approvals: readonly ApprovalView[], width: number): readonly string[] {
  if (approvals.length === 0) return ['Nothing waits that you may decide.'];
  return table(
    approvals,
    [
      { title: 'APPROVAL', of: ({ id }) => id },
      { title: 'SINCE (UTC)', of: ({ createdAt }) => minuteOf(createdAt), least: 10 },
      { title: 'UNTIL (UTC)', of: ({ expiresAt }) => minuteOf(expiresAt), least: 10 },
      { title: 'AGENT', of: ({ agent }) => agent, least: 10 },
      { title: 'TARGET', of: ({ target }) => target, least: 8 },
      { title: 'WHAT', of: ({ card }) => card.title, least: 16 },
      { title: 'NEEDED', of: ({ needed }) => neededWords(needed), least: 8 },
      { title: 'MISSING', of: missingOf, least: 8 },
    ],
    width,
  );
}

/**
 * Text that is not the broker's own. Each line of it has a sign before it, so that none is taken for one of the broker's,
 * and those that only go on have another: no terminal is left to break them itself.
 */
function behind(sign: string, text: string, width: number): readonly string[] {
  const most = Math.max(LEAST_COLUMNS, width) - sign.length - 1;
  return text
    .split('\n')
    .flatMap((line) =>
      broken(line, most).map((part, place) => `${place === 0 ? sign : '+'} ${part}`.trimEnd()),
    );
}

function indented(text: string, width: number): readonly string[] {
  return wrapped(text, Math.max(LEAST_COLUMNS, width - 2)).map((line) => `  ${line}`);
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return [heading.toUpperCase(), ...lines];
}

function partLines({ facts }: CardView, part: Part, width: number): readonly string[] {
  const own = facts.filter((fact) => fact.part === part);
  return section(
    PARTS[part],
    own.flatMap(({ name, values }) => [`${name}:`, ...values.flatMap((value) => behind('-', value, width))]),
  );
}

function wordsLines({ words }: CardView, width: number): readonly string[] {
  return section(
    HEADINGS.words,
    words.flatMap(({ name, text }) => [`${name}:`, ...behind('>', text.text, width)]),
  );
}

function plain(text: string, most: number): string {
  return visible(text, { most, lines: 'one' }).text;
}

const CHANNELS: Readonly<Record<string, string>> = {
  api: 'by the API or the command',
  link: 'by the link of a mail, without a login',
  login: 'on the page, after a login',
  slack: 'in Slack',
};

function decisionLine({ by, name, decision, reason, at, channel }: DecisionView): string {
  const who = name === undefined ? plain(by, 120) : `${plain(name, 120)} (${plain(by, 120)})`;
  const said = decision === 'approve' ? 'approved' : 'denied';
  const why = reason === undefined ? '' : `: ${plain(reason, 600)}`;
  return `${who} ${said} at ${plainTime(at)}, ${CHANNELS[channel] ?? channel}${why}`;
}

function decisionsLines({ decisions }: ApprovalView, width: number): readonly string[] {
  const said = decisions.flatMap((one) => behind('-', decisionLine(one), width));
  return section('Decisions', decisions.length === 0 ? ['none yet'] : said);
}

/** How it stands: what it waits for, or how it ended. */
function standing(approval: ApprovalView, width: number): readonly string[] {
  const { decisions: votes, end, expiresAt, status } = approval;
  const ended =
    end === undefined
      ? {}
      : { end: { at: end.at, why: end.why, ...(end.by === undefined ? {} : { by: end.by }) } };
  const outcome = outcomeOf({ votes, expiresAt, ...ended }, status);
  if (outcome === undefined) {
    return fields([
      ['status', 'pending: nothing is done before enough people approve'],
      ['still needed', missingOf(approval)],
      ['expires', plainTime(approval.expiresAt)],
    ]);
  }
  const most = Math.max(LEAST_COLUMNS, width - 'status'.length - 2);
  const reason = outcomeReason(outcome);
  return fields([
    ['status', wrapped(outcomeWords(outcome), most)],
    ['reason', reason === undefined ? undefined : wrapped(reason, most)],
  ]);
}

function warningLines({ warnings }: CardView, width: number): readonly (readonly string[])[] {
  if (warnings.length === 0) return [];
  return [
    section(
      HEADINGS.warnings,
      warnings.flatMap((warning) => behind('!', warning, width)),
    ),
  ];
}

function nextLines({ id, status }: ApprovalView): readonly (readonly string[])[] {
  if (status !== 'pending') return [];
  return [
    ['To decide:', `  bailiwick approvals approve ${id}`, `  bailiwick approvals deny ${id} --reason "…"`],
  ];
}

/** The whole card, in the order of the page. */
export function approvalLines(approval: ApprovalView, width: number): readonly string[] {
  const { card } = approval;
  return blocks([
    [...wrapped(card.title, Math.max(LEAST_COLUMNS, width)), ...standing(approval, width)],
    ...warningLines(card, width),
    section(HEADINGS.operation, [
      `${HEADINGS.wayBack}:`,
      ...indented(card.wayBack, width),
      ...behind('|', card.operation.text, width),
    ]),
    partLines(card, 'who', width),
    wordsLines(card, width),
    partLines(card, 'what', width),
    partLines(card, 'basis', width),
    decisionsLines(approval, width),
    ...nextLines(approval),
  ]);
}

/** After one's own decision. */
export function decidedLines(approval: ApprovalView, decision: 'approve' | 'deny'): readonly string[] {
  const { missing, status, card, call } = approval;
  const next =
    decision === 'deny'
      ? 'It will not be done.'
      : status === 'pending' && missing !== undefined
        ? `Still needed: ${neededWords(missing)}. Nothing is done before.`
        : 'That is enough: it is carried out now, if nothing has changed since.';
  return fields([
    [decision === 'deny' ? 'denied' : 'approved', card.title],
    ['call', call],
    ['next', next],
  ]);
}
