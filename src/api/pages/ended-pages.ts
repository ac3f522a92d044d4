// The pages on which there is nothing to decide: it is decided, it was just decided, it needs a login, it is not for you.
import {
  type Card,
  type Needed,
  neededWords,
  type Outcome,
  outcomeReason,
  outcomeWords,
  plainTime,
} from '../../approvals/index.ts';
import { type HtmlPart, html } from '../../shared/html.ts';
import type { TextResponse } from '../http.ts';
import { type Reader, readerWords } from './approval-page.ts';
import { cardView, warningsView } from './card-view.ts';
import { linkTarget, page } from './layout.ts';

function cardBelow(card: Card | undefined): HtmlPart {
  if (card === undefined) return '';
  return html`<p class="soft">This is what was asked for:</p>
<p><strong>${card.title}</strong></p>
${warningsView(card)}${cardView(card)}`;
}

export interface DecidedPage {
  readonly outcome: Outcome;
  /** Left out where the reader may not see it. */
  readonly card?: Card;
  /** Whether the reader has just sent a decision that came too late. */
  readonly isTooLate?: boolean;
}

export function decidedPage({ outcome, card, isTooLate = false }: DecidedPage): TextResponse {
  const sentence = outcomeWords(outcome);
  const isByPeople = outcome.status === 'approved' || outcome.status === 'denied';
  const words = isByPeople
    ? `Already decided: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
    : sentence;
  const reason = outcomeReason(outcome);
  return page({
    status: isTooLate ? 409 : 200,
    title: isByPeople ? 'Already decided' : 'Nothing to decide',
    main: html`<h1>${isByPeople ? 'Already decided' : 'There is nothing to decide any more'}</h1>
<div class="end ${outcome.status}"${isTooLate && html` role="alert"`}>
<p><strong>${words}.</strong></p>
${reason !== undefined && html`<p>Reason: ${reason}</p>\n`}${isTooLate && html`<p>What you sent just now changed nothing.</p>\n`}</div>
${cardBelow(card)}`,
  });
}

export interface RecordedPage {
  readonly reader: Reader;
  readonly decision: 'approve' | 'deny';
  readonly at: string;
  /** How many of whom are missing yet; left out once there are enough. */
  readonly missing?: Needed;
  /** Whether it was sent before, and is only said again. */
  readonly isAgain?: boolean;
  readonly card?: Card;
}

/** After one's own decision, and for whoever comes back while others are still asked. */
export function recordedPage({ reader, decision, at, missing, isAgain, card }: RecordedPage): TextResponse {
  const verb = decision === 'approve' ? 'approved' : 'denied';
  const next =
    decision === 'deny'
      ? 'It will not be done.'
      : missing === undefined
        ? 'That is enough: it is carried out now, if nothing has changed since.'
        : `Still needed: ${neededWords(missing)}. Nothing is done before.`;
  return page({
    status: 200,
    title: isAgain === true ? `You already ${verb} this` : `You ${verb} this`,
    main: html`<h1>${isAgain === true ? `You already ${verb} this` : `You ${verb} this`}</h1>
<div class="end ${decision === 'approve' ? 'approved' : 'denied'}" role="status">
<p><strong>Recorded for ${readerWords(reader)} at ${plainTime(at)}.</strong></p>
<p>${next}</p>
<p class="soft">You can close this page.</p>
</div>
${cardBelow(card)}`,
  });
}

/** Says nothing of the operation, not even whether there is one: whoever has only the link learns nothing. */
export function loginPage({ loginUrl }: { readonly loginUrl: string }): TextResponse {
  return page({
    status: 200,
    title: 'Log in',
    main: html`<h1>Log in to decide</h1>
<div class="sheet">
<p>What is asked is shown after a login. Whoever logs in is the one who decides.</p>
<p><a class="do" href="${linkTarget(loginUrl)}">Log in</a></p>
</div>`,
  });
}

export interface RefusedPage {
  readonly status: number;
  readonly heading: string;
  /** What is wrong and what would be right, in the broker's words. */
  readonly detail: string;
  readonly reader?: Reader;
  /** Who may decide instead. */
  readonly whoMay?: string;
  readonly requestId?: string;
}

export function refusedPage(input: RefusedPage): TextResponse {
  const { status, heading, detail, reader, whoMay, requestId } = input;
  return page({
    status,
    title: heading,
    main: html`<h1>${heading}</h1>
<div class="fault" role="alert">
<p>${detail}</p>
${whoMay !== undefined && html`<p>Who may decide: ${whoMay}.</p>\n`}${reader !== undefined && html`<p>You are ${readerWords(reader)}.</p>\n`}</div>
${requestId !== undefined && html`<p class="soft">Request ${requestId}</p>\n`}`,
  });
}
