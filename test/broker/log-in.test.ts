// A person logs in with their browser, at a real provider: what works, and what attackers try.
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createCodeExchange } from '../../src/adapters/network/code-exchange.ts';
import { createKeySets } from '../../src/adapters/network/key-sets.ts';
import {
  type AnsweredLogin,
  beginLogin,
  type FinishedLogin,
  finishLogin,
  LOGIN_CALLBACK_PATH,
  LOGIN_SECONDS,
  type LoginDependencies,
  SESSION_SECONDS,
  sessionOf,
  type WantedLogin,
} from '../../src/broker/index.ts';
import type { HumanSettings } from '../../src/config/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { Secret } from '../../src/shared/secret.ts';
import { humanSettings } from '../support/config.ts';
import { part } from '../support/issuer.ts';
import { type OidcProvider, startOidcProvider } from '../support/oidc-provider.ts';
import { PUBLIC_URL } from '../support/parts.ts';
import { createWorld, type World } from '../support/world.ts';

const APPROVAL = 'appr_01jqw0000000000000000000aa';
const CLIENT_SECRET = 'canary-client-secret';
const DANA = { email: 'dana@example.com', email_verified: true, name: 'Dana Dee', groups: ['owners', 7] };

interface Setup {
  readonly world: World;
  readonly provider: OidcProvider;
  readonly dependencies: LoginDependencies;
  readonly humans: HumanSettings;
}

let world: World;
let provider: OidcProvider;
let dependencies: LoginDependencies;
let humans: HumanSettings;

async function setUp({
  clientSecret = CLIENT_SECRET,
  clientId = 'bailiwick-login',
}: {
  clientSecret?: string | null;
  clientId?: string;
} = {}): Promise<Setup> {
  const made = await createWorld();
  const started = await startOidcProvider({
    client: {
      clientId,
      ...(clientSecret === null ? {} : { clientSecret }),
      redirectUris: [`${PUBLIC_URL}/approve/login/callback`],
    },
    people: { dana: DANA, eve: { email: 'eve@example.com', email_verified: true } },
    now: () => made.clock.now(),
  });
  onTestFinished(() => started.close());
  const login = { clientId, secret: 'oidc-login' };
  const settings = humanSettings({ issuer: started.issuer, login });
  await made.use({ humans: settings });
  made.outside.stored.set('oidc-login', clientSecret === null ? {} : { clientSecret });
  return {
    world: made,
    provider: started,
    humans: settings,
    dependencies: {
      ...made.dependencies,
      keySets: createKeySets({ clock: made.clock, allowLoopback: true }),
      codeExchange: createCodeExchange({ clock: made.clock, allowLoopback: true }),
      secrets: made.outside.secrets,
    },
  };
}

beforeEach(async () => {
  ({ world, provider, dependencies, humans } = await setUp());
});

/** A browser that was sent to log in, and the one secret that it was given. */
async function begun(wanted: Partial<WantedLogin> = {}) {
  const login = await beginLogin(dependencies, { approval: APPROVAL, ...wanted });
  if (login instanceof Refusal) throw new Error(`refused: ${login.detail}`);
  return login;
}

const queryOf = (url: string): AnsweredLogin['query'] => [...new URL(url).searchParams];

function finish(query: AnsweredLogin['query'], cookie: Secret | undefined) {
  const caller = world.caller(LOGIN_CALLBACK_PATH, null, {});
  return finishLogin(dependencies, { ...caller, token: undefined }, { query, cookie });
}

/** The whole of it. */
async function logIn(wanted: Partial<WantedLogin> = {}) {
  const { location, cookie } = await begun(wanted);
  return finish(queryOf(await provider.visit(location)), cookie);
}

async function loggedIn(wanted: Partial<WantedLogin> = {}): Promise<FinishedLogin> {
  const finished = await logIn(wanted);
  if (finished instanceof Refusal) throw new Error(`refused: ${finished.detail}`);
  return finished;
}

const changed = (query: AnsweredLogin['query'], name: string, value?: string): AnsweredLogin['query'] => [
  ...query.filter(([known]) => known !== name),
  ...(value === undefined ? [] : [[name, value] as const]),
];

/** The words of a refusal; what is none says so. */
const wordsOf = (answer: unknown) => (answer instanceof Refusal ? `${answer.code}: ${answer.detail}` : 'ok');
const NOT_BEGUN_HERE =
  /^unauthenticated: This login is over, was used before, or was begun in another browser/;

