// A browser of a black-box test: it logs people in at the provider of this run, and keeps the cookies that it is given.
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { expect } from 'vitest';
import { type CallAnswer, exchange, place } from '../calls.ts';
import type { AtLogin } from '../target/login.ts';
import { open, type Page, PUBLIC_URL } from './page.ts';

/** Where the provider sends a person back to who says who they are. */
async function visitProvider(location: URL, person: AtLogin): Promise<URL> {
  expect(location.origin).toBe(place().login);
  location.searchParams.set('person', person);
  const send = location.protocol === 'https:' ? httpsRequest : httpRequest;
  const [answer] = (await once(
    send(location, { ca: place().atLogin.cert, agent: false } as object).end(),
    'response',
  )) as [IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(302);
  return new URL(answer.headers.location ?? '');
}

/** Name and value of the cookies that an answer sets; each must be for this broker alone, and for no script. */
function cookiesIn(answer: CallAnswer): readonly string[] {
  const lines = answer.headers.filter(([name]) => name === 'set-cookie').map(([, line]) => line);
  for (const line of lines) {
    expect(line).toMatch(/^__Host-bailiwick-(?:login|session)=/);
    for (const word of ['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']) expect(line).toContain(`; ${word}`);
  }
  return lines.map((line) => line.split(';')[0] ?? '').filter((pair) => !pair.endsWith('='));
}

function redirectOf(answer: CallAnswer): URL {
  expect({ status: answer.status, text: answer.text }).toEqual({ status: 303, text: '' });
  return new URL(answer.header('location') ?? '', PUBLIC_URL);
}

export interface LoggedIn {
  readonly cookie: string;
  /** Where the browser was sent in the end. */
  readonly arrived: URL;
}

const pathOf = ({ pathname, search }: URL) => `${pathname}${search}`;

/** From the page that a link opens, by its own link, to the provider and back. */
export async function logIn(link: URL, person: AtLogin): Promise<LoggedIn> {
  const before = await open(link);
  expect(before.heading).toBe('Log in to decide');
  const [, href = ''] = /href="([^"]*)"/.exec(before.text.slice(before.text.indexOf('<main>'))) ?? [];
  const begun = await exchange(href.replaceAll('&amp;', '&'));
  const back = await visitProvider(redirectOf(begun), person);
  expect(`${back.origin}${back.pathname}`).toBe(`${PUBLIC_URL}/approve/login/callback`);
  const finished = await exchange(pathOf(back), { headers: { cookie: cookiesIn(begun).join('; ') } });
  return { arrived: redirectOf(finished), cookie: cookiesIn(finished).join('; ') };
}

/** The page as that person sees it. */
export async function openAs(link: URL, person: AtLogin): Promise<Page & LoggedIn> {
  const login = await logIn(link, person);
  const page = await open(login.arrived, { headers: { cookie: login.cookie } });
  return { ...page, ...login };
}
