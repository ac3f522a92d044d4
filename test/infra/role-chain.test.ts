// Who carries out what was approved signs by the role of who makes calls: what that takes, and that nothing else is given.
import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { Bailiwick } from '../../infra/bailiwick.ts';
import type { DeployableConfig } from '../../infra/checked-config.ts';
import { FUNCTION_NAMES, logicalName } from '../../infra/functions.ts';
import { configOf, httpTarget } from '../support/config.ts';
import { PARTS } from '../support/parts.ts';
import { inWords, newApp, only, type Resource } from './deployment.ts';

const SIGNED = httpTarget('api', {
  inject: [{ sigv4: { service: 'execute-api', region: 'eu-west-1', target: 'reports' } }],
});

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Principal?: Readonly<Record<string, unknown>>;
  readonly Resource?: unknown;
  readonly Condition?: object;
}

function deployed(target: typeof SIGNED) {
  const targets = [...(PARTS.targets ?? []), target];
  const config = configOf({ ...PARTS, agents: [], targets }) as unknown as DeployableConfig;
  const stack = new Stack(newApp(), 'Broker', { env: { region: 'eu-west-1', account: '111122223333' } });
  new Bailiwick(stack, 'Bailiwick', { config });
  // Which also sees whether anything waits for itself.
  const template = Template.fromStack(stack);
  const resources = (type: string) => template.findResources(type) as Record<string, Resource>;
  const trustOf = (name: string) => {
    const { Properties } = only(resources('AWS::IAM::Role'), `Bailiwick${name}Role`);
    return (Properties['AssumeRolePolicyDocument'] as { Statement: Statement[] }).Statement;
  };
  /** What each role may do with STS and with roles. */
  const onRoles = (name: string) =>
    [...Object.values(resources('AWS::IAM::Policy')), ...Object.values(resources('AWS::IAM::ManagedPolicy'))]
      .filter(({ Properties }) => JSON.stringify(Properties['Roles']).includes(`"Bailiwick${name}Role`))
      .flatMap(({ Properties }) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement)
      .filter(({ Action, NotAction = Action }) => /"(?:sts|iam):/.test(JSON.stringify([NotAction].flat())));
  return { resources, trustOf, onRoles };
}

const LAMBDA = { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } };

describe('where requests are signed', () => {
  const { resources, trustOf, onRoles } = deployed(SIGNED);

  it('the one that carries out may assume the role of the one that makes calls, and no other', () => {
    const [statement, ...others] = onRoles('ExecuteCall');
    expect(others).toEqual([]);
    expect(statement).toEqual({
      Sid: 'AsMakeCall',
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: expect.anything(),
    });
    expect(inWords(statement?.Resource)).toMatch(/^<BailiwickMakeCallRole\w{8}>$/);
  });

  it('that role lets it in, without tags and without a source identity', () => {
    const [lambda, statement, ...others] = trustOf('MakeCall');
    expect(lambda).toEqual(LAMBDA);
    expect(others).toEqual([]);
    expect(statement).toMatchObject({ Effect: 'Allow', Action: 'sts:AssumeRole' });
    expect(statement?.Condition).toEqual({ StringEquals: { 'sts:RoleSessionName': 'execute-call' } });
    expect(Object.keys(statement?.Principal ?? {})).toEqual(['AWS']);
    expect(inWords(statement?.Principal?.['AWS'])).toMatch(/^<BailiwickExecuteCallRole\w{8}>$/);
  });

  it('that role, which targets trust, may assume theirs', () => {
    expect(onRoles('MakeCall').filter(({ Effect }) => Effect === 'Allow')).toMatchObject([
      { Sid: 'TargetRoles' },
    ]);
  });

  it('of that role it gets what sessions of targets take, and nothing else, whatever it asks for', () => {
    expect(onRoles('MakeCall').filter(({ Effect }) => Effect !== 'Allow')).toEqual([
      {
        Sid: 'ApprovedCallsOnly',
        Effect: 'Deny',
        NotAction: onRoles('MakeCall')[0]?.Action,
        Resource: '*',
        Condition: { StringLike: { 'aws:userid': '*:execute-call' } },
      },
    ]);
  });

  it('no other role lets in anybody but Lambda', () => {
    for (const name of FUNCTION_NAMES.filter((one) => one !== 'make-call')) {
      expect(trustOf(logicalName(name)), name).toEqual([LAMBDA]);
    }
  });

  it('the function calls its sessions by the name that the role lets in', () => {
    const source = new URL('../../lambdas/execute-call/dependencies.ts', import.meta.url);
    expect(readFileSync(source, 'utf8')).toContain("sessionName: 'execute-call'");
  });

  it('the function is told which role that is', () => {
    const functions = resources('AWS::Lambda::Function');
    const { Properties } = only(functions, 'BailiwickExecuteCallFunction');
    const { Variables } = Properties['Environment'] as { Variables: Readonly<Record<string, unknown>> };
    expect(inWords(Variables['MAKE_CALL_ROLE'])).toMatch(/^<BailiwickMakeCallRole\w{8}>$/);
  });
});

it('where none are, neither may do anything with roles', () => {
  const { trustOf, onRoles } = deployed(httpTarget('tickets'));
  expect(trustOf('MakeCall')).toEqual([LAMBDA]);
  expect([...onRoles('ExecuteCall'), ...onRoles('MakeCall')]).toEqual([]);
});
