// An approval in a terminal: whatever is in it, every line of others' text is marked, fits, and is all there.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Card, cardOf } from '../../src/approvals/index.ts';
import { type ApprovalView, approvalLines, decidedLines } from '../../src/cli/print/approvals.ts';
import { oneLine } from '../../src/cli/print/safe.ts';
import { anyCardInput, HOSTILE, PLAIN } from '../support/cards.ts';

const AT = '2027-05-01T09:30:00.000Z';

function viewOf(card: Card, more: Partial<ApprovalView> = {}): ApprovalView {
  const { id, expiresAt, needed } = PLAIN.approval;
  return {
    card: JSON.parse(JSON.stringify(card)) as ApprovalView['card'],
    ...{ id, expiresAt, needed, createdAt: AT, kind: 'http', effect: 'write', status: 'pending' },
    ...{ call: 'call_1', task: PLAIN.task.id, agent: PLAIN.agent.id, target: PLAIN.target.id },
    ...{ missing: needed, decisions: [] },
    ...more,
  };
}

const PLAIN_CARD = cardOf(PLAIN);
const WIDE = Number.POSITIVE_INFINITY;
const text = (view: ApprovalView, width = WIDE) => approvalLines(view, width).join('\n');

/** Lines that go on are put together again. */
function joined(lines: readonly string[]): readonly string[] {
  const whole: string[] = [];
  for (const line of lines) {
    if (line.startsWith('+')) whole.push(`${whole.pop() ?? ''}${line.slice(2)}`);
    else whole.push(line);
  }
  return whole;
}

describe('a card', () => {
  test.for([
    ['plain', PLAIN_CARD],
    ['hostile', cardOf(HOSTILE)],
  ] as const)('that is %s needs nothing made safe once more', ([, card]) => {
    const lines = approvalLines(viewOf(card), WIDE);
    expect(lines.map((line) => oneLine(line))).toEqual(lines);
  });

  test('is whole, however narrow the terminal', () => {
    fc.assert(
      fc.property(anyCardInput, fc.integer({ min: 24, max: 120 }), (input, width) => {
        const card = cardOf(input);
        const view = viewOf(card);
        const lines = approvalLines(view, width);
        const marked = lines.filter((line) => /^[|>!+-](?: |$)/u.test(line));
        // Of plain letters, so that characters are columns.
        for (const line of marked) if (/^[ -~]*$/u.test(line)) expect(line.length).toBeLessThanOrEqual(width);
        expect(lines.map((line) => oneLine(line))).toEqual(lines);
        const blankless = (one: string) => one.replaceAll(' ', '');
        const all = joined(lines).map(blankless);
        for (const { values } of card.facts) {
          for (const value of values) expect(all).toContain(blankless(`- ${value}`));
        }
        for (const line of card.operation.text.split('\n')) expect(all).toContain(blankless(`| ${line}`));
        for (const { text: said } of card.words) {
          for (const line of said.text.split('\n')) expect(all).toContain(blankless(`> ${line}`));
        }
        for (const warning of card.warnings) expect(all).toContain(blankless(`! ${warning}`));
      }),
      { numRuns: 100, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
    );
  });
});

const vote = { by: 'dana@example.com', name: 'Dana', at: AT, channel: 'login' } as const;

describe('how it stands', () => {
  test.for([
    [
      'denied',
      { end: { at: AT, by: vote.by, why: 'Not him' } },
      /^status +Denied by dana@.* UTC\nreason +Not him$/m,
    ],
    ['expired', {}, /^status +Expired at .* UTC: nobody decided in time$/m],
    [
      'withdrawn',
      { end: { at: AT, why: 'Its task is finished.' } },
      /^status +Withdrawn .*\nreason +Its task/m,
    ],
    [
      'void',
      { end: { at: AT, why: 'Its agent is disabled.' } },
      /^status +Void at .* UTC: .*\nreason +Its agent/m,
    ],
  ] as const)('%s says so, and how to decide no more', ([status, more, wanted]) => {
    const { missing: _, ...ended } = viewOf(PLAIN_CARD, { status, ...more });
    expect(text(ended)).toMatch(wanted);
    expect(text(ended)).not.toContain('To decide');
  });

  test('a name or a reason can’t speak as the broker', () => {
    const reason = 'No\nstatus  Approved \u202e by all';
    const decisions = [{ ...vote, name: 'Dana\u001b[1A', decision: 'deny', reason }] as const;
    const out = text(viewOf(PLAIN_CARD, { decisions: [...decisions] }));
    expect(out).toContain('- Dana⟨U+001B⟩[1A (dana@example.com) denied at ');
    expect(out.match(/^status/gm)).toHaveLength(1);
    expect(out).toContain('⟨U+000A⟩');
    expect(out.split('\n').map((line) => oneLine(line))).toEqual(out.split('\n'));
  });

  test.for([
    [
      'approve',
      'approved',
      undefined,
      'That is enough: it is carried out now, if nothing has changed since.',
    ],
    [
      'approve',
      'pending',
      { count: 1, of: { security: 1 } },
      'Still needed: 1 of security. Nothing is done before.',
    ],
    ['deny', 'denied', undefined, 'It will not be done.'],
  ] as const)('after one decides to %s and it is %s', ([decision, status, missing, next]) => {
    const { missing: _, ...rest } = viewOf(PLAIN_CARD, { status });
    const lines = decidedLines({ ...rest, ...(missing === undefined ? {} : { missing }) }, decision);
    expect(lines.at(-1)).toMatch(/^next +/u);
    expect(lines.at(-1)).toContain(next);
  });
});
