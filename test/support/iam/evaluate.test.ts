// The evaluator that other tests rely on, case by case against what AWS documents.
import { describe, expect, it } from 'vitest';
import { type ConditionBlock, type Context, conditionsMet } from './conditions.ts';
import { type IamStatement, verdictOf } from './evaluate.ts';
import { likeAction, likeArn, likeText } from './patterns.ts';

const nothing = () => undefined;
const user = (key: string) => ({ 'aws:username': 'ana', star: '*', colon: 'a:b', slash: 'a/b' })[key];

describe('a resource', () => {
  it.each<[string, string, boolean]>([
    ['*', 'arn:aws:s3:::acme', true],
    ['arn:aws:s3:::acme/*', 'arn:aws:s3:::acme/a/b/c', true],
    ['arn:aws:s3:::acme/*', 'arn:aws:s3:::acme/', true],
    ['arn:aws:s3:::acme/*', 'arn:aws:s3:::acme', false],
    ['arn:aws:s3:::acme/a*', 'arn:aws:s3:::acme/b', false],
    ['arn:aws:s3:::acme/?', 'arn:aws:s3:::acme/a', true],
    ['arn:aws:s3:::acme/?', 'arn:aws:s3:::acme/', false],
    ['arn:aws:s3:::acme/?', 'arn:aws:s3:::acme/ab', false],
    ['arn:aws:s3:::a.b', 'arn:aws:s3:::axb', false],
    ['arn:aws:s3:::ACME', 'arn:aws:s3:::acme', false],
    // A wildcard within a segment stays there, one at its end may go on.
    ['arn:aws:sqs:*-1:1:q', 'arn:aws:sqs:eu-1:1:q', true],
    ['arn:aws:sqs:e*t-1:1:q', 'arn:aws:sqs:e:x:t-1:1:q', false],
    ['arn:aws:sqs:*:1:q', 'arn:aws:sqs:eu:2:1:q', true],
    ['arn:aws:sqs:?:1:q', 'arn:aws:sqs:::1:q', false],
    ['arn:aws:sns:*', 'arn:aws:sns:eu:1:topic', true],
    ['arn:aws:logs:eu:1:log-group:*', 'arn:aws:logs:eu:1:log-group:a:log-stream:b', true],
    ['arn:aws:logs:eu:1:log-group:a?b', 'arn:aws:logs:eu:1:log-group:a:b', true],
    // What a variable stands for means nothing more than itself.
    ['arn:aws:s3:::acme/${aws:username}/*', 'arn:aws:s3:::acme/ana/x', true],
    ['arn:aws:s3:::acme/${aws:username}', 'arn:aws:s3:::acme/bob', false],
    ['arn:aws:s3:::acme/${star}', 'arn:aws:s3:::acme/x', false],
    ['arn:aws:s3:::acme/${star}', 'arn:aws:s3:::acme/*', true],
    ['arn:aws:s3:::acme/${missing}', 'arn:aws:s3:::acme/', false],
    ["arn:aws:s3:::acme/${missing, 'all'}", 'arn:aws:s3:::acme/all', true],
    ["arn:aws:s3:::acme/${aws:username, 'all'}", 'arn:aws:s3:::acme/all', false],
    ['arn:aws:s3:::acme/${*}', 'arn:aws:s3:::acme/*', true],
    ['arn:aws:s3:::acme/${*}', 'arn:aws:s3:::acme/a', false],
    ['arn:aws:s3:::acme/${?}${$}', 'arn:aws:s3:::acme/?$', true],
    ['arn:aws:s3:::acme/$x{y}', 'arn:aws:s3:::acme/$x{y}', true],
  ])('%s for %s: %j', (pattern, arn, matches) => {
    expect(likeArn(pattern, arn, user)).toBe(matches);
  });

  it('may be read so that no wildcard leaves its segment', () => {
    expect(likeArn('arn:aws:sqs:*:1:q', 'arn:aws:sqs:eu:2:1:q', nothing, false)).toBe(false);
    expect(likeArn('arn:aws:sqs:*:1:q', 'arn:aws:sqs:eu:1:q', nothing, false)).toBe(true);
  });
});

