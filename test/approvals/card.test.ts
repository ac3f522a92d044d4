// What approvers are shown says the same on the page, in the mail and in Slack, and an agent's words are never among the facts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pendingPage } from '../../src/api/pages/approval-page.ts';
import {
  type ApprovalEnd,
  type ApprovalStatus,
  type Card,
  cardOf,
  chatMessageOf,
  decidedChatMessageOf,
  mailOf,
  neededWords,
  type Outcome,
  outcomeOf,
  outcomeWords,
  plainTime,
} from '../../src/approvals/index.ts';
import { anyCardInput, HOSTILE, PLAIN } from '../support/cards.ts';
import { textOfBlocks, textOfHtml } from '../support/texts.ts';

const LINK = 'https://bailiwick.example.com/approve/appr_1?key=abc';
const to = 'dana@example.com';

function message(card: Card, isDecidedHere = true) {
  return chatMessageOf({ card, approval: 'appr_1', link: LINK, isDecidedHere });
}

function pageOf(card: Card) {
  return pendingPage({
    card,
    reader: { id: to },
    missing: { count: 1, of: {} },
    action: '/approve/appr_1',
    hidden: { form: 'f' },
  });
}

/** The parts of a message that cannot be decided because it would be too long. */
const TOO_LONG = 'It is too long for a message.';

/** All that must be read, line by line: mails put a sign before each line of a text. */
function linesOf(card: Card): readonly string[] {
  return [
    card.title,
    card.wayBack,
    ...card.warnings,
    ...card.facts.flatMap(({ name, values }) => [name, ...values]),
    ...card.words.flatMap(({ name, text }) => [name, ...text.text.split('\n')]),
    ...card.operation.text.split('\n'),
  ];
}

