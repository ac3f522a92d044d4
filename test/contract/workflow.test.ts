// Workflow, in Step Functions and in this process.
import { SFNClient } from '@aws-sdk/client-sfn';
import { describe } from 'vitest';
import { createStepFunctionsWorkflow } from '../../src/adapters/aws/step-functions.ts';
import { approvalMachine } from '../../src/adapters/embedded/workflow/approval-machine.ts';
import { createEmbeddedWorkflow } from '../../src/adapters/embedded/workflow.ts';
import { systemIds } from '../../src/adapters/system.ts';
import type { Workflow } from '../../src/ports/workflow.ts';
import type { Json, JsonObject } from '../../src/shared/json.ts';
import { keptLog } from '../adapters/embedded/workflow/log.ts';
import { manualTimers } from '../adapters/embedded/workflow/manual-timers.ts';
import { clientOptions, impatientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { startFakeStepFunctions } from './support/fake-step-functions.ts';
import { closedPort, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { type Watched, workflowContract } from './workflow.ts';

const ARN = 'arn:aws:states:eu-west-1:111122223333:stateMachine:approval';

const inProcess: Open<Watched> = async () => {
  const tokens = new Map<string, string>();
  const looks: JsonObject[] = [];
  const looksAt = (approval: string) => looks.filter((input) => input['approval'] === approval);
  async function steps({ step, ...input }: JsonObject): Promise<Json> {
    if (step === 'look') looks.push(input);
    else tokens.set(String(input['approval']), String(input['token']));
    return { status: 'pending', stage: 'ask', seconds: 900, pause: 30 };
  }
  const workflow = createEmbeddedWorkflow({
    machine: await approvalMachine(),
    functions: { steps, execute: steps },
    timers: manualTimers(),
    ids: systemIds,
    log: keptLog(),
  });
  const port: Watched = {
    ...workflow,
    // The first look is of the start, every other of a callback, or of another start.
    started: () =>
      looks.filter((input, at) => looks.findIndex((other) => other['approval'] === input['approval']) === at),
    tokenOf: (approval) => tokens.get(approval),
    woken: (approval) => looksAt(approval).length - 1,
  };
  return { port, clock: movableClock(), close: () => workflow.stop(1000) };
};

const inStepFunctions: Open<Watched> = async () => {
  const { executions, tokens, woken, endpoint, close } = await startFakeStepFunctions();
  const client = new SFNClient(clientOptions(endpoint));
  const port: Watched = {
    ...createStepFunctionsWorkflow({ client, stateMachineArn: ARN }),
    started: () => [...executions.values()].map((input) => JSON.parse(input)),
    tokenOf: (approval) => tokens.get(approval),
    woken: (approval) => woken.get(approval) ?? 0,
  };
  return { port, clock: movableClock(), close };
};

const at =
  (start: () => Promise<Listening>): Open<Workflow> =>
  async () => {
    const { endpoint, close } = await start();
    const client = new SFNClient(impatientOptions(endpoint));
    return {
      port: createStepFunctionsWorkflow({ client, stateMachineArn: ARN }),
      clock: movableClock(),
      close,
    };
  };

describe('Workflow in this process', () => workflowContract(inProcess));
describe('Workflow in Step Functions', () => workflowContract(inStepFunctions));

const CALLS = {
  start: (workflow: Workflow) => workflow.start('appr_1'),
  wake: (workflow: Workflow) => workflow.wake('token'),
};
faultsAreTyped('Workflow where nobody listens', 'workflow', at(closedPort), CALLS);
faultsAreTyped('Workflow where nobody answers', 'workflow', at(silentServer), CALLS);
