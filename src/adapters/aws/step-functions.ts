// The workflow in Step Functions: an execution for each approval, named after it.
import { SendTaskSuccessCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Workflow } from '../../ports/workflow.ts';
import { withinDeadline } from '../faults.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';
import { nameOf } from './sdk-errors.ts';

export interface StepFunctionsDependencies {
  readonly client: SFNClient;
  readonly stateMachineArn: string;
  readonly deadlineMilliseconds?: number;
}

/** Under that name one runs, or has ended within the last ninety days: in both cases nothing is left to start. */
const STARTED = ['ExecutionAlreadyExists'];
/** Woken before, over, or never a token: nobody waits with it. */
const NOT_WAITING = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

async function unless(names: readonly string[], sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!names.includes(nameOf(error))) throw error;
  }
}

export function createStepFunctionsWorkflow(dependencies: StepFunctionsDependencies): Workflow {
  const { client, stateMachineArn, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  return {
    async start(approval) {
      const input = JSON.stringify({ approval });
      const command = new StartExecutionCommand({ stateMachineArn, name: approval, input });
      await withinDeadline('workflow', deadlineMilliseconds, (abortSignal) =>
        unless(STARTED, client.send(command, { abortSignal })),
      );
    },
    async wake(token) {
      // Tells nothing but that there is something to look at.
      const command = new SendTaskSuccessCommand({ taskToken: token, output: '{}' });
      await withinDeadline('workflow', deadlineMilliseconds, (abortSignal) =>
        unless(NOT_WAITING, client.send(command, { abortSignal })),
      );
    },
  };
}
