// The pages as HTML: one form, nothing that runs, nothing that anybody else wrote as markup, and the truth in each state.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PendingPage, pendingPage } from '../../../src/api/pages/approval-page.ts';
import { decidedPage, loginPage, recordedPage, refusedPage } from '../../../src/api/pages/ended-pages.ts';
import { cardOf, type DecidedStatus } from '../../../src/approvals/index.ts';
import { anyCardInput, anyText, HOSTILE, PLAIN } from '../../support/cards.ts';
import { textOfHtml } from '../../support/texts.ts';

const reader = { id: 'dana@example.com', name: 'Dana' };
const at = '2027-05-01T09:30:00.000Z';

function pending(more: Partial<PendingPage> = {}) {
  return pendingPage({
    card: cardOf(PLAIN),
    reader,
    missing: { count: 2, of: { 'orders-owners': 1, security: 1 } },
    action: '/approve/appr_1',
    hidden: { key: 'a"b', form: 'f' },
    ...more,
  });
}

const decided = (status: DecidedStatus, more = {}) =>
  decidedPage({
    outcome: { status, at, by: ['dana@example.com'], why: 'Not <b>now</b>' },
    card: cardOf(PLAIN),
    ...more,
  });

const ALL = {
  pending: pending(),
  'pending, hostile': pending({
    card: cardOf(HOSTILE),
    problem: 'A reason is required.',
    typed: '</textarea><b>',
  }),
  'pending, to be revealed': pending({ reveal: { action: '/approve/appr_1/reveal' } }),
  'pending, revealed': pending({ reveal: { action: '/approve/appr_1/reveal', text: 'GET /\u202e<b>' } }),
  approved: decided('approved'),
  denied: decided('denied'),
  expired: decided('expired'),
  withdrawn: decided('withdrawn'),
  void: decided('void'),
  recorded: recordedPage({ reader, decision: 'approve', at, missing: { count: 1, of: { security: 1 } } }),
  'log in': loginPage({ loginUrl: '/login?approval=appr_1' }),
  refused: refusedPage({
    status: 403,
    heading: 'This is not yours to decide',
    detail: 'You own it.',
    reader,
  }),
};

describe.each(Object.entries(ALL))('%s', (_, { body, headers }) => {
  it('is a whole page that runs nothing and loads nothing', () => {
    expect(body).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(body).toMatch(/<title>[^<]+<\/title>/);
    expect(body.match(/<h1>/g)).toHaveLength(1);
    expect(body.match(/<main>/g)).toHaveLength(1);
    expect(body).not.toMatch(/<script|<link|<img|<iframe|<object|<base|\son[a-z]+=|\sstyle=|javascript:/i);
    expect(() => textOfHtml(body)).not.toThrow();
  });

  it('is held to its one style sheet by policy', () => {
    const [, style = ''] = /<style>([^<]*)<\/style>/.exec(body) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
    expect(body.match(/<style>/g)).toHaveLength(1);
  });

  it('names no id twice, and every label and description names one', () => {
    const ids = [...body.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, ref] of body.matchAll(/ (?:for|form|aria-labelledby|aria-describedby)="([^"]*)"/g)) {
      expect(ids).toContain(ref);
    }
  });
});

