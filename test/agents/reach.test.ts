// The most an agent could do on AWS: every action that its ceiling holds, and what somebody should see of each.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Reach, type ReachedAction, reachOf } from '../../src/agents/reach/index.ts';
import { coveredBy, type PublishedActions } from '../../src/config/iam/index.ts';
import type {
  AgentDefinition,
  AwsCapability,
  AwsTarget,
  Config,
  TargetDefinition,
} from '../../src/config/index.ts';

const PUBLISHED: PublishedActions = {
  date: '2031-02-03',
  origin: 'this test',
  licence: '',
  services: {
    ec2: { Write: 'RunInstances StopInstances' },
    iam: { Write: 'PassRole', 'Permissions management': 'PutRolePolicy' },
    s3: {
      List: 'ListBucket',
      Read: 'GetDataAccess GetObject GetObjectAcl',
      Write: 'DeleteObject PutObject',
      Tagging: 'PutObjectTagging',
      'Permissions management': 'PutObjectAcl',
    },
    kms: { Write: 'Decrypt Encrypt' },
  },
};

const AGENT: AgentDefinition = {
  ...{ id: 'worker', digest: 'd'.repeat(64), purpose: 'Work', environment: 'production', groups: [] },
  ...{ owner: { team: 'Store', email: 'store@example.com', people: [] }, identities: [] },
  ...{ capabilities: ['store:one'], maxTaskSeconds: 7200 },
};

