// Roles for the deployed broker to hand out, as the owner of what they reach makes them: they trust the broker alone.
import { App, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { BrokeredRole } from '../../../infra/brokered-role.ts';
import { BUCKETS, DELIVERIES, DELIVERIES_EXTERNAL_ID, ROLE } from './names.ts';

const app = new App();
const context = (key: string) => String(app.node.tryGetContext(key));
const stack = new Stack(app, context('stackName'));
const broker = {
  ...{ issuerRoleArn: context('issuerRoleArn'), revokerRoleArn: context('revokerRoleArn') },
  callerRoleArn: context('callerRoleArn'),
};
const statements = [
  new PolicyStatement({ actions: ['s3:*Object', 's3:ListBucket'], resources: [`arn:aws:s3:::${BUCKETS}`] }),
];
new BrokeredRole(stack, 'Reports', {
  ...{ broker, statements, otherAccount: false },
  roleName: ROLE,
  // The target by-sigv4 does.
  signs: true,
});
new BrokeredRole(stack, 'Deliveries', {
  ...{ broker, statements, otherAccount: false },
  roleName: DELIVERIES,
  externalId: DELIVERIES_EXTERNAL_ID,
  environment: 'production',
});
