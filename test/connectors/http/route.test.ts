// Which requests the routes of a capability cover.
import { describe, expect, it } from 'vitest';
import { matchRoutes, parsePath, parseRoute, type Route } from '../../../src/connectors/http/index.ts';

function route(text: string): Route {
  const parsed = parseRoute(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

const match = (routes: readonly string[], method: string, path: string) => {
  const parsed = parsePath(path);
  if (parsed === undefined) throw new Error(`refused: ${path}`);
  return matchRoutes(routes.map(route), method, parsed).map(({ route: { text }, parameters }) => ({
    text,
    parameters: { ...parameters },
  }));
};

const TICKETS = ['GET /tickets', 'GET /tickets/{id}', 'POST /tickets/{id}/replies'];

describe('routes', () => {
  it.each([
    ['GET', '/tickets', 'GET /tickets', {}],
    ['GET', '/tickets/42', 'GET /tickets/{id}', { id: '42' }],
    ['GET', '/tickets/a%20b', 'GET /tickets/{id}', { id: 'a b' }],
    ['GET', '/t%69ckets/%34', 'GET /tickets/{id}', { id: '4' }],
    ['POST', '/tickets/42/replies', 'POST /tickets/{id}/replies', { id: '42' }],
    ['HEAD', '/tickets/42', 'GET /tickets/{id}', { id: '42' }],
  ])('%s %s is %s', (method, path, text, parameters) => {
    expect(match(TICKETS, method, path)).toEqual([{ text, parameters }]);
  });

  it.each([
    ['POST', '/tickets'],
    ['get', '/tickets'],
    ['DELETE', '/tickets/42'],
    ['HEAD', '/tickets/42/replies'],
    ['OPTIONS', '/tickets'],
    ['GET', '/'],
    ['GET', '/Tickets'],
    ['GET', '/TICKETS/42'],
    ['GET', '/tickets/42/43'],
    ['GET', '/tickets/42/replies'],
    ['GET', '/admin'],
    ['GET', '/tickets%20'],
    ['GET', '/ticket'],
    ['GET', '/ticketss'],
    ['GET', '/tickets,/42/x'],
  ])('%s %s is none of them', (method, path) => {
    expect(match(TICKETS, method, path)).toEqual([]);
  });

  it('take the rest of a path where they say so', () => {
    expect(match(['GET /files/{path...}'], 'GET', '/files/a/b%20c')).toEqual([
      { text: 'GET /files/{path...}', parameters: { path: 'a/b c' } },
    ]);
    expect(match(['GET /files/{path...}'], 'GET', '/files')).toEqual([]);
    expect(match(['GET /'], 'GET', '/')).toEqual([{ text: 'GET /', parameters: {} }]);
  });

  it('may have a word that is encoded', () => {
    expect(match(['GET /caf%C3%A9'], 'GET', '/café')).toHaveLength(1);
  });

  it.each([
    'tickets',
    'GET tickets',
    'get /tickets',
    'GET  /tickets',
    'GET /tickets?x=1',
    'GET /tickets/',
    'GET //tickets',
    'GET /tickets/../admin',
    'GET /tickets;x',
    'GET /tickets/{id',
    'GET /tickets/{}',
    'GET /tickets/x{id}',
    'GET /tickets/{id}/{id}',
    'GET /{path...}/x',
    'GET /%2f',
    'TRACE /tickets',
    'CONNECT /tickets',
    '* /tickets',
    'GET https://host.example/tickets',
  ])('%s is no route', (text) => {
    expect(parseRoute(text)).toEqual({ problem: expect.stringMatching(/^(?:must|has) /u) });
  });

  it('has parameters of any name, and nothing else', () => {
    const [found] = matchRoutes(
      [route('GET /{constructor}/{toString}')],
      'GET',
      parsePath('/a/b') ?? { segments: [], text: '' },
    );
    expect(Object.entries(found?.parameters ?? {})).toEqual([
      ['constructor', 'a'],
      ['toString', 'b'],
    ]);
    expect(Object.getPrototypeOf(found?.parameters)).toBeNull();
  });
});
