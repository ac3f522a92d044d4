// A page that sends back the credential that it was called with, written in every way that people write.
import { type Page, type Pages, typed } from './answers.ts';
import { headerOf } from './seen.ts';

const html = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const named = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** By the names of the ways. */
export const WRITTEN: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  base64: (secret) => Buffer.from(secret).toString('base64'),
  'base64 of more': (secret) => Buffer.from(`user:${secret}:more`).toString('base64'),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  url: (secret) => encodeURIComponent(secret),
  form: (secret) => new URLSearchParams({ secret }).toString(),
  json: (secret) => JSON.stringify(secret),
  'json in json': (secret) => JSON.stringify(JSON.stringify(secret)),
  hex: (secret) => Buffer.from(secret).toString('hex'),
  'upper hex': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  html,
  'named html': named,
};

/** What the broker put in, whichever way. */
function credential(asked: Parameters<Page>[0]): string {
  const [, bearer] = (headerOf(asked, 'authorization') ?? '').split(' ');
  return headerOf(asked, 'x-api-key') ?? asked.option('api_key') ?? bearer ?? '';
}

/** The way is the last part of the path. */
const reflect: Page = (asked, response) => {
  const [where = '', way = ''] = asked.parts.map(decodeURIComponent);
  const written = (WRITTEN[way] ?? ((text) => text))(credential(asked));
  if (where === 'header') response.setHeader('x-reflected', written);
  else if (where === 'reason') response.statusMessage = written;
  else if (where === 'cookie') response.setHeader('set-cookie', `reflected=${encodeURIComponent(written)}`);
  else if (where === 'location') {
    response.writeHead(302, {
      location: `/api/echo?back=${way === 'url' ? written : encodeURIComponent(written)}`,
    });
    response.end();
    return;
  }
  const text = `It was called with ${written} just now.`;
  if (where === 'error') response.statusCode = 500;
  if (where === 'json')
    typed(response, 'application/json', JSON.stringify({ it: { was: [text] }, [written]: 1 }));
  else if (where === 'binary')
    typed(response, 'application/octet-stream', Buffer.from(`\u0000\u0001${written}\u0002`));
  else if (where === 'utf16') typed(response, 'text/plain; charset=utf-16le', Buffer.from(text, 'utf16le'));
  else if (where === 'events') typed(response, 'text/event-stream', `data: ${text}\n\n`);
  else {
    const body = where === 'body' || where === 'error' ? text : 'ok';
    response.writeHead(response.statusCode, { 'content-type': 'text/plain' }).end(body);
  }
};

export const reflecting: Pages = [[/^\/api\/reflect\/([^/]+)\/([^/]+)$/, reflect]];
