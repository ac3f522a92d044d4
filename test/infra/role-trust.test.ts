// A role's trust takes what the broker asks STS for, and nothing that differs from it; the Revoker writes what is bounded.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  keptStatement,
  revokerPolicy,
  revokerTrust,
  roleTrust,
  type Trusting,
} from '../../infra/role-trust.ts';
import type { Level, PublishedActions } from '../../src/config/iam/index.ts';
import { sessionRequest } from '../../src/credentials/index.ts';
import type { SessionRequest } from '../../src/ports/session-issuer.ts';
import { makeId } from '../../src/shared/ids.ts';
import { type IamPolicy, type IamStatement, verdictOf } from '../support/iam/evaluate.ts';
import { createWorld, TARGETS } from '../support/world.ts';

const ISSUER = 'arn:aws:iam::111122223333:role/Bailiwick-Issue';
const CALLER = 'arn:aws:iam::111122223333:role/Bailiwick-Call';
const ACTIONS = new URL('../../src/config/iam/actions.json', import.meta.url);
const ROLE = 'arn:aws:iam::444455556666:role/orders';
const TRUSTING: Trusting = {
  roleArns: [ISSUER],
  accountArn: 'arn:aws:iam::111122223333:root',
  externalId: 'orders-7',
};

/** A trust policy is of one role, and so names none. */
function onTheRole({ Statement }: { readonly Statement: readonly unknown[] }): IamPolicy {
  return { Statement: Statement.map((one) => ({ ...(one as IamStatement), Resource: ROLE })) };
}

interface Asking extends Pick<SessionRequest, 'tags' | 'sourceIdentity' | 'externalId'> {
  readonly principal: string;
  readonly transitive: readonly string[];
}

