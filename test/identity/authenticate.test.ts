// Which agent or person a valid token proves: one agent or none, agents and people apart, and nothing once it is changed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claims } from '../../src/config/index.ts';
import { authenticateAgent, authenticateHuman, TokenRefused, verifyToken } from '../../src/identity/index.ts';
import type { KeySets } from '../../src/ports/key-sets.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { agentDefinition, configOf, humanSettings } from '../support/config.ts';
import { createIssuer, SIGNED_WITH, tokenOf } from '../support/issuer.ts';
import { fixedKeySets } from '../support/key-sets.ts';

const NOW = new Date('2026-03-02T12:00:00Z');
const ISSUER = createIssuer('https://issuer.example.com');
const OTHER = createIssuer('https://other.example.com', ['ES256']);
const rulesOf = (issuer: string, audience = 'bailiwick') => ({ issuer, audience, algorithms: SIGNED_WITH });
const keySets = () => fixedKeySets({ [ISSUER.issuer]: ISSUER.keys, [OTHER.issuer]: OTHER.keys });
const HONEST = { aud: 'bailiwick', sub: 'repo:acme/reports', exp: NOW.getTime() / 1000 + 60 };

function configFor(agents: Readonly<Record<string, readonly { issuer?: string; claims: Claims }[]>>) {
  return configOf({
    issuers: [rulesOf(ISSUER.issuer), rulesOf(OTHER.issuer)],
    humans: humanSettings(rulesOf(ISSUER.issuer, 'bailiwick-people')),
    agents: Object.entries(agents).map(([id, identities]) =>
      agentDefinition(id, {
        identities: identities.map(({ issuer = ISSUER.issuer, claims }) => ({ issuer, claims })),
      }),
    ),
  });
}

/** The agent's id, or why there is none. */
async function provenBy(
  claims: Readonly<Record<string, unknown>>,
  agents: Parameters<typeof configFor>[0],
  issuer = ISSUER,
): Promise<string> {
  const token = tokenOf(issuer, { ...HONEST, ...claims });
  const proven = await authenticateAgent(token, configFor(agents), keySets(), NOW);
  if (proven instanceof TokenRefused) return proven.problem;
  return proven.kind === 'stranger' ? proven.why : proven.agent;
}

describe('one agent or none', () => {
  const claims = { repository_id: '1296269' };

  it('is unknown_agent where no identity fits', async () => {
    expect(await provenBy({ repository_id: '1' }, { bot: [{ claims }] })).toBe('unknown_agent');
    expect(await provenBy(claims, {})).toBe('unknown_agent');
  });

  it('is ambiguous_identity where two agents fit, even if one fits better', async () => {
    const agents = { bot: [{ claims }], other: [{ claims: { ...claims, ref: 'main' } }] };
    expect(await provenBy({ ...claims, ref: 'main' }, agents)).toBe('ambiguous_identity');
    expect(await provenBy({ ...claims, ref: 'else' }, agents)).toBe('bot');
  });

  it('is one agent where two of its own identities fit', async () => {
    expect(await provenBy(claims, { bot: [{ claims }, { claims: { sub: HONEST.sub } }] })).toBe('bot');
  });

  it('takes the same claims of another issuer for another identity', async () => {
    expect(await provenBy(claims, { bot: [{ claims }] }, OTHER)).toBe('unknown_agent');
    expect(await provenBy(claims, { bot: [{ issuer: OTHER.issuer, claims }] }, OTHER)).toBe('bot');
  });

  it('says who and by which token, but not the token', async () => {
    const token = tokenOf(ISSUER, { ...HONEST, ...claims });
    const proven = await authenticateAgent(token, configFor({ bot: [{ claims }] }), keySets(), NOW);
    expect(proven).toEqual({
      kind: 'agent',
      agent: 'bot',
      issuer: ISSUER.issuer,
      subject: HONEST.sub,
      tokenHash: sha256(token),
      expiresAt: new Date(HONEST.exp * 1000),
    });
  });
});

describe('a token that never ends', () => {
  it.each([8_639_999_999_940, 1e13, Number.MAX_SAFE_INTEGER, 1e300])('%d', async (exp) => {
    const proven = await authenticateAgent(
      tokenOf(ISSUER, { ...HONEST, exp }),
      configFor({ bot: [{ claims: { sub: HONEST.sub } }] }),
      keySets(),
      NOW,
    );
    expect(proven).toMatchObject({ agent: 'bot', expiresAt: new Date('9999-01-01T00:00:00Z') });
  });
});

