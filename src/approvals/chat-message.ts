// The card as a message in Slack: Block Kit of plain and rich text alone, so that nothing in it is ever read as markup.
import type { ChatMessage } from '../ports/chat.ts';
import type { Json, JsonObject } from '../shared/json.ts';
import { type Card, type Fact, HEADINGS, PARTS, type Part } from './card.ts';
import { type Outcome, outcomeReason, outcomeWords } from './outcome.ts';

export interface ChatInput {
  readonly card: Card;
  readonly approval: string;
  /** To the page, without a key: who opens it logs in. */
  readonly link: string;
  /** Whether it may be decided here, or only on the page. */
  readonly isDecidedHere: boolean;
  readonly isEscalation?: boolean;
}

/** Where the reason stands in what Slack sends: `state.values[REASON_BLOCK][REASON_ACTION].value`. */
export const REASON_BLOCK = 'reason';
export const REASON_ACTION = 'reason';
export const CHAT_ACTIONS = { approve: 'approve', deny: 'deny', open: 'open' } as const;

/** What Slack takes in one text. */
const MOST_TEXT = 3000;
/** Slack refuses a message whose blocks have about 12,000 characters in all; what counts as one is written nowhere. */
const MOST_BYTES = 10_500;
const MOST_REASON = 1000;

function plain(text: string): JsonObject {
  return { type: 'plain_text', text, emoji: false };
}

/** Long texts in pieces, none of which ends between the halves of a pair. */
function pieces(text: string): readonly string[] {
  return text.match(new RegExp(`[^]{1,${MOST_TEXT - 2}}(?![\\udc00-\\udfff])`, 'g')) ?? [];
}

function words(text: string, style?: 'bold' | 'italic'): readonly JsonObject[] {
  return pieces(text).map((piece) => ({
    type: 'text',
    text: piece,
    ...(style === undefined ? {} : { style: { [style]: true } }),
  }));
}

function section(...elements: readonly JsonObject[]): JsonObject {
  return { type: 'rich_text_section', elements };
}

function richText(...elements: readonly JsonObject[]): JsonObject {
  return { type: 'rich_text', elements };
}

function factWords({ name, values }: Fact): readonly JsonObject[] {
  const [first = '', ...others] = values;
  const shown = others.length === 0 ? ` ${first}` : values.map((value) => `\n    ${value}`).join('');
  return [...words(`${name}:`, 'bold'), ...words(`${shown}\n`)];
}

function partBlock({ facts }: Card, part: Part): JsonObject {
  return richText(
    section(...words(`${PARTS[part]}\n`, 'bold')),
    section(...facts.filter((fact) => fact.part === part).flatMap(factWords)),
  );
}

function warningsBlock({ warnings }: Card): readonly JsonObject[] {
  if (warnings.length === 0) return [];
  return [
    richText(section(...words(HEADINGS.warnings, 'bold')), {
      type: 'rich_text_list',
      style: 'bullet',
      elements: warnings.map((warning) => section(...words(warning))),
    }),
  ];
}

function cardBlocks(card: Card): readonly JsonObject[] {
  return [
    ...warningsBlock(card),
    richText(section(...words(`${HEADINGS.wayBack}: `), ...words(card.wayBack, 'bold'))),
    richText(section(...words(HEADINGS.operation, 'bold')), {
      type: 'rich_text_preformatted',
      elements: words(card.operation.text),
    }),
    partBlock(card, 'who'),
    richText(
      section(...words(HEADINGS.words, 'bold')),
      ...card.words.map(({ name, text }) => ({
        type: 'rich_text_quote',
        elements: [...words(`${name}:\n`, 'bold'), ...words(text.text, 'italic')],
      })),
    ),
    partBlock(card, 'what'),
    partBlock(card, 'basis'),
  ];
}

function linkButton(link: string): JsonObject {
  return { type: 'button', action_id: CHAT_ACTIONS.open, text: plain('Open the page'), url: link };
}

function decisionBlocks({ card, approval, link, isDecidedHere }: ChatInput): readonly JsonObject[] {
  if (!isDecidedHere) {
    return [
      richText(section(...words('It is decided on its page, after a login.'))),
      { type: 'actions', block_id: 'decision', elements: [linkButton(link)] },
    ];
  }
  const label = card.effect === 'admin' ? 'Reason (required)' : 'Reason (required to deny)';
  const button = (decision: 'approve' | 'deny', text: string, style: string) => ({
    type: 'button',
    action_id: CHAT_ACTIONS[decision],
    text: plain(text),
    style,
    value: approval,
  });
  return [
    {
      type: 'input',
      block_id: REASON_BLOCK,
      optional: true,
      label: plain(label),
      element: {
        type: 'plain_text_input',
        action_id: REASON_ACTION,
        multiline: true,
        max_length: MOST_REASON,
      },
    },
    {
      type: 'actions',
      block_id: 'decision',
      elements: [button('approve', 'Approve', 'primary'), button('deny', 'Deny', 'danger'), linkButton(link)],
    },
  ];
}

/** The one text that Slack does read as markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function isTooLong(blocks: readonly Json[]): boolean {
  return Buffer.byteLength(JSON.stringify(blocks)) > MOST_BYTES;
}

function headerOf(card: Card): JsonObject {
  return { type: 'header', text: plain(card.title) };
}

export function chatMessageOf(input: ChatInput): ChatMessage {
  const { card, isEscalation = false } = input;
  const lead = isEscalation ? 'Still waiting for approval' : 'Approval needed';
  const above = [headerOf(card), richText(section(...words(`${lead}. Nothing is done before it.`)))];
  const text = escaped(`${lead}: ${card.title}`);
  const blocks = [...above, ...cardBlocks(card), ...decisionBlocks(input)];
  if (!isTooLong(blocks)) return { text, blocks };
  // Half of it would be no ground to decide on: so there is nothing to press here.
  const note = 'It is too long for a message. Read all of it on its page, and decide there.';
  return {
    text,
    blocks: [
      ...above,
      richText(section(...words(note, 'bold'))),
      { type: 'actions', block_id: 'decision', elements: [linkButton(input.link)] },
    ],
  };
}

/** The same message once it is decided: how, and nothing left to press. */
export function decidedChatMessageOf(card: Card, outcome: Outcome): ChatMessage {
  const sentence = outcomeWords(outcome);
  const reason = outcomeReason(outcome);
  const above = [
    headerOf(card),
    richText(
      section(
        ...words(sentence, 'bold'),
        ...(reason === undefined ? [] : [...words('\nReason: '), ...words(reason, 'italic')]),
      ),
    ),
  ];
  const blocks = [...above, ...cardBlocks(card)];
  return { text: escaped(`${sentence}. ${card.title}`), blocks: isTooLong(blocks) ? above : blocks };
}
