// The page on which an approval is decided. It shows, and asks; what a click comes to is decided elsewhere.
import { type Card, type Needed, neededWords, visible } from '../../approvals/index.ts';
import { type Html, type HtmlPart, html } from '../../shared/html.ts';
import type { TextResponse } from '../http.ts';
import { cardView, exactView, warningsView } from './card-view.ts';
import { page, sitePath } from './layout.ts';

/** Who reads the page, as it is known by link or login. */
export interface Reader {
  readonly id: string;
  readonly name?: string;
}

export interface PendingPage {
  readonly card: Card;
  readonly reader: Reader;
  /** How many of whom are missing yet. */
  readonly missing: Needed;
  /** Path-absolute: `/approve/appr_…`. */
  readonly action: string;
  /** What the form sends along: `form`, and `key` where the page was opened by a link. */
  readonly hidden: Readonly<Record<string, string>>;
  /** What was wrong with what was sent, and the reason that was typed, which is kept. */
  readonly problem?: string;
  readonly typed?: string;
  /** Where the operation without masks is asked for, and, once it was, what it is. */
  readonly reveal?: { readonly action: string; readonly text?: string };
}

const MOST_REVEALED = 200_000;
const MOST_TYPED = 1000;

export function readerWords({ id, name }: Reader): string {
  const plain = (text: string) => visible(text, { most: 120, lines: 'one' }).text;
  return name === undefined ? plain(id) : `${plain(name)} (${plain(id)})`;
}

function revealView({ action, text }: NonNullable<PendingPage['reveal']>): Html {
  if (text === undefined) {
    return html`<button class="reveal" type="submit" form="decision" formaction="${sitePath(action)}">Show it without masks</button>
<p class="soft">That you looked is recorded.</p>
`;
  }
  const { text: shown, warnings } = visible(text, { most: MOST_REVEALED, lines: 'many' });
  return html`<h3 id="revealed">Without masks</h3>
<p class="soft">That you looked is recorded. Do not pass it on.</p>
${warnings.length > 0 && html`<ul class="warn">${warnings.map((warning) => html`<li>It ${warning}</li>`)}</ul>\n`}${exactView(shown, 'revealed')}
`;
}

function reasonView({ card, problem, typed = '' }: PendingPage): Html {
  const label = card.effect === 'admin' ? 'Reason (required)' : 'Reason (required to deny)';
  const state =
    problem !== undefined && html` autofocus aria-invalid="true" aria-describedby="reason-problem"`;
  // A line end right after the tag is not part of the text: so one there keeps those that were typed.
  return html`<label for="reason">${label}</label>
${problem !== undefined && html`<p class="problem" id="reason-problem">${problem}</p>\n`}<textarea id="reason" name="reason" rows="3" maxlength="${MOST_TYPED}"${state}>
${typed}</textarea>
`;
}

function formView(input: PendingPage): Html {
  const { reader, missing, action, hidden } = input;
  return html`<section class="sheet decide" id="decide" aria-labelledby="decide-heading">
<h2 id="decide-heading">Your decision</h2>
<p>You are <strong>${readerWords(reader)}</strong>. Still needed: <strong>${neededWords(missing)}</strong>.</p>
<form id="decision" method="post" action="${sitePath(action)}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}${reasonView(input)}<div class="choice">
<button class="approve" type="submit" name="decision" value="approve">Approve</button>
<button class="deny" type="submit" name="decision" value="deny">Deny</button>
</div>
</form>
</section>
`;
}

function problemView(problem: string | undefined): HtmlPart {
  return (
    problem !== undefined &&
    html`<div class="fault" role="alert"><p><strong>Nothing is decided yet.</strong> ${problem}</p>
<a class="do" href="#reason">Go to the reason</a></div>
`
  );
}

function expiryOf({ facts }: Card): HtmlPart {
  const expires = facts.find(({ name }) => name === 'Expires');
  return expires !== undefined && html`Expires ${expires.values.join(' ')}. `;
}

export function pendingPage(input: PendingPage): TextResponse {
  const { card, problem, reveal } = input;
  return page({
    status: problem === undefined ? 200 : 400,
    title: `${problem === undefined ? '' : 'Not decided yet: '}${card.title}`,
    main: html`<div class="two">
<div class="top">
${problemView(problem)}<h1>${card.title}</h1>
<p class="soft">${expiryOf(card)}Nothing is done before enough people approve.</p>
${warningsView(card)}</div>
<div class="card">
${cardView(card, reveal === undefined ? '' : revealView(reveal))}<a class="skip" href="#decide">Go to the decision</a>
</div>
${formView(input)}</div>`,
  });
}