it.each<[string, string, boolean]>([
  ['s3:GetObject', 's3:GetObject', true],
  ['s3:GetObject', 'S3:getobject', true],
  ['s3:Get*', 's3:GetObjectTagging', true],
  ['s3:*Object', 's3:GetObjectTagging', false],
  ['s3:Get???ect', 's3:GetObject', true],
  ['*', 'iam:CreateUser', true],
  ['s3:*', 's3express:GetObject', false],
  ['s3.GetObject', 's3:GetObject', false],
])('the action %s is %s: %j', (pattern, action, matches) => {
  expect(likeAction(pattern, action)).toBe(matches);
});

it('compares texts with wildcards over colons', () => {
  expect(likeText('a*c', 'a:b:c', nothing)).toBe(true);
  expect(likeText('a?c', 'a:c', nothing)).toBe(true);
  expect(likeText('a*c', 'a:b\n:c', nothing)).toBe(true);
  expect(likeText('', '', nothing)).toBe(true);
});

describe('conditions', () => {
  const TAGS = { 'aws:TagKeys': ['team', 'cost'] };
  it.each<[string, ConditionBlock, Context, boolean]>([
    ['none', {}, {}, true],
    ['equal', { StringEquals: { k: 'a' } }, { k: 'a' }, true],
    ['equal but for case', { StringEquals: { k: 'a' } }, { k: 'A' }, false],
    [
      'a key in another case',
      { StringEquals: { 'aws:PrincipalTag/Task': 'a' } },
      { 'aws:principaltag/task': 'a' },
      true,
    ],
    ['no wildcard where texts are equal', { StringEquals: { k: '*' } }, { k: 'a' }, false],
    ['a missing key', { StringEquals: { k: 'a' } }, {}, false],
    ['a missing key, negated', { StringNotEquals: { k: 'a' } }, {}, true],
    ['a missing key, if it exists', { StringEqualsIfExists: { k: 'a' } }, {}, true],
    ['a wrong one, if it exists', { StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
    ['any of several values', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, true],
    ['none of several values', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    ['none of several values, met', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'c' }, true],
    ['every key', { StringEquals: { k: 'a', l: 'a' } }, { k: 'a', l: 'b' }, false],
    ['every operator', { StringEquals: { k: 'a' }, Bool: { l: 'true' } }, { k: 'a', l: 'false' }, false],
    ['whatever the case', { StringEqualsIgnoreCase: { k: 'A' } }, { k: 'a' }, true],
    ['not, whatever the case', { StringNotEqualsIgnoreCase: { k: 'A' } }, { k: 'a' }, false],
    ['like', { StringLike: { k: 'a*/?' } }, { k: 'ab/c' }, true],
    ['not like', { StringNotLike: { k: 'a*' } }, { k: 'ab' }, false],
    ['a variable', { StringEquals: { k: '${l}' } }, { k: 'x', l: 'x' }, true],
    ['a variable of which wildcards mean nothing', { StringLike: { k: '${l}' } }, { k: 'x', l: '*' }, false],
    ['a variable without a value', { StringLike: { k: '${l}' } }, { k: '' }, false],
    ['no variable where numbers are compared', { NumericEquals: { k: '${l}' } }, { k: '1', l: '1' }, false],
    ['numbers', { NumericLessThanEquals: { k: '10' } }, { k: '9.5' }, true],
    ['numbers that are equal', { NumericLessThan: { k: '10' } }, { k: '10.0' }, false],
    ['numbers that differ', { NumericNotEquals: { k: '10' } }, { k: '11' }, true],
    ['what is no number', { NumericNotEquals: { k: '10' } }, { k: 'x' }, false],
    ['a date before', { DateLessThan: { k: '2026-01-01T00:00:00Z' } }, { k: '2025-12-31T23:59:59Z' }, true],
    [
      'the date itself',
      { DateLessThan: { k: '2026-01-01T00:00:00Z' } },
      { k: '2026-01-01T00:00:00Z' },
      false,
    ],
    ['a date in seconds since 1970', { DateGreaterThan: { k: '1767225600' } }, { k: '2026-01-02' }, true],
    ['a date in another zone', { DateEquals: { k: '2026-01-01T02:00:00+02:00' } }, { k: '2026-01-01' }, true],
    [
      'any of several dates',
      { DateLessThan: { k: ['2020-01-01', '2030-01-01'] } },
      { k: '2026-01-01' },
      true,
    ],
    ['what is no date', { DateLessThan: { k: 'soon' } }, { k: '2026-01-01' }, false],
    ['a missing date', { DateLessThan: { k: '2026-01-01' } }, {}, false],
    ['a truth', { Bool: { k: 'true' } }, { k: 'True' }, true],
    ['a missing truth', { Bool: { k: 'false' } }, {}, false],
    ['a missing truth, if it exists', { BoolIfExists: { k: 'false' } }, {}, true],
    ['binary', { BinaryEquals: { k: 'QmluYXJ5' } }, { k: 'QmluYXJ5' }, true],
    ['an address', { IpAddress: { k: '10.0.0.0/8' } }, { k: '10.255.0.1' }, true],
    ['an address outside', { IpAddress: { k: ['10.0.0.0/8', '192.0.2.1'] } }, { k: '11.0.0.1' }, false],
    ['one address', { IpAddress: { k: ['10.0.0.0/8', '192.0.2.1'] } }, { k: '192.0.2.1' }, true],
    ['an address of IPv6', { IpAddress: { k: '2001:db8::/32' } }, { k: '2001:db8::1' }, true],
    ['an address of the other family', { NotIpAddress: { k: '2001:db8::/32' } }, { k: '10.0.0.1' }, true],
    ['a missing address', { NotIpAddress: { k: '10.0.0.0/8' } }, {}, true],
    ['an ARN', { ArnLike: { k: 'arn:aws:sns:*:1:t?' } }, { k: 'arn:aws:sns:eu:1:tx' }, true],
    [
      'an ARN by the operator of equality',
      { ArnEquals: { k: 'arn:aws:sns:*:1:t' } },
      { k: 'arn:aws:sns:eu:1:t' },
      true,
    ],
    ['not an ARN', { ArnNotLike: { k: 'arn:aws:sns:*:1:t' } }, { k: 'arn:aws:sns:eu:1:t' }, false],
    ['null', { Null: { k: 'true' } }, {}, true],
    ['null where it is there', { Null: { k: 'true' } }, { k: 'a' }, false],
    ['not null', { Null: { k: 'false' } }, { k: 'a' }, true],
    ['not null where it is missing', { Null: { k: 'false' } }, {}, false],
    ['all of several', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'cost', 'x'] } }, TAGS, true],
    ['all of several, but one', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } }, TAGS, false],
    ['all of none', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } }, {}, true],
    ['any of several', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['cost'] } }, TAGS, true],
    ['any of several, none', { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['x*'] } }, TAGS, false],
    ['any of none', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['cost'] } }, {}, false],
    ['any of none, negated', { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['cost'] } }, {}, false],
    ['all of several, negated', { 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['cost'] } }, TAGS, false],
    ['any of several, negated', { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['cost'] } }, TAGS, true],
  ])('%s', (_, conditions, context, met) => {
    expect(conditionsMet(conditions, context)).toBe(met);
  });

  it('that it does not know are an error', () => {
    expect(() => conditionsMet({ StringAlmost: { k: 'a' } }, { k: 'a' })).toThrow(TypeError);
    expect(() => conditionsMet({ StringEquals: { k: 'a' } }, { k: ['a', 'b'] })).toThrow(TypeError);
  });
});