describe('a login', () => {
  it('says who it is, and goes on where it began, for a quarter of an hour', async () => {
    const key = new Secret('canary-link-key');
    const finished = await loggedIn({ key });
    expect(finished).toMatchObject({
      approval: APPROVAL,
      person: { kind: 'human', id: 'dana@example.com', name: 'Dana Dee', groups: ['owners'] },
      expiresAt: world.clock.in(SESSION_SECONDS * 1000),
    });
    expect(finished.key?.equals(key)).toBe(true);
    const { session } = finished;
    world.clock.advance(SESSION_SECONDS * 1000 - 1);
    expect(await sessionOf(dependencies, session)).toEqual({
      person: finished.person,
      expiresAt: finished.expiresAt,
    });
    world.clock.advance(1);
    expect(await sessionOf(dependencies, session)).toBeUndefined();
  });

  it('sends the browser with all that the flow needs, and to nobody but the provider', async () => {
    const { location } = await begun();
    const { origin, pathname, searchParams } = new URL(location);
    expect(origin + pathname).toBe(`${provider.issuer}/authorize`);
    expect(Object.fromEntries(searchParams)).toEqual({
      tenant: 'acme',
      response_type: 'code',
      client_id: 'bailiwick-login',
      redirect_uri: `${PUBLIC_URL}/approve/login/callback`,
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
  });

  it('needs no secret of a public client', async () => {
    ({ world, provider, dependencies } = await setUp({ clientSecret: null }));
    await loggedIn();
    expect(provider.redeemed).toMatchObject([
      { authorization: undefined, form: { client_id: 'bailiwick-login' } },
    ]);
  });

  it('is for a client whose id looks like what is masked', async () => {
    ({ world, provider, dependencies } = await setUp({ clientId: 'bailiwick@clients.example.com' }));
    const { session } = await loggedIn();
    expect(await sessionOf(dependencies, session)).toMatchObject({ person: { id: 'dana@example.com' } });
  });

  it('takes a name from the file where that knows the person', async () => {
    const people = [{ id: DANA.email, name: 'Dana of the file', groups: ['elsewhere'] }];
    await world.use({ humans: { ...humans, people } });
    expect((await loggedIn()).person).toMatchObject({ name: 'Dana of the file', groups: ['owners'] });
  });

  it('may go on in two tabs of one browser at once', async () => {
    const first = await begun();
    const second = await begun({ cookie: first.cookie });
    expect(second.cookie.equals(first.cookie)).toBe(true);
    for (const { location, cookie } of [second, first]) {
      expect(wordsOf(await finish(queryOf(await provider.visit(location)), cookie))).toBe('ok');
    }
  });

  it('is not for who has a cookie of another form', async () => {
    const cookie = new Secret('of their own choice');
    expect((await begun({ cookie })).cookie.equals(cookie)).toBe(false);
  });

  it('keeps nothing that finishes it, opens a session or is a key; nor logs it', async () => {
    const key = new Secret('canary-link-key');
    const { location, cookie } = await begun({ key });
    const back = queryOf(await provider.visit(location));
    const { session } = (await finish(back, cookie)) as FinishedLogin;
    const { state = '', nonce = '', code_challenge: challenge = '' } = Object.fromEntries(queryOf(location));
    const verifier = provider.redeemed[0]?.form['code_verifier'] ?? '';
    const code = Object.fromEntries(back)['code'] ?? '';
    const kept = JSON.stringify([world.records.all(), world.events.all(), world.logged]);
    expect(kept).toContain(sha256(state));
    const secrets = [key.open(), cookie.open(), session.open(), state, nonce, challenge, verifier, code];
    for (const secret of [...secrets, CLIENT_SECRET, 'canary-access-token']) {
      expect(secret.length).toBeGreaterThan(10);
      expect(kept).not.toContain(secret);
    }
  });
});

describe('what attackers try', () => {
  it('a state replayed: two callbacks give one login, be they at once', async () => {
    const { location, cookie } = await begun();
    const query = queryOf(await provider.visit(location));
    const answers = await Promise.all(Array.from({ length: 20 }, () => finish(query, cookie)));
    const words = answers.map(wordsOf);
    expect(words.filter((one) => one === 'ok')).toHaveLength(1);
    for (const one of words.filter((given) => given !== 'ok')) expect(one).toMatch(NOT_BEGUN_HERE);
    expect(provider.redeemed).toHaveLength(1);
    // Nor with a fresh code.
    const again = queryOf(await provider.visit(location));
    expect(wordsOf(await finish(again, cookie))).toMatch(NOT_BEGUN_HERE);
    expect(provider.redeemed).toHaveLength(1);
  });

  it('a callback in another browser, so that its person acts as the attacker (login CSRF)', async () => {
    const attacker = await begun();
    const victim = await begun();
    const query = queryOf(await provider.visit(attacker.location));
    for (const cookie of [undefined, victim.cookie, new Secret(''), new Secret('x'.repeat(43))]) {
      expect(wordsOf(await finish(query, cookie))).toMatch(NOT_BEGUN_HERE);
    }
    expect(provider.redeemed).toEqual([]);
    // Nor does trying it end the login of the browser that began it.
    expect(wordsOf(await finish(query, attacker.cookie))).toBe('ok');
  });

  it('a code of another login put into this one', async () => {
    const attacker = await begun();
    const victim = await begun();
    const stolen = Object.fromEntries(queryOf(await provider.visit(attacker.location)))['code'];
    const query = changed(queryOf(await provider.visit(victim.location)), 'code', stolen);
    expect(wordsOf(await finish(query, victim.cookie))).toMatch(
      /^unauthenticated: .*took its own answer back/,
    );
  });

  it('a code of another login where the provider knows no PKCE: the nonce is not that of this one', async () => {
    provider.odd = { ignoresChallenge: true };
    const attacker = await begun();
    const victim = await begun();
    const stolen = Object.fromEntries(queryOf(await provider.visit(attacker.location)))['code'];
    const query = changed(queryOf(await provider.visit(victim.location)), 'code', stolen);
    expect(wordsOf(await finish(query, victim.cookie))).toMatch(
      /^unauthenticated: .*does not prove who you are/,
    );
    expect(world.told('token.refused')).toMatchObject([{ reason: 'nonce_wrong' }]);
  });

  it.each([
    ['nonce', { nonce: 'x'.repeat(43) }, 'nonce_wrong'],
    ['no nonce', { nonce: undefined }, 'nonce_wrong'],
    ['another audience', { aud: 'another-client' }, 'audience_wrong'],
    ["the audience of people's other tokens", { aud: 'bailiwick-people' }, 'audience_wrong'],
    ['another party that it was given to', { azp: 'another-client' }, 'audience_wrong'],
    ['several audiences, and none it was given to', { aud: ['bailiwick-login', 'x'] }, 'audience_wrong'],
    ['another issuer', { iss: 'https://evil.example.com' }, 'issuer_unknown'],
    ['an end that has passed', { exp: 1 }, 'expired'],
    ['no end', { exp: undefined }, 'expiry_missing'],
    ['an address that nobody verified', { email_verified: false }, 'email_not_verified'],
    ['an address that nobody verified, in text', { email_verified: 'false' }, 'email_not_verified'],
    ['no address', { email: undefined }, 'person_id_missing'],
    ['a key that it is bound to', { cnf: { jkt: 'x' } }, 'bound_to_a_key'],
  ])('an ID token with %s', async (_, claims, reason) => {
    provider.odd = { claims };
    expect(wordsOf(await logIn())).toMatch(/^unauthenticated: .*You are not logged in/);
    expect(world.told('token.refused')).toMatchObject([{ reason }]);
    expect(world.records.all().filter(({ key }) => key.partition.startsWith('session/'))).toEqual([]);
  });

  it.each([
    ['unsigned', (token: string) => `${part({ alg: 'none' })}.${token.split('.')[1]}.`, 'not_compact'],
    [
      'of the algorithm none, with a signature',
      (token: string) => `${part({ alg: 'none', typ: 'JWT' })}.${token.split('.').slice(1).join('.')}`,
      'algorithm_not_allowed',
    ],
    ['signed by nobody', (token: string) => `${token.slice(0, -8)}AAAAAAAA`, 'signature_wrong'],
    ['no token', () => 'token', 'not_compact'],
  ])('an ID token that is %s', async (_, idToken, reason) => {
    provider.odd = { idToken };
    expect(wordsOf(await logIn())).toMatch(/^unauthenticated: /);
    expect(world.told('token.refused')).toMatchObject([{ reason }]);
  });

  it('takes several audiences where the token names the one that asked, and claims that people must have', async () => {
    provider.odd = { claims: { aud: ['x', 'bailiwick-login'], azp: 'bailiwick-login', hd: 'example.com' } };
    await world.use({ humans: { ...humans, claims: { hd: 'example.com' } } });
    expect(wordsOf(await logIn())).toBe('ok');
    provider.odd = {};
    expect(wordsOf(await logIn())).toMatch(
      /^unauthenticated: This account is not one of those who decide here/,
    );
  });

  it.each([
    ['another', { iss: 'https://evil.example.com' }],
    ['none, though the provider always names itself', { iss: undefined }],
  ])('an answer that comes from another provider (mix-up): by name %s', async (_, back) => {
    provider.odd = { back };
    expect(wordsOf(await logIn())).toMatch(/^unauthenticated: The answer is not from the provider/);
    expect(provider.redeemed).toEqual([]);
  });

  it('a provider that never names itself need not', async () => {
    const discovery = { authorization_response_iss_parameter_supported: undefined };
    provider.odd = { discovery, back: { iss: undefined } };
    expect(wordsOf(await logIn())).toBe('ok');
  });

  it('a name that stands twice in what the browser brings', async () => {
    const { location, cookie } = await begun();
    const query = queryOf(await provider.visit(location));
    const { state = '' } = Object.fromEntries(query);
    expect(wordsOf(await finish([...query, ['state', state]], cookie))).toMatch(NOT_BEGUN_HERE);
    expect(wordsOf(await finish([...query, ['code', 'x']], cookie))).toMatch(/did not say who you are/);
  });

  it('a session that was made up, is empty, or is another cookie', async () => {
    const { cookie } = await begun();
    for (const session of [
      undefined,
      new Secret(''),
      new Secret('x'.repeat(43)),
      cookie,
      new Secret('../x'),
    ]) {
      expect(await sessionOf(dependencies, session)).toBeUndefined();
    }
  });
});

describe('a login that goes wrong', () => {
  it('is over after ten minutes', async () => {
    const { location, cookie } = await begun();
    const query = queryOf(await provider.visit(location));
    world.clock.advance(LOGIN_SECONDS * 1000);
    expect(wordsOf(await finish(query, cookie))).toMatch(NOT_BEGUN_HERE);
    expect(provider.redeemed).toEqual([]);
  });

  it.each([
    ['access_denied', /^unauthenticated: The login was declined/],
    ['temporarily_unavailable', /^target_unavailable: .*can't log anybody in just now/],
    ['invalid_scope', /^unauthenticated: .*refused with `invalid_scope`/],
    ['<script>alert(1)</script>', /^unauthenticated: The login provider did not say who you are/],
  ])('because the provider says %s', async (error, words) => {
    provider.odd = { back: { error, error_description: 'canary-description', code: undefined } };
    const refusal = await logIn();
    expect(wordsOf(refusal)).toMatch(words);
    expect(wordsOf(refusal)).not.toMatch(/script|canary/);
  });

  it('because there is no login, or it is another one by now', async () => {
    const { location, cookie } = await begun();
    const query = queryOf(await provider.visit(location));
    const { session } = await loggedIn();
    for (const other of [
      { ...humans, login: { clientId: 'another', secret: 'oidc-login' } },
      { ...humans, issuer: 'https://other.example.com' },
    ]) {
      await world.use({ humans: other });
      expect(await sessionOf(dependencies, session)).toBeUndefined();
    }
    expect(wordsOf(await finish(query, cookie))).toMatch(NOT_BEGUN_HERE);
    const { login: _, ...without } = humans;
    for (const none of [without, undefined]) {
      await world.use({ humans: none });
      const refusal = await beginLogin(dependencies, { approval: APPROVAL });
      expect(wordsOf(refusal)).toMatch(/^not_permitted: Nobody can log in here/);
      expect(await sessionOf(dependencies, session)).toBeUndefined();
    }
    await world.use({ humans: { ...humans, groups: ['more'] } });
    expect(await sessionOf(dependencies, session)).toBeDefined();
  });

  it('because the provider is gone, at the beginning and at the end', async () => {
    const { location, cookie } = await begun();
    const query = queryOf(await provider.visit(location));
    await provider.close();
    expect(wordsOf(await finish(query, cookie))).toMatch(
      /^target_unavailable: The login provider did not answer/,
    );
    world.clock.advance(3_600_000);
    const refusal = await beginLogin(dependencies, { approval: APPROVAL });
    expect(wordsOf(refusal)).toMatch(/^target_unavailable: The login provider did not answer/);
  });

  it("because the broker's secret is wrong; not where a new one was just stored", async () => {
    await loggedIn();
    world.outside.stored.set('oidc-login', { clientSecret: 'replaced' });
    const client = Reflect.get(provider, 'options').client as { clientSecret: string };
    client.clientSecret = 'replaced';
    expect(wordsOf(await logIn())).toBe('ok');
    expect(world.outside.readFresh).toEqual(['oidc-login']);
    client.clientSecret = 'another';
    expect(wordsOf(await logIn())).toMatch(
      /^target_unavailable: .*refuses the broker's own client id or secret/,
    );
  });

  it('because the secret is not in the store', async () => {
    world.outside.stored.delete('oidc-login');
    expect(wordsOf(await logIn())).toMatch(/^target_unavailable: The secret .* is not in its store/);
  });

  it('because a back end of our own is gone, which is a fault', async () => {
    world.meddle = () => {
      throw new Error('gone');
    };
    await expect(logIn()).rejects.toThrow('gone');
  });
});
