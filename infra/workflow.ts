// The workflow of approvals: the state machine in `statemachines/`, as it stands there, and who may start it.
import { RemovalPolicy } from 'aws-cdk-lib';
import { type IRole, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import definition from '../statemachines/approval.asl.json' with { type: 'json' };
import { acknowledge } from './acknowledge.ts';

export interface ApprovalWorkflowProps {
  /** Looks, asks and records. */
  readonly steps: IFunction;
  /** Carries out what was approved. */
  readonly execute: IFunction;
  readonly logRetention: RetentionDays;
}

export class ApprovalWorkflow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { steps, execute, logRetention }: ApprovalWorkflowProps) {
    super(scope, id);
    const destination = new LogGroup(this, 'Log', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'ItsSteps',
        actions: ['lambda:InvokeFunction'],
        resources: [steps.functionArn, execute.functionArn],
      }),
    );
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
      definitionSubstitutions: {
        StepsFunction: steps.functionArn,
        ExecuteFunction: execute.functionArn,
      },
      role,
      // Execution data holds the tokens that wake it, and a log is read by more people than the machine.
      logs: { destination, level: LogLevel.ERROR, includeExecutionData: false },
      tracingEnabled: true,
    });
    acknowledge(role, {
      'IAM5[Resource::*]':
        'Log delivery and X-Ray know no resources; these are the actions that AWS documents for a state machine that logs and is traced.',
    });
    acknowledge(this.machine, {
      SF1: 'What happens is recorded in the audit, event by event; the log is for what fails, and at other levels would cost more than the calls.',
    });
  }

  /** A policy of its own, since the machine is made after the functions that start it. */
  startedBy(roles: readonly IRole[]): void {
    new Policy(this, 'Start', {
      roles: [...roles],
      statements: [
        new PolicyStatement({
          sid: 'Start',
          actions: ['states:StartExecution'],
          resources: [this.machine.stateMachineArn],
        }),
      ],
    });
  }
}