describe('a policy', () => {
  const asked = { action: 's3:GetObject', resource: 'arn:aws:s3:::acme/a', context: {} };
  const allow: IamStatement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
  it.each<[string, readonly IamStatement[], string]>([
    ['nothing', [], 'none'],
    ['an allow', [allow], 'allow'],
    ['an allow of something else', [{ ...allow, Action: 'sqs:*' }], 'none'],
    ['an allow on something else', [{ ...allow, Resource: ['arn:aws:s3:::other/*'] }], 'none'],
    ['an allow whose condition is not met', [{ ...allow, Condition: { Bool: { k: 'true' } } }], 'none'],
    ['a deny beside it', [allow, { ...allow, Effect: 'Deny' }], 'deny'],
    ['a deny before it', [{ ...allow, Effect: 'Deny' }, allow], 'deny'],
    ['a deny of something else', [allow, { ...allow, Effect: 'Deny', Action: ['s3:PutObject'] }], 'allow'],
    ['all actions but this', [{ Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' }], 'none'],
    ['all actions but another', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], 'allow'],
    [
      'all resources but this',
      [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::acme/*' }],
      'none',
    ],
    [
      'all resources but another',
      [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::b/*' }],
      'allow',
    ],
  ])('with %s', (_, Statement, verdict) => {
    expect(verdictOf({ Statement }, asked)).toBe(verdict);
    const [only] = Statement;
    if (only !== undefined && Statement.length === 1) {
      expect(verdictOf({ Statement: only }, asked)).toBe(verdict);
    }
  });
});
