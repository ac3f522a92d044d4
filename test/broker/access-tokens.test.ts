// Access tokens of the client credentials grant: what is sent for one, how long it is kept, and what is made of bad answers.
import { beforeEach, describe, expect, it } from 'vitest';
import { type AccessTokens, createAccessTokens } from '../../src/broker/access-tokens.ts';
import type { OAuth2Injection } from '../../src/config/index.ts';
import type { NoAnswer, OutboundAnswer, OutboundRequest } from '../../src/ports/outbound.ts';
import type { SecretFields } from '../../src/ports/secrets.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { Secret } from '../../src/shared/secret.ts';
import { HOUR, SECOND, type TestClock, testClock } from '../support/clock.ts';
import { httpTarget } from '../support/config.ts';
import { jsonAnswer } from '../support/outside.ts';

const TARGET = httpTarget('tickets');
const SETTINGS: OAuth2Injection = {
  tokenUrl: 'https://login.example.com/oauth/token?tenant=a%20b',
  clientId: '${secret.id}',
  clientSecret: '${secret.key}',
  authentication: 'basic',
  private: ['10.0.0.0/8'],
};
const fieldsOf = (id = 'client one', key = 'canary key+:'): SecretFields => ({
  id: new Secret(id),
  key: new Secret(key),
});

let clock: TestClock;
let sent: OutboundRequest[];
let answer: () => Promise<OutboundAnswer | NoAnswer>;
let tokens: AccessTokens;
let fields: SecretFields;
beforeEach(() => {
  clock = testClock();
  sent = [];
  fields = fieldsOf();
  answer = async () =>
    jsonAnswer({ access_token: `canary-${sent.length}`, token_type: 'Bearer', expires_in: 3600 });
  const outbound = {
    send: (request: OutboundRequest) => {
      sent.push(request);
      return answer();
    },
  };
  tokens = createAccessTokens({ outbound, clock });
});

const soon = () => clock.now().getTime() + 20 * SECOND;
const ask = (settings = SETTINGS, refused?: Secret, of = fields) =>
  tokens.token(TARGET, settings, of, soon(), refused);
async function token(...given: Parameters<typeof ask>): Promise<Secret> {
  const got = await ask(...given);
  if (got instanceof Refusal) throw new Error(got.detail);
  return got;
}
const opened = async (...given: Parameters<typeof ask>) => (await token(...given)).open();
const formOf = ({ body }: OutboundRequest) =>
  Object.fromEntries(new URLSearchParams(Buffer.from(body ?? []).toString('utf8')));
const headersOf = ({ headers }: OutboundRequest) =>
  Object.fromEntries(
    headers.map(([name, value]) => [name, typeof value === 'string' ? value : value.open()]),
  );