/** Each of the three actions with the keys that AWS lists for it, and with no other. */
function isTaken(
  trust: IamPolicy,
  { principal, tags, transitive, sourceIdentity, externalId }: Asking,
): boolean {
  const caller = { 'aws:PrincipalArn': principal };
  const tagged = {
    ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:RequestTag/${name}`, value])),
    ...(Object.keys(tags).length === 0 ? {} : { 'aws:TagKeys': Object.keys(tags) }),
    ...(transitive.length === 0 ? {} : { 'sts:TransitiveTagKeys': transitive }),
  };
  const named = sourceIdentity === '' ? {} : { 'sts:SourceIdentity': sourceIdentity };
  const known = externalId === undefined || externalId === '' ? {} : { 'sts:ExternalId': externalId };
  const verdicts = [
    verdictOf(trust, {
      action: 'sts:AssumeRole',
      resource: ROLE,
      context: { ...caller, ...tagged, ...named, ...known },
    }),
    verdictOf(trust, { action: 'sts:TagSession', resource: ROLE, context: { ...caller, ...tagged } }),
    // Asked only where there is one.
    ...(sourceIdentity === ''
      ? []
      : [
          verdictOf(trust, {
            action: 'sts:SetSourceIdentity',
            resource: ROLE,
            context: { ...caller, ...named },
          }),
        ]),
  ];
  return verdicts.every((verdict) => verdict === 'allow');
}

/** As the broker asks for a session of an open task. */
async function asked(): Promise<Asking> {
  const world = await createWorld();
  const { task } = await world.opened();
  const [target] = TARGETS;
  const definition = target?.capabilities['read'];
  if (target === undefined || definition === undefined) throw new Error('no such capability');
  const connection = { roleArn: ROLE, externalId: 'orders-7' };
  const now = world.clock.now();
  const grants = [{ definition, parameters: { prefix: 'team-a' } }];
  const request = sessionRequest(
    { ...target, connection },
    grants,
    task,
    makeId('evt', now, new Uint8Array(10)),
    now,
  );
  return { ...request, principal: ISSUER, transitive: Object.keys(request.tags) };
}

const NEAR: readonly (readonly [string, (asking: Asking) => Partial<Asking>])[] = [
  ['another role of the broker’s account', () => ({ principal: `${ISSUER}2` })],
  [
    'a role of that name in another account',
    () => ({ principal: ISSUER.replace('111122223333', '444455556666') }),
  ],
  ['no source identity', () => ({ sourceIdentity: '' })],
  ['no external id', () => ({ externalId: '' })],
  ['another external id', () => ({ externalId: 'orders-8' })],
  ['no tags', () => ({ tags: {}, transitive: [] })],
  ['a fifth tag', ({ tags }) => ({ tags: { ...tags, admin: 'true' } })],
  ['no tag that stays', () => ({ transitive: [] })],
  [
    'a task that a role further on would not see',
    ({ tags }) => ({ transitive: Object.keys(tags).filter((tag) => tag !== 'task') }),
  ],
  ['a task that is none', ({ tags }) => ({ tags: { ...tags, task: 'everything' } })],
  ['another environment', ({ tags }) => ({ tags: { ...tags, environment: 'staging' } })],
];

describe('the trust of a role', () => {
  const trust = onTheRole(roleTrust(TRUSTING, 'production'));

  it('takes what the broker asks for', async () => {
    expect(isTaken(trust, await asked())).toBe(true);
    const any = onTheRole(roleTrust({ ...TRUSTING, externalId: undefined }, undefined));
    const { externalId: _, ...without } = await asked();
    expect(isTaken(any, without)).toBe(true);
  });

  it('does not take what the function that makes calls asks for', async () => {
    expect(isTaken(trust, { ...(await asked()), principal: CALLER })).toBe(false);
  });

  describe('that signs', () => {
    const signing = onTheRole(roleTrust({ ...TRUSTING, roleArns: [ISSUER, CALLER] }, 'production'));

    it.each([ISSUER, CALLER])('takes what %s asks for', async (principal) => {
      expect(isTaken(signing, { ...(await asked()), principal })).toBe(true);
    });

    it.each(NEAR)('does not take %s, of either', async (_, change) => {
      for (const principal of [ISSUER, CALLER]) {
        const asking = { ...(await asked()), principal };
        expect(isTaken(signing, { ...asking, ...change(asking) })).toBe(false);
      }
    });
  });

  it.each(NEAR)('does not take %s', async (_, change) => {
    const asking = await asked();
    expect(isTaken(trust, { ...asking, ...change(asking) })).toBe(false);
  });

  it.each(['agent', 'task', 'root', 'environment'])(
    'does not take a session without the tag %s',
    async (tag) => {
      const asking = await asked();
      const tags = Object.fromEntries(Object.entries(asking.tags).filter(([name]) => name !== tag));
      for (const environment of ['production', undefined]) {
        const trusting = onTheRole(roleTrust(TRUSTING, environment));
        expect(isTaken(trusting, { ...asking, tags, transitive: Object.keys(tags) })).toBe(false);
      }
    },
  );
});

describe('what holds a session', () => {
  const POLICY = 'arn:aws:iam::444455556666:policy/bailiwick/orders';
  const kept: IamStatement = { ...keptStatement([ROLE, POLICY]), Effect: 'Deny' };
  const all: IamStatement = { Effect: 'Allow', Action: '*', Resource: '*' };
  const verdict = (action: string, resource = ROLE) =>
    verdictOf({ Statement: [all, kept] }, { action, resource, context: {} });
  const { services } = JSON.parse(readFileSync(ACTIONS, 'utf8')) as PublishedActions;
  const named = (levels: readonly Level[]) =>
    levels.flatMap((level) => services['iam']?.[level]?.split(' ') ?? []).map((name) => `iam:${name}`);
  /** What acts on roles and policies says so in its name; the rest is about users, keys and the account. */
  const writes = named(['Write', 'Tagging', 'Permissions management']).filter((action) =>
    /Role|Polic|Boundary/.test(action),
  );

  it('is changed by no session of the role, whatever the app’s own statements allow', () => {
    expect(writes).toEqual(
      expect.arrayContaining(['iam:DeleteRolePolicy', 'iam:DeleteRolePermissionsBoundary', 'iam:UntagRole']),
    );
    for (const action of writes) {
      for (const resource of [ROLE, POLICY]) expect(verdict(action, resource), action).toBe('deny');
    }
  });

  it('may be looked at, and nothing else is denied', () => {
    for (const action of named(['List', 'Read'])) expect(verdict(action), action).toBe('allow');
    for (const action of [...writes, 's3:PutObject']) expect(verdict(action, `${ROLE}2`)).toBe('allow');
    expect(verdict('sts:AssumeRole')).toBe('allow');
  });
});

describe('the role through which sessions are revoked', () => {
  const BOUNDARY = 'arn:aws:iam::444455556666:policy/bailiwick/orders';
  const policy = revokerPolicy(ROLE, 'blue', BOUNDARY) as IamPolicy;
  const bounded = { 'aws:ResourceTag/bailiwick': 'blue', 'iam:PermissionsBoundary': BOUNDARY };
  const may = (action: string, context: Readonly<Record<string, string>>, resource = ROLE) =>
    verdictOf(policy, { action, resource, context }) === 'allow';

  it.each(['iam:PutRolePolicy', 'iam:DeleteRolePolicy'])(
    'may do %s on that role while it is bounded',
    (action) => {
      expect(may(action, bounded)).toBe(true);
      expect(may(action, bounded, `${ROLE}2`)).toBe(false);
      expect(may(action, { ...bounded, 'aws:ResourceTag/bailiwick': 'green' })).toBe(false);
      expect(may(action, { ...bounded, 'iam:PermissionsBoundary': `${BOUNDARY}2` })).toBe(false);
      expect(may(action, { 'aws:ResourceTag/bailiwick': 'blue' })).toBe(false);
      expect(may(action, { 'iam:PermissionsBoundary': BOUNDARY })).toBe(false);
    },
  );

  it.each([
    'iam:AttachRolePolicy',
    'iam:DeleteRolePermissionsBoundary',
    'iam:PutRolePermissionsBoundary',
    'iam:TagRole',
    'iam:UpdateAssumeRolePolicy',
    'sts:AssumeRole',
  ])('may not do %s', (action) => {
    expect(may(action, bounded)).toBe(false);
  });

  it('trusts the Revoker alone, with the external id', () => {
    const trust = onTheRole(revokerTrust(TRUSTING));
    const context = { 'aws:PrincipalArn': ISSUER, 'sts:ExternalId': 'orders-7' };
    const verdict = (more: object) =>
      verdictOf(trust, { action: 'sts:AssumeRole', resource: ROLE, context: { ...context, ...more } });
    expect(verdict({})).toBe('allow');
    expect(verdict({ 'aws:PrincipalArn': `${ISSUER}2` })).toBe('none');
    expect(verdict({ 'sts:ExternalId': 'orders-8' })).toBe('none');
  });
});
