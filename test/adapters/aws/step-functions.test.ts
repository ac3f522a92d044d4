// What goes to Step Functions, and which of its refusals are none.
import { SFNClient } from '@aws-sdk/client-sfn';
import { expect, it, onTestFinished } from 'vitest';
import { createStepFunctionsWorkflow } from '../../../src/adapters/aws/step-functions.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { impatientOptions } from '../../contract/support/aws.ts';
import { startFakeStepFunctions } from '../../contract/support/fake-step-functions.ts';

const stateMachineArn = 'arn:aws:states:eu-west-1:111122223333:stateMachine:approval';

async function setUp(failure?: string) {
  const fake = await startFakeStepFunctions();
  onTestFinished(fake.close);
  fake.failure = failure;
  const client = new SFNClient(impatientOptions(fake.endpoint));
  return { fake, workflow: createStepFunctionsWorkflow({ client, stateMachineArn }) };
}

it('names the execution after the approval, and tells it nothing else', async () => {
  const { fake, workflow } = await setUp();
  await workflow.start('appr_1');
  const body = { stateMachineArn, name: 'appr_1', input: '{"approval":"appr_1"}' };
  expect(fake.asked).toEqual([{ action: 'AWSStepFunctions.StartExecution', body }]);
});

it('tells nothing with a callback', async () => {
  const { fake, workflow } = await setUp();
  await workflow.wake('token');
  const body = { taskToken: 'token', output: '{}' };
  expect(fake.asked).toEqual([{ action: 'AWSStepFunctions.SendTaskSuccess', body }]);
});

it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])('wakes nobody where told %s', async (name) => {
  const { workflow } = await setUp(name);
  await expect(workflow.wake('token')).resolves.toBeUndefined();
});

it('has nothing to start where told ExecutionAlreadyExists', async () => {
  const { workflow } = await setUp('ExecutionAlreadyExists');
  await expect(workflow.start('appr_1')).resolves.toBeUndefined();
});

const FAULTS = [
  'AccessDeniedException',
  'StateMachineDoesNotExist',
  'ThrottlingException',
  'InternalFailure',
];

it.each([...FAULTS, 'ExecutionAlreadyExists'])('cannot wake where told %s', async (name) => {
  const { workflow } = await setUp(name);
  await expect(workflow.wake('token')).rejects.toThrow(Unavailable);
});

it.each([...FAULTS, 'TaskTimedOut'])('cannot start where told %s', async (name) => {
  const { workflow } = await setUp(name);
  const fault = await workflow.start('appr_1').catch((error: unknown) => error);
  expect(fault).toMatchObject({ backend: 'workflow' });
  expect(String(fault)).not.toContain('arn of somebody');
});