describe('what is sent', () => {
  it('goes to the token’s own host, with the query of its URL, and once more where a connection breaks', async () => {
    await token();
    expect(sent).toMatchObject([
      {
        to: { target: 'tickets/token', origin: 'https://login.example.com', private: ['10.0.0.0/8'] },
        method: 'POST',
        path: '/oauth/token',
        query: [['tenant', 'a b']],
        timeoutMilliseconds: 20_000,
        mayRepeat: true,
      },
    ]);
  });

  it.each([
    ['https://login.example.com', { ca: 'PEM', caBeside: true }],
    ['https://tickets.example.com:8443', { ca: 'PEM' }],
  ])('to %s trusts the target’s own authority: %j', async (origin, trusts) => {
    const connection = { ...TARGET.connection, baseUrl: 'https://tickets.example.com/api', ca: 'PEM' };
    await tokens.token(
      { ...TARGET, connection },
      { ...SETTINGS, tokenUrl: `${origin}/token` },
      fields,
      soon(),
    );
    const to = { target: 'tickets/token', origin, private: SETTINGS.private };
    expect(sent.map((request) => request.to)).toEqual([{ ...to, ...trusts }]);
  });

  it('proves the client in the header, as a form has it', async () => {
    await token({ ...SETTINGS, scope: 'read write', audience: 'https://api.example.com' });
    const [request] = sent as [OutboundRequest];
    expect(formOf(request)).toEqual({
      grant_type: 'client_credentials',
      scope: 'read write',
      audience: 'https://api.example.com',
    });
    const pair = Buffer.from('client+one:canary+key%2B%3A').toString('base64');
    expect(headersOf(request)).toMatchObject({
      authorization: `Basic ${pair}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(JSON.stringify(request.headers)).not.toContain(pair);
  });

  it('proves the client in the body', async () => {
    await token({ ...SETTINGS, authentication: 'post' });
    const [request] = sent as [OutboundRequest];
    expect(formOf(request)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'client one',
      client_secret: 'canary key+:',
    });
    expect(headersOf(request)).not.toHaveProperty('authorization');
  });
});

describe('a token', () => {
  it('is fetched once for many', async () => {
    expect(await opened()).toBe('canary-1');
    expect(await opened()).toBe('canary-1');
    expect(sent).toHaveLength(1);
  });

  it('is fetched once for many at once', async () => {
    const all = await Promise.all(Array.from({ length: 9 }, () => opened()));
    expect(new Set(all)).toEqual(new Set(['canary-1']));
    expect(sent).toHaveLength(1);
  });

  it.each<[string, unknown, number]>([
    ['as long as it says', 3600, 3570],
    ['as long as it says in a text', '3600', 3570],
    ['five minutes where it says nothing', undefined, 270],
    ['not at all where it ends on its way', 30, 0],
    ['not at all where it is over', -5, 0],
  ])('is kept %s', async (_, expires_in, seconds) => {
    answer = async () => jsonAnswer({ access_token: `canary-${sent.length}`, expires_in });
    await opened();
    if (seconds > 0) {
      clock.advance(seconds * SECOND - 1);
      expect(await opened()).toBe('canary-1');
      clock.advance(1);
    }
    expect(await opened()).toBe('canary-2');
  });

  it('is kept no longer where the clock is set back', async () => {
    expect(await opened()).toBe('canary-1');
    clock.advance(-HOUR);
    expect(await opened()).toBe('canary-1');
    clock.advance(HOUR);
    expect(await opened()).toBe('canary-2');
  });

  it('that was refused is not given again, and not fetched again by others', async () => {
    const first = await token();
    clock.advance(10 * SECOND);
    expect(await opened(SETTINGS, first)).toBe('canary-2');
    // Whoever had the first one, too.
    expect(await opened(SETTINGS, first)).toBe('canary-2');
    expect(await opened()).toBe('canary-2');
    expect(sent).toHaveLength(2);
  });

  it('that was refused as soon as it came is fetched again, and the next not again at once', async () => {
    const first = await token();
    expect(await opened(SETTINGS, first)).toBe('canary-2');
    const second = await token();
    clock.advance(10 * SECOND - 1);
    expect(await opened(SETTINGS, second)).toBe('canary-2');
    expect(sent).toHaveLength(2);
    clock.advance(1);
    expect(await opened(SETTINGS, second)).toBe('canary-3');
  });

  it('that many were refused with at once is fetched again once', async () => {
    const first = await token();
    clock.advance(10 * SECOND);
    const all = await Promise.all(Array.from({ length: 9 }, () => opened(SETTINGS, first)));
    expect(new Set(all)).toEqual(new Set(['canary-2']));
    expect(sent).toHaveLength(2);
  });

  it('is fetched with the secret of now', async () => {
    await opened();
    const rotated = fieldsOf('client one', 'canary-new');
    expect(await opened(SETTINGS, undefined, rotated)).toBe('canary-2');
    expect(
      Buffer.from(
        headersOf(sent[1] as OutboundRequest)['authorization']?.slice(6) ?? '',
        'base64',
      ).toString(),
    ).toBe('client+one:canary-new');
  });

  it('of another injection is another', async () => {
    expect(await opened()).toBe('canary-1');
    expect(await opened({ ...SETTINGS, scope: 'read' })).toBe('canary-2');
  });
});

describe('a bad answer', () => {
  const ANSWERS: readonly [string, OutboundAnswer | NoAnswer][] = [
    ['none', { problem: 'unavailable', sent: false, detail: 'The target refused the connection.' }],
    ['too late', { problem: 'timeout', sent: true, detail: 'Slow.' }],
    ['an error', jsonAnswer({ error: 'invalid_client', error_description: 'canary' }, 401)],
    ['a redirect', { status: 302, headers: [['location', 'https://canary.example']], body: Buffer.from('') }],
    ['no JSON', { status: 200, headers: [], body: Buffer.from('access_token=canary') }],
    ['no object', jsonAnswer(['canary'])],
    ['no token', jsonAnswer({ token_type: 'Bearer' })],
    ['an empty token', jsonAnswer({ access_token: '' })],
    ['a token that is no text', jsonAnswer({ access_token: 7 })],
    ['a token of a kind that needs more', jsonAnswer({ access_token: 'canary', token_type: 'DPoP' })],
    ['a token with a line break', jsonAnswer({ access_token: 'canary\r\nx: y' })],
    ['a token with a control character', jsonAnswer({ access_token: 'canary\u0007' })],
    ['a token that ends with a blank', jsonAnswer({ access_token: 'canary ' })],
    ['a token beyond Latin-1', jsonAnswer({ access_token: 'canary☃' })],
    ['a token without end', jsonAnswer({ access_token: 'x'.repeat(20_000) })],
  ];
  it.each(ANSWERS)(
    'is %s: target_unavailable, said without a word of it, and tried again',
    async (_, bad) => {
      const good = answer;
      answer = async () => bad;
      const refused = await ask();
      expect(refused).toMatchObject({ code: 'target_unavailable', extras: { retryAfterSeconds: 5 } });
      expect((refused as Refusal).detail).toMatch(/^The token endpoint of tickets /);
      expect(JSON.stringify(refused) + (refused as Refusal).detail).not.toContain('canary');
      answer = good;
      clock.advance(5 * SECOND);
      expect(await opened()).toBe('canary-2');
    },
  );

  it.each([
    ['The target refused the connection.', 'it refused the connection'],
    ["The target's certificate has expired.", 'its certificate has expired'],
    [
      'The target has an address that is not dialled (private).',
      'it has an address that is not dialled (private)',
    ],
    ["The target's name was not found.", 'its name was not found'],
    ['No connection to the target within 5 s.', 'no connection to it within 5 s'],
    [
      'The answer has more than the 262144 bytes that are taken.',
      'the answer has more than the 262144 bytes that are taken',
    ],
  ])('that says %j of the target says so of the token endpoint', async (detail, why) => {
    answer = async () => ({ problem: 'unavailable', sent: false, detail });
    expect(await ask()).toMatchObject({
      detail: `The token endpoint of tickets gave the broker no access token: ${why}. Nothing was sent to the target.`,
    });
  });

  it('that says when to try again is tried again then', async () => {
    const detail = 'The target did not answer lately, and is left alone for a while.';
    answer = async () => ({ problem: 'unavailable', sent: false, detail, retryAfterSeconds: 9 });
    expect(await ask()).toMatchObject({ extras: { retryAfterSeconds: 9 } });
  });

  it('is given to all who waited for it, and to nobody after', async () => {
    const good = answer;
    answer = async () => jsonAnswer({}, 500);
    const all = await Promise.all([ask(), ask(), ask()]);
    expect(all.every((one) => one instanceof Refusal)).toBe(true);
    expect(sent).toHaveLength(1);
    answer = good;
    expect(await opened()).toBe('canary-2');
  });

  it.each([400, 401, 403])(
    'with %d, which refuses the client, is not asked for again before the time that was told, unless the secret is another',
    async (status) => {
      const good = answer;
      answer = async () => jsonAnswer({ error: 'invalid_client' }, status);
      const refused = await ask();
      clock.advance(5 * SECOND - 1);
      expect(await ask()).toEqual(refused);
      expect(sent).toHaveLength(1);
      answer = good;
      const rotated = fieldsOf('client one', 'canary-new');
      expect(await opened(SETTINGS, undefined, rotated)).toBe('canary-2');
      expect(await ask()).toEqual(refused);
      clock.advance(1);
      expect(await opened()).toBe('canary-3');
    },
  );

  it('leaves a token in place that is still good for others', async () => {
    const first = await token();
    clock.advance(10 * SECOND);
    answer = async () => jsonAnswer({}, 500);
    expect(await ask(SETTINGS, first)).toBeInstanceOf(Refusal);
    expect(await opened()).toBe('canary-1');
  });

  it('names the field that a secret lacks, and asks nobody', async () => {
    const refused = await ask(SETTINGS, undefined, { id: new Secret('x') });
    expect(refused).toMatchObject({ code: 'target_unavailable' });
    expect((refused as Refusal).detail).toContain('`key`');
    expect(sent).toEqual([]);
  });
});
