// What a login is made of: that it can be finished by one browser only, and whom its ID token proves.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  authenticateLogin,
  authorizationUrl,
  freshLoginSecret,
  isLoginSecret,
  loginMaterial,
  openForReturn,
  sealForReturn,
  TokenRefused,
} from '../../src/identity/index.ts';
import { Secret } from '../../src/shared/secret.ts';
import { agentDefinition, configOf, humanSettings } from '../support/config.ts';
import { createIssuer, tokenOf } from '../support/issuer.ts';
import { fixedKeySets } from '../support/key-sets.ts';

const BROWSER = freshLoginSecret((bytes) => Buffer.alloc(bytes, 7));
const OTHER = freshLoginSecret((bytes) => Buffer.alloc(bytes, 8));
const NOW = new Date('2026-03-02T12:00:00Z');
const ISSUER = createIssuer('https://login.example.com', ['ES256']);

describe('what a login is made of', () => {
  it('is a challenge of its verifier, as long as RFC 7636 wants it', () => {
    const { verifier, challenge } = loginMaterial(BROWSER, 'state');
    expect(verifier.open()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(challenge).toBe(createHash('sha256').update(verifier.open()).digest('base64url'));
  });

  it('is the same again for the same browser and state, and different for every other', () => {
    const all = [loginMaterial(BROWSER, 'a'), loginMaterial(BROWSER, 'b'), loginMaterial(OTHER, 'a')];
    const texts = all.flatMap(({ verifier, nonce, challenge }) => [verifier.open(), nonce, challenge]);
    expect(new Set(texts).size).toBe(9);
    expect(loginMaterial(BROWSER, 'a')).toEqual(all[0]);
  });

  it('does not say its secrets where it is printed', () => {
    const { verifier } = loginMaterial(BROWSER, 'a');
    expect(JSON.stringify([BROWSER, verifier])).toBe('["[secret]","[secret]"]');
  });

  it.each([undefined, '', 'x'.repeat(42), 'x'.repeat(44), `${'x'.repeat(42)}=`, `${'x'.repeat(43)}\n`])(
    'is none of %j',
    (text) => {
      expect(isLoginSecret(text)).toBe(false);
      expect(isLoginSecret(BROWSER.open())).toBe(true);
    },
  );
});

describe('what is wanted again after it', () => {
  it('is opened by the browser that sealed it, for that state alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.string(), (text, state) => {
        const sealed = sealForReturn(BROWSER, state, new Secret(text));
        expect(openForReturn(BROWSER, state, sealed).open()).toBe(text);
        expect(() => openForReturn(OTHER, state, sealed)).toThrow();
        expect(() => openForReturn(BROWSER, `${state}x`, sealed)).toThrow();
      }),
      { numRuns: 100 },
    );
  });

  it.each(['', 'AAAA', 'x'.repeat(80)])('is not opened from %j', (sealed) => {
    expect(() => openForReturn(BROWSER, 'state', sealed)).toThrow();
  });
});

describe('where a browser is sent', () => {
  const asking = { clientId: 'a&b', redirectUri: 'https://b.example.com/x?y', state: 's' };
  const material = { challenge: 'c', nonce: 'n' };

  it('keeps the query of the endpoint, but not what would contradict ours', () => {
    const endpoint =
      'https://login.example.com/authorize?tenant=a%20b&scope=everything&scope=more&state=theirs';
    const { searchParams } = new URL(authorizationUrl({ ...asking, endpoint, material }));
    expect(searchParams.getAll('tenant')).toEqual(['a b']);
    expect(searchParams.getAll('scope')).toEqual(['openid email profile']);
    expect(searchParams.getAll('state')).toEqual(['s']);
    expect(searchParams.getAll('client_id')).toEqual(['a&b']);
    expect(searchParams.getAll('redirect_uri')).toEqual([asking.redirectUri]);
  });
});

describe('an ID token', () => {
  const HONEST = {
    aud: 'bailiwick-login',
    sub: 'dana',
    email: 'dana@example.com',
    nonce: 'the-nonce',
    exp: NOW.getTime() / 1000 + 60,
  };
  const config = configOf({
    issuers: [{ issuer: ISSUER.issuer, audience: 'bailiwick', algorithms: ['ES256'] }],
    humans: humanSettings({ issuer: ISSUER.issuer, audienceClaim: 'client_id', types: ['at+jwt'] }),
    agents: [agentDefinition('bot', { identities: [{ issuer: ISSUER.issuer, claims: { sub: 'dana' } }] })],
  });
  const keySets = fixedKeySets({ [ISSUER.issuer]: ISSUER.keys });
  const provenBy = async (claims: object, clientId = 'bailiwick-login', of = config) => {
    const token = new Secret(tokenOf(ISSUER, { ...HONEST, ...claims }));
    const proven = await authenticateLogin(token, { clientId, nonce: 'the-nonce' }, of, keySets, NOW);
    return proven instanceof TokenRefused ? proven.problem : (proven.name ?? proven.id);
  };

  it("is for the client, whatever claim and type people's other tokens are known by", async () => {
    expect(await provenBy({})).toBe('dana@example.com');
    expect(await provenBy({ aud: ['bailiwick-login'], azp: 'bailiwick-login' })).toBe('dana@example.com');
    expect(await provenBy({ aud: 'x', client_id: 'bailiwick-people' })).toBe('audience_wrong');
    expect(await provenBy({ azp: null })).toBe('audience_wrong');
  });

  it.each(['', 'the-nonc', 'the-noncf', 'the-nonce ', ['the-nonce'], null, undefined, true])(
    'of the nonce %j is of another login',
    async (nonce) => {
      expect(await provenBy({ nonce })).toBe('nonce_wrong');
    },
  );

  it('that would prove an agent too proves neither', async () => {
    expect(await provenBy({ aud: 'bailiwick' }, 'bailiwick')).toBe('proves_both');
  });

  it('proves nobody where there are no people', async () => {
    expect(await provenBy({}, 'bailiwick-login', configOf({}))).toBe('issuer_unknown');
  });

  it.each([
    ['  Dana Dee ', 'Dana Dee'],
    ['Dana\u202eevE\u200b\n', 'DanaevE'],
    ['\u2028\u0000', 'dana@example.com'],
    ['', 'dana@example.com'],
    [{ first: 'Dana' }, 'dana@example.com'],
    ['👩🏽'.repeat(80), '👩🏽'.repeat(50)],
  ])('calls the person %j, which is shown as %j', async (name, shown) => {
    expect(await provenBy({ name })).toBe(shown);
  });
});