describe('a pending approval', () => {
  it('has one form, with what it sends along and two buttons of which neither is chosen', () => {
    const { body, status } = pending();
    expect(status).toBe(200);
    expect(body.match(/<form /g)).toHaveLength(1);
    expect(body).toContain('<form id="decision" method="post" action="/approve/appr_1">');
    expect(body).toContain('<input type="hidden" name="key" value="a&quot;b">');
    expect(body).toContain('<input type="hidden" name="form" value="f">');
    expect(body).toContain(
      '<button class="approve" type="submit" name="decision" value="approve">Approve</button>',
    );
    expect(body).toContain('<button class="deny" type="submit" name="decision" value="deny">Deny</button>');
    expect(body).toMatch(
      /<label for="reason">Reason \(required to deny\)<\/label>\n<textarea id="reason" name="reason"/,
    );
    expect(body).not.toMatch(/<[^>]* (?:autofocus|checked|selected|aria-invalid)/);
  });

  it('says who reads it and what is still needed', () => {
    const text = textOfHtml(pending().body);
    expect(text).toContain(
      'You are Dana (dana@example.com). Still needed: 1 of orders-owners and 1 of security.',
    );
  });

  it('says that a reason is a must for an admin operation', () => {
    expect(pending({ card: cardOf(HOSTILE) }).body).toContain('>Reason (required)</label>');
  });

  it('says what was wrong, there and at the field, and keeps what was typed', () => {
    const { body, status } = pending({ problem: 'A reason is required to deny.', typed: '\nwhat I <typed>' });
    expect(status).toBe(400);
    expect(body).toMatch(/<div class="fault" role="alert">.*A reason is required to deny\./);
    expect(body).toContain('<p class="problem" id="reason-problem">A reason is required to deny.</p>');
    expect(body).toMatch(
      /<textarea [^>]* autofocus aria-invalid="true" aria-describedby="reason-problem">\n\nwhat I &lt;typed&gt;<\/textarea>/,
    );
  });

  it('lets the operation be seen without masks by a button of its own, and shows it made visible', () => {
    expect(pending().body).not.toContain('formaction');
    expect(ALL['pending, to be revealed'].body).toContain(
      'form="decision" formaction="/approve/appr_1/reveal"',
    );
    const { body } = ALL['pending, revealed'];
    expect(body).toContain('GET /<mark>⟨U+202E⟩</mark>&lt;b&gt;');
    expect(body).not.toContain('formaction');
  });

  it.each([
    'https://evil.test/',
    '//evil.test/',
    '/\\evil.test',
    'approve',
    'javascript:alert(1)',
    '/a b',
    '/a\n',
  ])('sends nothing to %j', (action) => {
    expect(() => pending({ action })).toThrow(TypeError);
  });

  it('is never more than text, whatever stands in it', () => {
    fc.assert(
      fc.property(anyCardInput, anyText(), anyText(), (input, typed, id) => {
        const { body } = pending({
          card: cardOf(input),
          typed,
          reader: { id, name: id },
          hidden: { form: id },
        });
        expect(() => textOfHtml(body)).not.toThrow();
        expect(body.match(/<(?:form|textarea|button|input) /g)).toHaveLength(5);
      }),
      { numRuns: 100, interruptAfterTimeLimit: 10_000 },
    );
  });
});

describe('what is over', () => {
  it.each<[DecidedStatus, string]>([
    ['approved', 'Already decided: approved by dana@example.com at 2027-05-01 09:30:00 UTC.'],
    ['denied', 'Already decided: denied by dana@example.com at 2027-05-01 09:30:00 UTC.'],
    ['expired', 'nobody decided in time'],
    ['withdrawn', 'Withdrawn by dana@example.com'],
    ['void', 'no longer what would be done'],
  ])('%s', (status, words) => {
    const { body } = decided(status);
    expect(textOfHtml(body)).toContain(words);
    expect(textOfHtml(body)).toContain('Reason: Not <b>now</b>');
    expect(body).not.toMatch(/<form|<button/);
  });

  it('says to whoever came too late that their click changed nothing', () => {
    const { body, status } = decided('approved', { isTooLate: true });
    expect(status).toBe(409);
    expect(textOfHtml(body)).toContain('What you sent just now changed nothing.');
  });
});

describe('after a decision', () => {
  it.each([
    ['approve', { count: 1, of: { security: 1 } }, 'Still needed: 1 of security.'],
    ['approve', undefined, 'That is enough'],
    ['deny', undefined, 'It will not be done.'],
  ] as const)('%s with %j missing', (decision, missing, words) => {
    const { body } = recordedPage({ reader, decision, at, ...(missing === undefined ? {} : { missing }) });
    expect(textOfHtml(body)).toContain(words);
    expect(textOfHtml(body)).toContain('Recorded for Dana (dana@example.com) at 2027-05-01 09:30:00 UTC.');
  });
});

describe('before a login', () => {
  it('says nothing of an operation', () => {
    const { body } = loginPage({ loginUrl: 'https://login.example.com/authorize?state=x&nonce=y' });
    expect(body).toContain('href="https://login.example.com/authorize?state=x&amp;nonce=y"');
    expect(body).not.toMatch(/tickets|POST|support|appr_/);
  });

  it.each(['javascript:alert(1)', '//evil.test', 'data:text/html,x'])('does not lead to %j', (loginUrl) => {
    expect(() => loginPage({ loginUrl })).toThrow(TypeError);
  });
});

it('a refusal says who may, and who one is', () => {
  const { body, status } = refusedPage({
    status: 403,
    heading: 'This is not yours to decide',
    detail: 'You own support-summarizer.',
    reader,
    whoMay: '1 of support-leads',
    requestId: 'req_1',
  });
  expect(status).toBe(403);
  const text = textOfHtml(body);
  for (const part of [
    'You own support-summarizer.',
    'Who may decide: 1 of support-leads.',
    'You are Dana',
    'req_1',
  ]) {
    expect(text).toContain(part);
  }
});