describe('agents and people of one issuer', () => {
  const config = configFor({ bot: [{ claims: { sub: 'dana' } }] });
  const person = { ...HONEST, aud: 'bailiwick-people', sub: 'dana', email: 'dana@example.com' };

  it('keeps them apart by audience', async () => {
    const ofPerson = tokenOf(ISSUER, { ...person, groups: ['security', 7, null, 'operators'] });
    const ofAgent = tokenOf(ISSUER, { ...person, aud: 'bailiwick' });
    expect(await authenticateHuman(ofPerson, config, keySets(), NOW)).toEqual({
      kind: 'human',
      id: 'dana@example.com',
      groups: ['security', 'operators'],
      tokenHash: sha256(ofPerson),
    });
    expect(await authenticateAgent(ofAgent, config, keySets(), NOW)).toMatchObject({ agent: 'bot' });
    const wrong = new TokenRefused('audience_wrong', ISSUER.issuer);
    expect(await authenticateAgent(ofPerson, config, keySets(), NOW)).toEqual(wrong);
    expect(await authenticateHuman(ofAgent, config, keySets(), NOW)).toEqual(wrong);
  });

  it('takes a token for both for neither', async () => {
    const both = tokenOf(ISSUER, { ...person, aud: ['bailiwick', 'bailiwick-people'] });
    expect(await authenticateHuman(both, config, keySets(), NOW)).toEqual(
      new TokenRefused('proves_both', ISSUER.issuer),
    );
    expect(await authenticateAgent(both, config, keySets(), NOW)).toMatchObject({
      kind: 'stranger',
      why: 'ambiguous_identity',
    });
  });

  it.each(['security', { 0: 'security' }, null, undefined])(
    'takes groups that are %j for none',
    async (groups) => {
      const token = tokenOf(ISSUER, { ...person, groups });
      expect(await authenticateHuman(token, config, keySets(), NOW)).toMatchObject({ groups: [] });
    },
  );
});

describe('any change of a token', () => {
  it('is refused', async () => {
    const rules = rulesOf(ISSUER.issuer);
    const tokens = SIGNED_WITH.map((algorithm) => tokenOf(ISSUER, HONEST, algorithm));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tokens),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 1 }),
        async (...of) => {
          const [token, place, character] = of;
          const at = place % token.length;
          const other = token.slice(0, at) + character + token.slice(at + 1);
          fc.pre(other !== token);
          expect(await verifyToken(other, ISSUER.keys, rules, NOW)).toBeInstanceOf(TokenRefused);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('never throws, whatever text it is', async () => {
    const rules = rulesOf(ISSUER.issuer);
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(part, { maxLength: 5 }).map((parts) => parts.join('.')),
        ),
        async (text) => {
          expect(await verifyToken(text, ISSUER.keys, rules, NOW)).toBeInstanceOf(TokenRefused);
        },
      ),
    );
  });
});

describe('a token whose key is not known', () => {
  const config = configFor({ bot: [{ claims: { sub: HONEST.sub } }] });
  const fresh = createIssuer(ISSUER.issuer, ['ES256']);
  const forger = createIssuer(ISSUER.issuer, ['ES256']);

  /** Keys that are fetched again where those at hand do not serve, as the port says. */
  function rotated() {
    const asked: (readonly [string | undefined, boolean | undefined])[] = [];
    const sets: KeySets = {
      async keys(_, kid, serves) {
        const enough = serves?.(ISSUER.keys);
        asked.push([kid, enough]);
        return enough === false ? fresh.keys : ISSUER.keys;
      },
    };
    return { sets, asked };
  }

  it.each([
    ['of a known key', ISSUER, 'bot', true],
    ['of a new key', fresh, 'bot', false],
    ['of nobody’s', forger, 'signature_wrong', false],
  ] as const)('%s and names none: %s', async (_, issuer, expected, enough) => {
    const { sets, asked } = rotated();
    const proven = await authenticateAgent(
      tokenOf(issuer, HONEST, 'ES256', { kid: null }),
      config,
      sets,
      NOW,
    );
    expect(proven).toMatchObject(expected === 'bot' ? { agent: expected } : { problem: expected });
    expect(asked).toEqual([[undefined, enough]]);
  });

  it('is asked for by its name where it names one', async () => {
    const { sets, asked } = rotated();
    await authenticateAgent(tokenOf(fresh, HONEST), config, sets, NOW);
    expect(asked).toEqual([['key-es256', undefined]]);
  });

  it('causes no question where it can never be right', async () => {
    const { sets, asked } = rotated();
    const expired = tokenOf(fresh, { ...HONEST, exp: 1 }, 'ES256', { kid: null });
    expect(await authenticateAgent(expired, config, sets, NOW)).toMatchObject({ problem: 'expired' });
    expect(asked).toEqual([]);
  });
});

it('throws the fault on where the keys cannot be had', async () => {
  const config = configFor({ bot: [{ claims: { sub: HONEST.sub } }] });
  await expect(
    authenticateAgent(tokenOf(ISSUER, HONEST), config, fixedKeySets({}), NOW),
  ).rejects.toMatchObject({
    name: 'Unavailable',
    backend: 'keys',
  });
});