const ONE: AwsCapability = {
  ...{ effect: 'read', impacts: [], parameters: {} },
  statements: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::store/*'] }],
};

const STORE: Omit<AwsTarget, 'capabilities'> = {
  ...{ id: 'store', kind: 'aws', environment: 'production', sensitivity: 'internal' },
  owner: { team: 'Store', email: 'store@example.com' },
  connection: { roleArn: 'arn:aws:iam::111122223333:role/store' },
};

function configOf(...targets: readonly TargetDefinition[]): Config {
  return {
    ...{ digest: 'c'.repeat(64), broker: {} as Config['broker'], agents: { worker: AGENT }, policies: [] },
    ...{ groups: [], targets: Object.fromEntries(targets.map((target) => [target.id, target])) },
  };
}

/** Of an agent that may ask for all of them. */
function reachWith(capabilities: Readonly<Record<string, AwsCapability>>, agent = AGENT): Reach {
  const ceiling = Object.keys(capabilities).map((name) => `store:${name}`);
  return reachOf({ ...agent, capabilities: ceiling }, configOf({ ...STORE, capabilities }), PUBLISHED);
}

function holding(actions: readonly string[], more: Partial<AwsCapability> = {}): AwsCapability {
  return { ...ONE, ...more, statements: [{ actions, resources: ['*'] }] };
}

function actionsIn({ targets }: Reach): readonly ReachedAction[] {
  return targets.flatMap(({ capabilities }) =>
    capabilities.flatMap(({ statements }) => statements.flatMap(({ actions }) => actions)),
  );
}

describe('an action', () => {
  test.each([
    ['s3:GetObject', 'read', 'Read', []],
    ['s3:getOBJECT', 'read', 'Read', []],
    ['s3:ListBucket', 'write', 'List', []],
    ['s3:PutObject', 'write', 'Write', ['write']],
    ['s3:PutObjectTagging', 'write', 'Tagging', ['tagging']],
    ['s3:PutObjectAcl', 'write', 'Permissions management', ['permissions']],
    ['s3:DeleteObject', 'admin', 'Write', ['write', 'admin']],
    ['s3:GetDataAccess', 'admin', 'Read', ['admin', 'mints']],
    ['iam:PutRolePolicy', 'admin', 'Permissions management', ['permissions', 'admin', 'escalates']],
    ['s3:BrandNew', 'read', 'unknown', ['unknown']],
  ] as const)('%s of a capability that says %s is of %s: %j', (action, effect, level, marks) => {
    expect(actionsIn(reachWith({ one: holding([action], { effect }) }))).toMatchObject([{ level, marks }]);
  });

  test('says why it stands out', () => {
    const [action] = actionsIn(reachWith({ one: holding(['s3:GetDataAccess'], { effect: 'admin' }) }));
    expect(action?.mints).toMatch(/up to 12 hours/);
    const [other] = actionsIn(reachWith({ one: holding(['iam:PassRole'], { effect: 'admin' }) }));
    expect(other?.escalates).toMatch(/any role that it may pass/);
  });

  test('that a pattern covers is there, each once, and nothing else', () => {
    const all = coveredBy('*', PUBLISHED).map(({ action }) => action);
    const written = fc.array(fc.constantFrom(...all, 's3:*', 's3:Get*', 'ec2:????Instances', 'iam:p*'), {
      minLength: 1,
    });
    fc.assert(
      fc.property(written, (patterns) => {
        const found = actionsIn(reachWith({ one: holding(patterns) })).map(({ action }) => action);
        const covered = patterns.flatMap((pattern) =>
          coveredBy(pattern, PUBLISHED).map(({ action }) => action),
        );
        expect([...found].sort()).toEqual([...new Set(covered)].sort());
      }),
      { numRuns: 100 },
    );
  });
});

describe('escalation', () => {
  const marksOf = (reach: Reach) =>
    actionsIn(reach)
      .filter(({ marks }) => marks.includes('escalates'))
      .map(({ action }) => action);

  test('by two actions takes both, wherever the target has them', () => {
    const run = holding(['ec2:RunInstances'], { effect: 'admin' });
    const pass = holding(['iam:PassRole'], { effect: 'admin' });
    expect(marksOf(reachWith({ run }))).toEqual([]);
    expect(marksOf(reachWith({ run, pass }))).toEqual(['ec2:RunInstances', 'iam:PassRole']);
  });

  test('by two actions is none across targets, since a session has one', () => {
    const run = { ...STORE, capabilities: { one: holding(['ec2:RunInstances']) } };
    const pass = { ...STORE, id: 'other', capabilities: { one: holding(['iam:PassRole']) } };
    const agent = { ...AGENT, capabilities: ['store:one', 'other:one'] };
    expect(marksOf(reachOf(agent, configOf(run, pass), PUBLISHED))).toEqual(['iam:PassRole']);
  });
});

describe('a capability', () => {
  const beyond = (capability: AwsCapability) =>
    reachWith({ one: capability }).targets[0]?.capabilities[0]?.beyondEffect;

  test.each([
    ['read', [], ['s3:Get*', 's3:ListBucket'], []],
    ['read', [], ['s3:GetObject', 's3:Put*'], ['s3:PutObject', 's3:PutObjectTagging', 's3:PutObjectAcl']],
    ['read', ['grant'], ['s3:PutObjectAcl'], ['s3:PutObjectAcl']],
    ['read', [], ['kms:Decrypt', 'kms:Encrypt'], ['kms:Encrypt']],
    ['write', [], ['s3:Put*'], ['s3:PutObjectAcl']],
    ['write', ['grant'], ['s3:Put*'], []],
    ['admin', [], ['s3:*'], []],
  ] as const)('that says %s (%j) and holds %j does more by %j', (effect, impacts, actions, expected) => {
    expect(beyond(holding(actions, { effect, impacts }))).toEqual(expected);
  });

  test('has what its file says of it, and no longer a session than task, capability and role chaining allow', () => {
    const conditions = { StringLike: { 's3:prefix': ['${prefix}/*'] } };
    const resources = ['arn:aws:s3:::store/${prefix}/*'];
    const boundTo = { sourceIps: ['192.0.2.0/24'] };
    const parameters = { prefix: { pattern: '[a-z]+' } };
    const one: AwsCapability = {
      ...ONE,
      ...{ impacts: ['export'], description: 'Read it', parameters, boundTo },
      statements: [{ actions: ['s3:GetObject'], resources, conditions }],
    };
    const secondsOf = (maxSessionSeconds: number, maxTaskSeconds: number) =>
      reachWith({ one: { ...one, maxSessionSeconds } }, { ...AGENT, maxTaskSeconds }).targets[0]
        ?.capabilities[0]?.sessionSeconds;
    expect([secondsOf(3600, 7200), secondsOf(1200, 7200), secondsOf(3600, 600)]).toEqual([3600, 1200, 600]);
    expect(reachWith({ one }).targets).toEqual([
      {
        ...{ target: 'store', kind: 'aws', environment: 'production', sensitivity: 'internal' },
        ...{ owner: STORE.owner, roleArn: STORE.connection.roleArn },
        capabilities: [
          {
            ...{ capability: 'store:one', effect: 'read', impacts: ['export'], description: 'Read it' },
            ...{ parameters, boundTo, sessionSeconds: 3600, beyondEffect: [] },
            statements: [
              {
                ...{ written: ['s3:GetObject'], resources, conditions },
                actions: [{ action: 's3:GetObject', level: 'Read', marks: [] }],
              },
            ],
          },
        ],
      },
    ]);
  });

  test('works from where its target does, unless it says otherwise', () => {
    const boundTo = { callerAddress: true };
    const own = { sourceIps: ['192.0.2.7'] };
    const target = { ...STORE, boundTo, capabilities: { one: ONE, two: { ...ONE, boundTo: own } } };
    const agent = { ...AGENT, capabilities: ['store:one', 'store:two'] };
    const { targets } = reachOf(agent, configOf(target), PUBLISHED);
    expect(targets[0]?.capabilities.map((one) => one.boundTo)).toEqual([boundTo, own]);
  });

  test('beyond the ceiling is not there', () => {
    const capabilities = { one: ONE, two: holding(['s3:*']) };
    const { targets } = reachOf(AGENT, configOf({ ...STORE, capabilities }), PUBLISHED);
    expect(targets[0]?.capabilities.map(({ capability }) => capability)).toEqual(['store:one']);
  });
});

test('targets of kinds to come are named, and that their connector says what they come to', () => {
  const tickets: TargetDefinition = {
    ...{ id: 'tickets', kind: 'ssh', environment: 'production', sensitivity: 'internal' },
    owner: STORE.owner,
    capabilities: { reply: { effect: 'write', impacts: ['public'], parameters: {} } },
  };
  const agent = { ...AGENT, capabilities: ['tickets:reply', 'store:one'] };
  const config = configOf(tickets, { ...STORE, capabilities: { one: ONE } });
  const { targets, others } = reachOf(agent, config, PUBLISHED);
  expect(targets.map(({ target }) => target)).toEqual(['store']);
  expect(others).toEqual([
    {
      ...{ target: 'tickets', kind: 'ssh', environment: 'production', sensitivity: 'internal' },
      ...{ owner: STORE.owner, says: 'not AWS: its connector says' },
      capabilities: [{ capability: 'tickets:reply', effect: 'write', impacts: ['public'] }],
    },
  ]);
});

test('of an HTTP target, the routes of what it may ask for are there, with their rules', () => {
  const reply = {
    route: 'POST /tickets/{id}/replies',
    body: { visibility: { rule: { is: ['internal'] }, required: true } },
    otherFields: true,
  };
  const tickets: TargetDefinition = {
    ...{ id: 'tickets', kind: 'http', environment: 'production', sensitivity: 'internal' },
    owner: STORE.owner,
    connection: { baseUrl: 'https://tickets.example.com/api', private: [], timeoutSeconds: 25 },
    inject: [],
    cookies: 'keep',
    capabilities: {
      reply: { effect: 'write', impacts: ['public'], parameters: {}, routes: [reply] },
      purge: {
        ...{ effect: 'admin', impacts: [], parameters: {} },
        routes: [{ route: 'DELETE /tickets', otherFields: false }],
      },
    },
  };
  const agent = { ...AGENT, capabilities: ['tickets:reply'] };
  const { targets, others } = reachOf(agent, configOf(tickets), PUBLISHED);
  expect(targets).toEqual([]);
  expect(others).toEqual([
    {
      ...{ target: 'tickets', kind: 'http', environment: 'production', sensitivity: 'internal' },
      ...{ owner: STORE.owner, says: 'at https://tickets.example.com/api' },
      capabilities: [{ capability: 'tickets:reply', effect: 'write', impacts: ['public'], routes: [reply] }],
    },
  ]);
});
