// The broker in a CDK app of one's own, with a topic for its alarms, and a role for it to hand out.
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Bailiwick, BrokeredRole } from 'bailiwick';

const app = new App();
const stack = new Stack(app, 'Broker', { env: { account: '111122223333', region: 'eu-west-1' } });

const broker = new Bailiwick(stack, 'Bailiwick', {
  config: app.node.tryGetContext('config') ?? join(import.meta.dirname, '../deployed'),
  alarmTopic: new Topic(stack, 'Alarms', { enforceSSL: true }),
});

// The role that the target `reports` of that config names.
new BrokeredRole(stack, 'Reports', {
  broker,
  roleName: 'bailiwick-reports',
  environment: 'production',
  statements: [
    new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme-reports/*'] }),
  ],
});
