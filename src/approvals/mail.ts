// The card as a mail to one approver: text and HTML that say the same, and the link to the page where it is decided.
import type { Message } from '../ports/mail.ts';
import { type Html, html } from '../shared/html.ts';
import { type Card, type Fact, HEADINGS, PARTS, type Part } from './card.ts';

export interface MailInput {
  readonly card: Card;
  readonly to: string;
  /** `${publicUrl}/approve/{approval}?key=…` */
  readonly link: string;
  /** Where somebody would have to log in to decide on the page, and the files say nowhere to: what to run instead. */
  readonly insteadOfLink?: string;
  /** Whether others were asked before, and did not answer in time. */
  readonly isEscalation?: boolean;
}

const LEADS = {
  asked: 'An agent asks for approval of one operation. Nothing is done before enough people approve it.',
  escalated:
    'An agent asks for approval of one operation, and nobody has answered yet. Nothing is done before enough people approve it.',
} as const;
const ABOUT_LINK =
  'The link is for you alone: do not pass it on. It opens a page with what stands here, and decides nothing by itself.';
const ABOUT_COMMAND =
  'Or decide it by REST. To decide it on its page somebody has to log in, and the files say nowhere to (humans.login). Once they do, the page is here:';

function factsOf(card: Card, part: Part): readonly Fact[] {
  return card.facts.filter((fact) => fact.part === part);
}

/** Each line of what others wrote has a sign before it: so it is never taken for a line of the broker's. */
function behind(sign: string, text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? sign : `${sign} ${line}`))
    .join('\n');
}

function factText({ name, values }: Fact): string {
  return values.length === 1 ? `${name}: ${values[0]}` : `${name}:\n${behind('  -', values.join('\n'))}`;
}

function textOf({ card, link, insteadOfLink }: MailInput, lead: string): string {
  const section = (heading: string, body: string) => `${heading.toUpperCase()}\n${body}`;
  const facts = (part: Part) => section(PARTS[part], factsOf(card, part).map(factText).join('\n'));
  const warnings = card.warnings.map((warning) => `! ${warning}`).join('\n');
  return [
    lead,
    card.title,
    ...(insteadOfLink === undefined
      ? [`Decide here:\n${link}`, ABOUT_LINK]
      : [`Decide with:\n${insteadOfLink}`, `${ABOUT_COMMAND}\n${link}`]),
    ...(warnings === '' ? [] : [section(HEADINGS.warnings, warnings)]),
    `${HEADINGS.wayBack}: ${card.wayBack}`,
    section(HEADINGS.operation, behind('|', card.operation.text)),
    facts('who'),
    section(
      HEADINGS.words,
      card.words.map(({ name, text }) => `${name}:\n${behind('>', text.text)}`).join('\n'),
    ),
    facts('what'),
    facts('basis'),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Mail readers know little of style sheets: so each element carries its own. Colours are left to them where they can be. */
const STYLE = {
  page: 'margin:0;padding:16px;font:16px/1.45 -apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif',
  body: 'max-width:640px;margin:0 auto',
  title: 'font-size:20px;line-height:1.3;margin:0 0 16px;overflow-wrap:anywhere',
  heading: 'font-size:16px;margin:24px 0 8px',
  button:
    'display:inline-block;padding:14px 22px;border-radius:8px;background:#0b57d0;color:#ffffff;font-weight:bold;text-decoration:none',
  small: 'font-size:14px;margin:8px 0 0',
  warnings:
    'margin:24px 0 0;padding:12px 16px;border-left:6px solid #b06a00;background:#fff3d6;color:#2e1f00;overflow-wrap:anywhere',
  list: 'margin:0;padding-left:20px',
  operation:
    'margin:0;padding:12px;border:1px solid #8a94a3;border-radius:6px;font:14px/1.5 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere;word-break:break-word;direction:ltr',
  words:
    'margin:0 0 8px;padding:8px 12px;border-left:4px dotted #8a94a3;font-style:italic;white-space:pre-wrap;overflow-wrap:anywhere',
  name: 'padding:3px 12px 3px 0;text-align:left;vertical-align:top;font-weight:normal;opacity:.75;white-space:nowrap',
  value: 'padding:3px 0;vertical-align:top;overflow-wrap:anywhere;word-break:break-word',
} as const;

function factRow({ name, values }: Fact): Html {
  return html`<tr><th scope="row" style="${STYLE.name}">${name}</th>
<td style="${STYLE.value}">${values.map((value) => html`<div dir="ltr">${value}</div>`)}</td></tr>
`;
}

function warningsOf({ warnings }: Card): Html | false {
  if (warnings.length === 0) return false;
  return html`<div style="${STYLE.warnings}"><strong>${HEADINGS.warnings}</strong>
<ul style="${STYLE.list}">${warnings.map((warning) => html`<li>${warning}</li>\n`)}</ul></div>
`;
}

function wayToDecide({ link, insteadOfLink }: MailInput): Html {
  if (insteadOfLink === undefined) {
    return html`<p style="margin:0"><a href="${link}" style="${STYLE.button}">Open and decide</a></p>
<p style="${STYLE.small}">${ABOUT_LINK}</p>
`;
  }
  return html`<p style="margin:0">Decide with <code>${insteadOfLink}</code></p>
<p style="${STYLE.small}">${ABOUT_COMMAND} <a href="${link}">${link}</a></p>
`;
}

function htmlOf(input: MailInput, lead: string): Html {
  const { card } = input;
  const heading = (text: string) => html`<h2 style="${STYLE.heading}">${text}</h2>\n`;
  const facts = (part: Part) =>
    html`${heading(PARTS[part])}<table style="border-collapse:collapse">${factsOf(card, part).map(factRow)}</table>\n`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${card.title}</title></head>
<body style="${STYLE.page}"><div style="${STYLE.body}">
<p>${lead}</p>
<h1 style="${STYLE.title}">${card.title}</h1>
${wayToDecide(input)}${warningsOf(card)}${heading(HEADINGS.operation)}<p style="margin:0 0 8px">${HEADINGS.wayBack}: <strong>${card.wayBack}</strong></p>
<pre style="${STYLE.operation}">${card.operation.text}</pre>
${facts('who')}${heading(HEADINGS.words)}${card.words.map(
  ({ name, text }) =>
    html`<p style="margin:0">${name}:</p>\n<blockquote style="${STYLE.words}">${text.text}</blockquote>\n`,
)}${facts('what')}${facts('basis')}</div></body></html>
`;
}

/** No line ends, and no controls of any kind, come into what becomes a header. */
function assertOneLine(what: string, text: string): void {
  if (/[\p{Cc}\u2028\u2029]/u.test(text))
    throw new TypeError(`${what} has a line end or a control character`);
}

export function mailOf(input: MailInput): Message {
  const { card, to, link, isEscalation = false } = input;
  assertOneLine('the address', to);
  const subject = `${isEscalation ? 'Still waiting for approval' : 'Approve?'} ${card.title}`;
  assertOneLine('the subject', subject);
  if (!/^https?:\/\/[!-~]+$/.test(link)) throw new TypeError('the link must be an http or https URL');
  const lead = isEscalation ? LEADS.escalated : LEADS.asked;
  return { to, subject, text: textOf(input, lead), html: htmlOf(input, lead).text };
}
