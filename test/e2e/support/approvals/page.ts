// The page of an approval, as a browser would open it and send its form.
import { expect } from 'vitest';
import { type Form, formIn, plain } from '../../../support/approval-form.ts';
import { type CallAnswer, exchange } from '../calls.ts';

/** Where people are told that the broker is. */
export const PUBLIC_URL = 'https://bailiwick.example.com';

export interface Page extends CallAnswer {
  readonly heading: string;
  /** What it says, without markup, in one line. */
  readonly words: string;
  readonly form: Form | undefined;
}

/** What every page of the broker is, whatever it says. */
function asPage(answer: CallAnswer): Page {
  expect(answer.header('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.header('content-security-policy')).toMatch(
    /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/,
  );
  // `no-referrer` would have browsers send `Origin: null` with the form.
  expect(answer.header('referrer-policy')).toBe('same-origin');
  expect(answer.header('cache-control')).toBe('no-store');
  expect(answer.header('x-frame-options')).toBe('DENY');
  expect(answer.text).not.toMatch(/<script|\son\w+=/i);
  const [, heading = ''] = /<h1>(.*?)<\/h1>/s.exec(answer.text) ?? [];
  const [, main = ''] = /<main>(.*)<\/main>/s.exec(answer.text) ?? [];
  const words = plain(main.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
  return { ...answer, heading: plain(heading), words, form: formIn(answer.text) };
}

export interface Opening {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function open(link: URL | string, opening: Opening = {}): Promise<Page> {
  const { pathname, search } = typeof link === 'string' ? new URL(link, PUBLIC_URL) : link;
  return asPage(await exchange(`${pathname}${search}`, { headers: { accept: 'text/html' }, ...opening }));
}

const FORM_TYPE = 'application/x-www-form-urlencoded';

export function post(
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = { origin: PUBLIC_URL },
): Promise<CallAnswer> {
  const body = new URLSearchParams(fields).toString();
  return exchange(path, { method: 'POST', body, headers: { 'content-type': FORM_TYPE, ...headers } });
}

export async function sendForm(
  page: Page,
  fields: Readonly<Record<string, string>>,
  headers?: Readonly<Record<string, string>>,
): Promise<Page> {
  if (page.form === undefined) throw new Error(`there is no form on the page: ${page.words.slice(0, 300)}`);
  const { action, hidden } = page.form;
  return asPage(await post(action, { ...hidden, ...fields }, headers));
}

export async function approveBy(link: URL, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
  const page = await sendForm(await open(link), { ...fields, decision: 'approve' });
  expect({ status: page.status, heading: page.heading }).toEqual({
    status: 200,
    heading: 'You approved this',
  });
  return page;
}

export async function denyBy(link: URL, reason: string): Promise<Page> {
  const page = await sendForm(await open(link), { decision: 'deny', reason });
  expect({ status: page.status, heading: page.heading }).toEqual({ status: 200, heading: 'You denied this' });
  return page;
}
