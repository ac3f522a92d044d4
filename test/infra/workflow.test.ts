// What an approval takes in a deployment: its state machine, the key that operations wait under, and who mails are from.
import { Stack } from 'aws-cdk-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DeployableConfig } from '../../infra/checked-config.ts';
import { DESIGNS, FUNCTION_NAMES } from '../../infra/functions.ts';
import { mailStatements } from '../../infra/mail-permissions.ts';
import { bindingOf } from '../../src/adapters/sealed-box.ts';
import { sealedKey } from '../../src/approvals/index.ts';
import { makeId } from '../../src/shared/ids.ts';
import definition from '../../statemachines/approval.asl.json' with { type: 'json' };
import { configOf } from '../support/config.ts';
import { PARTS } from '../support/parts.ts';
import { type Deployment, deployment, inWords, newApp, only } from './deployment.ts';

let example: Deployment;
beforeAll(async () => {
  example = await deployment();
});

interface Statement {
  readonly Sid?: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: { readonly AWS: unknown };
  readonly Condition?: object;
}

describe('the state machine', () => {
  const machine = () => only(example.resources('AWS::StepFunctions::StateMachine')).Properties;

  it('is the file as it stands, with two functions for its names', () => {
    const { DefinitionString, DefinitionSubstitutions, StateMachineType } = machine();
    expect(JSON.parse(String(DefinitionString))).toEqual(definition);
    const names = Object.entries(DefinitionSubstitutions as object).map(([name, arn]) => [
      name,
      inWords(arn),
    ]);
    expect(Object.fromEntries(names)).toEqual({
      StepsFunction: expect.stringMatching(/^<BailiwickAskApproversFunction/),
      ExecuteFunction: expect.stringMatching(/^<BailiwickExecuteCallFunction/),
    });
    const asked = JSON.stringify(definition).matchAll(/\$\{(\w+)\}/g);
    expect([...new Set([...asked].map(([, name]) => name))].sort()).toEqual(
      names.map(([name]) => name).sort(),
    );
    expect(StateMachineType).toBe('STANDARD');
  });

  it('logs what fails, and no execution data at any level', () => {
    expect(machine()).toMatchObject({
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
      TracingConfiguration: { Enabled: true },
    });
  });

  it('gives each function as long as its steps wait for it', () => {
    const waits = (name: string) =>
      Object.values(definition.States).flatMap((state) => {
        const text = JSON.stringify(state);
        const seconds = 'TimeoutSeconds' in state ? state.TimeoutSeconds : undefined;
        return text.includes(`\${${name}}`) && seconds !== undefined ? [seconds] : [];
      });
    expect(new Set(waits('StepsFunction'))).toEqual(new Set([DESIGNS['ask-approvers'].timeoutSeconds]));
    expect(new Set(waits('ExecuteFunction'))).toEqual(new Set([DESIGNS['execute-call'].timeoutSeconds]));
  });

  it('may invoke its two functions, and do else only what logs and traces take', () => {
    const { PolicyDocument } = only(example.resources('AWS::IAM::Policy'), 'ApprovalsRole').Properties;
    const { Statement } = PolicyDocument as { Statement: Statement[] };
    const [steps, ...others] = Statement;
    expect(steps).toMatchObject({ Action: 'lambda:InvokeFunction' });
    expect([steps?.Resource].flat().map(inWords)).toEqual([
      expect.stringMatching(/^<BailiwickAskApproversFunction\w+>$/),
      expect.stringMatching(/^<BailiwickExecuteCallFunction\w+>$/),
    ]);
    const actions = others.flatMap(({ Action }) => [Action].flat());
    expect(actions.filter((action) => !/^(?:logs|xray):/.test(action))).toEqual([]);
  });
});

describe('the sealing key', () => {
  const key = () => only(example.resources('AWS::KMS::Key'), 'SealingKey');
  const statements = () => (key().Properties['KeyPolicy'] as { Statement: Statement[] }).Statement;

  it('rotates, stays when the stack goes, and has a name by the broker’s', () => {
    expect(key()).toMatchObject({ DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
    expect(only(example.resources('AWS::KMS::Alias'), 'SealingKey').Properties).toMatchObject({
      AliasName: 'alias/bailiwick/bailiwick/sealing',
    });
  });

  it('lets the account look after it, and neither use it nor say who does', () => {
    const [administration] = statements();
    const actions = [administration?.Action ?? []].flat();
    const allows = (action: string) =>
      actions.some((one) => new RegExp(`^${one.replace('*', '.*')}$`).test(`kms:${action}`));
    expect(['PutKeyPolicy', 'ScheduleKeyDeletion', 'EnableKeyRotation'].filter(allows)).toHaveLength(3);
    const uses = ['Decrypt', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'];
    expect(
      [...uses, 'ReEncryptFrom', 'ReEncryptTo', 'CreateGrant', 'RetireGrant', 'Sign'].filter(allows),
    ).toEqual([]);
  });

  it('is used by these functions alone, each in one way, and for operations that wait', () => {
    const uses = statements()
      .slice(1)
      .map(({ Action, Principal, Condition }) => {
        const [, name] = /^<Bailiwick(\w+)Role\w{8}>$/.exec(inWords(Principal?.AWS)) ?? [];
        return [name, Action, Condition];
      });
    const { purpose } = bindingOf({ task: 't', call: 'c' });
    const condition = { StringEquals: { 'kms:EncryptionContext:purpose': purpose } };
    expect(uses).toEqual([
      ['IssueCredentials', 'kms:GenerateDataKey', condition],
      ['MakeCall', 'kms:GenerateDataKey', condition],
      ['ExecuteCall', 'kms:Decrypt', condition],
      ['RevealOperation', 'kms:Decrypt', condition],
    ]);
  });
});

it('removes of the bucket what waited sealed, and nothing else', () => {
  const now = new Date();
  const id = (kind: 'task' | 'call') => makeId(kind, now, new Uint8Array(10));
  expect(sealedKey(id('task'), id('call')).startsWith('30d/sealed/')).toBe(true);
});

describe('mail', () => {
  const statementsWith = (from: string | undefined) => {
    const notify = from === undefined ? {} : { notify: { email: { from } } };
    const config = configOf({ ...PARTS, broker: notify }) as unknown as DeployableConfig;
    const env = { region: 'eu-west-1', account: '111122223333' };
    const stack = new Stack(newApp(), 'Stack', { env });
    const made = FUNCTION_NAMES.map((name) => [name, mailStatements(DESIGNS[name], config, stack)] as const);
    return made.flatMap(([name, all]) =>
      all.map((one) => [name, stack.resolve(one.toStatementJson())] as const),
    );
  };

  it('is sent by one function, from the one sender, whatever else SES judges beside it', () => {
    const [[name, { Action, Resource, Condition }] = ['', {}], ...others] =
      statementsWith('broker@mail.example.com');
    expect([name, others]).toEqual(['ask-approvers', []]);
    expect(Action).toEqual(['ses:SendEmail', 'ses:SendRawEmail']);
    expect(Resource.map(inWords)).toEqual(
      ['identity/*', 'configuration-set/*'].map(
        (each) => `arn:<AWS::Partition>:ses:eu-west-1:111122223333:${each}`,
      ),
    );
    expect(Condition).toEqual({ StringEquals: { 'ses:FromAddress': 'broker@mail.example.com' } });
  });

  it('is sent by nobody where no sender is named', () => {
    expect(statementsWith(undefined)).toEqual([]);
  });
});
