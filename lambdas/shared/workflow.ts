// The workflow of approvals: some functions start it, some only wake what waits.
import { SFNClient } from '@aws-sdk/client-sfn';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createStepFunctionsWorkflow } from '../../src/adapters/aws/step-functions.ts';
import type { Workflow } from '../../src/ports/workflow.ts';
import { atFirstUse } from './once.ts';
import type { Tools } from './tools.ts';

export function approvalWorkflow({ tracer }: Tools, stateMachineArn: string): Workflow {
  return atFirstUse(() => {
    const client = tracer.captureAWSv3Client(new SFNClient(clientSettings()));
    return createStepFunctionsWorkflow({ client, stateMachineArn });
  });
}

/** The token alone says what waits: these functions know no machine, and their roles may start none. */
export function wakingOnly(tools: Tools): Workflow {
  const workflow = approvalWorkflow(tools, '');
  return {
    start: async () => {
      throw new Error('this function starts no workflow');
    },
    wake: (token) => workflow.wake(token),
  };
}