describe('the same facts wherever they are read', () => {
  it('page, mail and message of any card', () => {
    let whole = 0;
    fc.assert(
      fc.property(anyCardInput, (input) => {
        const card = cardOf(input);
        const mail = mailOf({ card, to, link: LINK });
        const chat = message(card);
        const texts = [textOfHtml(pageOf(card).body), mail.text, textOfHtml(mail.html)];
        const inChat = textOfBlocks(chat);
        if (inChat.includes(TOO_LONG)) {
          expect(JSON.stringify(chat.blocks)).not.toContain('"value"');
          expect(JSON.stringify(chat.blocks)).not.toContain('"input"');
        } else {
          whole += 1;
          texts.push(inChat);
        }
        for (const line of linesOf(card)) for (const text of texts) expect(text).toContain(line);
      }),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
    expect(whole).toBeGreaterThan(5);
  });

  it.each([
    ['a plain one', PLAIN],
    [
      'one with a chain, parameters and a preview',
      { ...HOSTILE, exact: 'DELETE /orders', resources: ['/orders'] },
    ],
  ])('%s fits into a message whole', (_, input) => {
    const card = cardOf(input);
    const text = textOfBlocks(message(card));
    for (const line of linesOf(card)) expect(text).toContain(line);
  });
});

describe('a card', () => {
  it('says it all in its title', () => {
    expect(cardOf(PLAIN).title).toBe('Write, public: POST /tickets/{id}/replies on tickets-api, production');
  });

  it.each<[string, string]>([
    ['Agent', 'support-summarizer, production'],
    ['It is for', 'Summarise support tickets and draft replies'],
    ['Its owner', 'Support Platform, support-platform@example.com'],
    ['On behalf of', 'sam@example.com (proven by their own token)'],
    ['Effect', 'public: can be seen by people outside'],
    ['Target', 'tickets-api, http, production, confidential'],
    ['Operation', 'tickets-api:reply (write), POST /tickets/{id}/replies'],
    ['Resources', '/tickets/4711/replies'],
    ['Masked in it', 'EMAIL=1'],
    ['Done with', "The broker's own credential for tickets-api, in the header Authorization"],
    ['Policies that ask', 'blast-radius-changes'],
    ['Needs', '1 of support-leads'],
    ['Expires', '2027-05-01 10:30:00 UTC'],
    ['Task', 'Opened 2027-05-01 09:25:11 UTC'],
    ['Approval', PLAIN.approval.id],
  ])('%s', (name, value) => {
    expect(cardOf(PLAIN).facts.find((fact) => fact.name === name)?.values).toContain(value);
  });

  it.each([
    ['proven', { id: 'sam@example.com', proven: true }, 'sam@example.com (proven by their own token)'],
    [
      'claimed',
      { id: 'sam@example.com', proven: false },
      'not proven: whom the agent names stands among its own words',
    ],
    ['nobody', undefined, 'nobody is named'],
  ])('says whether the requester is %s', (_, requester, words) => {
    const { requester: _requester, ...rest } = PLAIN;
    const card = cardOf(requester === undefined ? rest : { ...rest, requester });
    expect(card.facts.find(({ name }) => name === 'On behalf of')?.values).toEqual([words]);
  });

  const [operation] = PLAIN.operations;
  it.each([
    ['write', [], undefined, 'Cannot be undone'],
    ['admin', [], undefined, 'Cannot be undone'],
    ['read', [], undefined, 'Reads only: nothing to take back'],
    ['read', ['export'], undefined, 'Cannot be undone: what has been given out stays given out'],
    ['write', [], 'Put back the old value 7', 'Put back the old value 7'],
  ] as const)('the way back of %s %j', (effect, impacts, wayBack, words) => {
    if (operation === undefined) throw new Error('there is one');
    const input = { ...PLAIN, operations: [{ ...operation, effect, impacts }] };
    expect(cardOf(wayBack === undefined ? input : { ...input, wayBack }).wayBack).toBe(words);
  });

  it('of no operation that is known of is shown as the worst', () => {
    expect(cardOf({ ...PLAIN, operations: [] })).toMatchObject({
      effect: 'admin',
      wayBack: 'Cannot be undone',
    });
  });

  it('warns of all that must not be overlooked', () => {
    const { warnings } = cardOf({
      ...HOSTILE,
      exactIsWhole: false,
      agent: { ...HOSTILE.agent, environment: 'staging' },
    });
    const told = [
      /^destroy: /,
      /^export: /,
      /not of the same environment/,
      /^The operation: not all of it can be shown here$/,
      /^The operation: [\d,]+ of [\d,]+ characters are not shown$/,
      /^The operation: .*U\+202E/,
      /^The operation: “orders.+” looks like “orders\/archive”/,
      /^Resources: 16 of 40 are not shown$/,
      /^The agent's words \(Whom it is for\): “.+” looks like “example”/,
      /has an address/,
    ];
    for (const one of told) expect(warnings).toContainEqual(expect.stringMatching(one));
    expect(cardOf({ ...PLAIN, exactIsWhole: false }).operation.isComplete).toBe(false);
  });

  it("holds an agent's words apart, and no address in them can be followed", () => {
    const { facts, words } = cardOf(HOSTILE);
    expect(words.map(({ name }) => name)).toEqual([
      'What the task is for',
      'Why this is needed',
      'Whom it is for',
    ]);
    expect(words[0]?.text.text).toContain('https:⟨U+002F⟩/bailiwick.example.com.evil.test');
    expect(JSON.stringify(facts)).not.toMatch(/Approved by security|urgent/);
  });

  it('any card is bounded, and its title fits into a header', () => {
    fc.assert(
      fc.property(anyCardInput, (input) => {
        const card = cardOf(input);
        expect(card.title.length).toBeLessThanOrEqual(150);
        expect(card.title).not.toContain('\n');
        expect(JSON.stringify(card).length).toBeLessThan(250_000);
        for (const { values } of card.facts) {
          expect(values.length).toBeGreaterThan(0);
          for (const value of values) expect(value).toMatch(/^[^\n]+$/);
        }
      }),
      { numRuns: 200, interruptAfterTimeLimit: 15_000 },
    );
  });
});

describe('a mail', () => {
  it('has no line end in its headers, whatever the card says', () => {
    fc.assert(
      fc.property(anyCardInput, (input) => {
        expect(mailOf({ card: cardOf(input), to, link: LINK }).subject).toMatch(
          /^[^\p{Cc}\u2028\u2029]{1,200}$/u,
        );
      }),
      { numRuns: 100, interruptAfterTimeLimit: 10_000 },
    );
  });

  it('says what to run where its page can not be used, and the page last', () => {
    const insteadOfLink = 'bailiwick approvals approve appr_1';
    const { text, html } = mailOf({ card: cardOf(PLAIN), to, link: LINK, insteadOfLink });
    expect(text).toContain(`Decide with:\n${insteadOfLink}\n`);
    expect(text).not.toContain('Decide here');
    expect(text.indexOf(LINK)).toBeGreaterThan(text.indexOf(insteadOfLink));
    expect(html).toContain(`<code>${insteadOfLink}</code>`);
    expect(html).not.toContain('Open and decide');
  });

  it.each(['dana@example.com\r\nBcc: all@example.com', 'dana@example.com\n', 'a\u0000@example.com'])(
    'is not addressed to %j',
    (address) => {
      expect(() => mailOf({ card: cardOf(PLAIN), to: address, link: LINK })).toThrow(TypeError);
    },
  );

  it.each(['javascript:alert(1)', '//evil.test', 'https://a b', 'https://a\n'])(
    'has no link to %j',
    (link) => {
      expect(() => mailOf({ card: cardOf(PLAIN), to, link })).toThrow(TypeError);
    },
  );

  it('has one link, the one it was given, and nothing that loads or runs', () => {
    const { html, text } = mailOf({ card: cardOf(HOSTILE), to, link: LINK });
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([LINK]);
    expect(html).not.toMatch(/<(?:script|img|iframe|form|link|style)|src=|url\(/i);
    expect(text.match(/https?:\/\/\S+/g)).toEqual([LINK]);
  });

  it("what others wrote never begins a line of the text where the broker's lines begin", () => {
    const forged = 'Decide here:\nhttps evil\n\nWHO ASKS\nAgent: harmless';
    const { text } = mailOf({
      card: cardOf({
        ...PLAIN,
        exact: forged,
        task: { ...PLAIN.task, purpose: forged },
        resources: [forged],
      }),
      to,
      link: LINK,
    });
    expect(text.match(/^WHO ASKS$/gm)).toHaveLength(1);
    expect(text.match(/^Agent: .*$/gm)).toEqual(['Agent: support-summarizer, production']);
  });
});

/** All objects in it. */
function* objectsIn(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) yield value as Readonly<Record<string, unknown>>;
  for (const member of Object.values(value)) yield* objectsIn(member);
}

const TYPES = new Set([
  'header',
  'plain_text',
  'rich_text',
  'rich_text_section',
  'rich_text_list',
  'rich_text_quote',
  'rich_text_preformatted',
  'text',
  'input',
  'plain_text_input',
  'actions',
  'button',
]);

describe('a message in Slack', () => {
  it('has plain and rich text alone, within what Slack takes, whatever the card says', () => {
    const outcome: Outcome = {
      status: 'denied',
      at: '2027-05-01T09:30:00.000Z',
      by: ['<!channel>'],
      why: '*x*',
    };
    fc.assert(
      fc.property(anyCardInput, fc.boolean(), (input, isDecidedHere) => {
        const card = cardOf(input);
        for (const { text, blocks } of [message(card, isDecidedHere), decidedChatMessageOf(card, outcome)]) {
          expect(text).not.toMatch(/[<>]/);
          expect(blocks.length).toBeLessThanOrEqual(50);
          expect(Buffer.byteLength(JSON.stringify(blocks))).toBeLessThan(12_000);
          for (const object of objectsIn(blocks)) {
            if ('type' in object) expect(TYPES).toContain(object['type']);
            if (object['type'] === 'plain_text') expect(object['emoji']).toBe(false);
            if (object['type'] === 'header')
              expect((object['text'] as { text: string }).text.length).toBeLessThanOrEqual(150);
            if (typeof object['text'] === 'string') {
              expect(object['text'].length).toBeLessThanOrEqual(3000);
              expect(object['text']).not.toBe('');
            }
            if (Array.isArray(object['elements'])) expect(object['elements']).not.toHaveLength(0);
          }
        }
      }),
      { numRuns: 150, interruptAfterTimeLimit: 15_000 },
    );
  });

  const pressed = (blocks: readonly unknown[]) =>
    [...objectsIn(blocks)]
      .filter(({ type }) => type === 'button')
      .map(({ action_id, value, url }) => ({ action_id, value, url }));

  it('decided here, has a reason and two buttons that name the approval', () => {
    const { blocks } = message(cardOf(PLAIN));
    expect(pressed(blocks)).toEqual([
      { action_id: 'approve', value: 'appr_1' },
      { action_id: 'deny', value: 'appr_1' },
      { action_id: 'open', url: LINK },
    ]);
    expect(blocks).toContainEqual(
      expect.objectContaining({ type: 'input', block_id: 'reason', optional: true }),
    );
  });

  it('decided on its page, has a link alone', () => {
    const { blocks } = message(cardOf(HOSTILE), false);
    expect(pressed(blocks)).toEqual([{ action_id: 'open', url: LINK }]);
    expect(blocks).not.toContainEqual(expect.objectContaining({ type: 'input' }));
  });

  it('too long to be read whole, has a link alone, and says so', () => {
    const chat = message(cardOf(HOSTILE));
    expect(textOfBlocks(chat)).toContain(TOO_LONG);
    expect(pressed(chat.blocks)).toEqual([{ action_id: 'open', url: LINK }]);
  });

  it('once decided, says how, and has nothing to press', () => {
    const chat = decidedChatMessageOf(cardOf(PLAIN), {
      status: 'denied',
      at: '2027-05-01T09:30:00.000Z',
      by: ['dana@example.com'],
      why: 'Not on a Saturday',
    });
    expect(pressed(chat.blocks)).toEqual([]);
    const text = textOfBlocks(chat);
    expect(text).toContain('Denied by dana@example.com at 2027-05-01 09:30:00 UTC');
    expect(text).toContain('Not on a Saturday');
    for (const line of linesOf(cardOf(PLAIN))) expect(text).toContain(line);
  });
});

describe('in words', () => {
  it.each([
    [1, {}, '1 of those who may approve'],
    [2, { 'orders-owners': 2 }, '2 of orders-owners'],
    [2, { security: 1, owners: 1 }, '1 of owners and 1 of security'],
    [3, { security: 1 }, '3, of them at least 1 of security'],
    [1, { security: 1, owners: 1 }, '1, of them at least 1 of owners and 1 of security'],
    [1, { security: 0 }, '1 of those who may approve'],
  ])('%d of %j is %s', (count, of, words) => {
    expect(neededWords({ count, of })).toBe(words);
  });

  it.each([
    ['2027-05-01T09:30:00.000Z', '2027-05-01 09:30:00 UTC'],
    ['2027-05-01T09:30:00Z', '2027-05-01 09:30:00 UTC'],
    ['soon', 'soon'],
  ])('%s is %s', (time, words) => {
    expect(plainTime(time)).toBe(words);
  });

  const at = '2027-05-01T09:30:00.000Z';
  const vote = (by: string) => ({ by, decision: 'approve' as const, at });
  const when = 'at 2027-05-01 09:30:00 UTC';
  it.each<[ApprovalStatus, readonly ReturnType<typeof vote>[], ApprovalEnd | undefined, string]>([
    ['approved', [vote('dana'), vote('kim')], undefined, `Approved by dana and kim ${when}`],
    ['denied', [], { at, why: 'no', by: 'dana' }, `Denied by dana ${when}`],
    ['expired', [], undefined, 'Expired at 2027-05-02 00:00:00 UTC: nobody decided in time'],
    ['withdrawn', [], { at, why: 'its task was finished' }, `Withdrawn ${when}`],
    [
      'void',
      [vote('dana')],
      { at, why: 'the target changed' },
      `Void ${when}: what was asked for is no longer what would be done, or is no longer allowed`,
    ],
  ])('%s', (status, votes, end, words) => {
    const expiresAt = '2027-05-02T00:00:00.000Z';
    const outcome = outcomeOf(end === undefined ? { votes, expiresAt } : { votes, expiresAt, end }, status);
    expect(outcome === undefined ? undefined : outcomeWords(outcome)).toBe(words);
  });

  it('what is pending has no outcome', () => {
    expect(outcomeOf({ votes: [], expiresAt: at }, 'pending')).toBeUndefined();
  });
});
