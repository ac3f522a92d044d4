// The broker as a stack of its own, with what it is reached and found by as outputs.
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { Bailiwick, type BailiwickProps } from './bailiwick.ts';
import { DESIGNS, FUNCTION_NAMES, logicalName } from './functions.ts';

export interface BailiwickStackProps extends StackProps, BailiwickProps {
  /** Where alarms go, as an ARN. */
  readonly alarmTopicArn?: string;
}

export class BailiwickStack extends Stack {
  readonly bailiwick: Bailiwick;

  constructor(scope: Construct, id: string, props: BailiwickStackProps) {
    super(scope, id, { description: 'Bailiwick, a credential broker for AI agents', ...props });
    const { alarmTopicArn } = props;
    this.bailiwick = new Bailiwick(this, 'Bailiwick', {
      ...props,
      ...(alarmTopicArn === undefined
        ? {}
        : { alarmTopic: Topic.fromTopicArn(this, 'AlarmTopic', alarmTopicArn) }),
    });
    const { stores, frontDoor, workflow } = this.bailiwick;
    this.output('ApiUrl', frontDoor.api.url, 'Where agents reach the broker');
    this.output('ApiId', frontDoor.api.restApiId, 'The id of the REST API');
    this.output('StateTable', stores.state.tableName, 'Tasks, calls and what they stand at');
    this.output('EventsTable', stores.events.tableName, 'The audit');
    this.output('ObjectsBucket', stores.objects.bucketName, 'Bodies too large for a record');
    this.output('ArchiveBucket', stores.archive.bucket.bucketName, "The audit's archive");
    this.output(
      'ArchiveDatabase',
      stores.archive.table.database,
      'Where Athena finds the table `events` of it',
    );
    this.output(
      'SigningKeys',
      stores.signingKeys.map(({ keyArn }) => keyArn).join(','),
      'The keys that digests of the audit are signed with, the oldest first',
    );
    this.output('TokenKeysSecret', stores.tokenKeysArn, 'The keys that task tokens are made with');
    this.output('MaskingKeysSecret', stores.maskingKeysArn, 'The key that pseudonyms are made with');
    this.output('ApprovalWorkflow', workflow.machine.stateMachineArn, 'An execution for each approval');
    const { name, issuerRoleArn, revokerRoleArn, callerRoleArn } = this.bailiwick;
    this.output('BrokerName', name, 'What the tag bailiwick of the roles of AWS targets must say');
    this.output(
      'IssueCredentialsRoleArn',
      issuerRoleArn,
      'Whom the roles of AWS targets must trust, and nobody else but the next where they sign',
    );
    this.output(
      'MakeCallRoleArn',
      callerRoleArn,
      'Whom those roles must trust too whose sessions sign requests to HTTP targets (sigv4)',
    );
    this.output('RevokerRoleArn', revokerRoleArn, 'Whom the revoking roles of other accounts must trust');
    for (const each of FUNCTION_NAMES) {
      const { functionName } = this.bailiwick.functions[each];
      this.output(`${logicalName(each)}Function`, functionName, DESIGNS[each].purpose);
    }
  }

  private output(id: string, value: string, description: string): void {
    new CfnOutput(this, id, { value, description });
  }
}
