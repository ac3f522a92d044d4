// The card on a page.
import { type Card, type Fact, HEADINGS, PARTS, type Part, withThousands } from '../../approvals/index.ts';
import { type Html, type HtmlPart, html } from '../../shared/html.ts';

const MARK = /(⟨(?:U\+[0-9A-F]{4,6}(?: ×\d+)?|[\d,]+ characters? not shown)⟩)/;

/** The broker's own marks stand out from the text that they stand in. */
function marked(text: string): HtmlPart {
  return text.split(MARK).map((part, place) => (place % 2 === 1 ? html`<mark>${part}</mark>` : part));
}

/** What is longer would push all else out of sight: it gets a window of its own, which says so. */
const MOST_OPEN = 1600;
const MOST_LINES = 30;

/** Each line for itself, so that one that is broken is not taken for two. */
export function exactView(text: string, heading: string): Html {
  const lines = text.split('\n');
  const isLong = text.length > MOST_OPEN || lines.length > MOST_LINES;
  const spans = lines.map(
    (line, place) => html`<span>${marked(line)}${place < lines.length - 1 && '\n'}</span>`,
  );
  if (!isLong) return html`<div class="exact">${spans}</div>`;
  return html`<p class="soft">It is long (${withThousands(text.length)} characters, ${withThousands(lines.length)} ${lines.length === 1 ? 'line' : 'lines'}): scroll inside the frame to read all of it.</p>
<div class="exact long" role="region" aria-labelledby="${heading}" tabindex="0">${spans}</div>`;
}

function factView({ name, values }: Fact): Html {
  return html`<div><dt>${name}</dt> <dd>${values.map((value) => html`<p>${marked(value)}</p>`)}</dd></div>
`;
}

function partView(card: Card, part: Part): Html {
  return html`<section class="sheet" aria-labelledby="${part}">
<h2 id="${part}">${PARTS[part]}</h2>
<dl>
${card.facts.filter((fact) => fact.part === part).map(factView)}</dl>
</section>
`;
}

export function warningsView({ warnings }: Card): HtmlPart {
  if (warnings.length === 0) return '';
  return html`<section class="warn" aria-labelledby="warnings">
<h2 id="warnings">${HEADINGS.warnings}</h2>
<ul>
${warnings.map((warning) => html`<li>${marked(warning)}</li>\n`)}</ul>
</section>
`;
}

function wordsView({ words }: Card): Html {
  return html`<section class="said" aria-labelledby="words">
<h2 id="words">${HEADINGS.words}</h2>
${words.map(
  ({ name, text }) => html`<h3>${name}</h3>
<blockquote>${marked(text.text)}</blockquote>
`,
)}</section>
`;
}

/** `below` stands right under the operation: what it is without masks, or the button that shows it. */
export function cardView(card: Card, below: HtmlPart = ''): Html {
  return html`<section class="sheet" aria-labelledby="operation">
<h2 id="operation">${HEADINGS.operation}</h2>
<p class="back">${HEADINGS.wayBack}: <strong>${marked(card.wayBack)}</strong></p>
${exactView(card.operation.text, 'operation')}
${below}</section>
${partView(card, 'who')}${wordsView(card)}${partView(card, 'what')}${partView(card, 'basis')}`;
}
