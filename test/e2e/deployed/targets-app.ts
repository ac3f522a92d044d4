// A role for the deployed broker to hand out, as an operator would make it: it trusts the broker's function alone.
import { App, Stack } from 'aws-cdk-lib';
import {
  ArnPrincipal,
  PolicyDocument,
  PolicyStatement,
  Role,
  SessionTagsPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { BUCKETS, ROLE } from './names.ts';

const app = new App();
const stack = new Stack(app, String(app.node.tryGetContext('stackName')));
const broker = new ArnPrincipal(String(app.node.tryGetContext('brokerRoleArn')));
const role = new Role(stack, 'Reports', {
  roleName: ROLE,
  assumedBy: new SessionTagsPrincipal(broker),
  inlinePolicies: {
    reports: new PolicyDocument({
      statements: [
        new PolicyStatement({
          actions: ['s3:*Object', 's3:ListBucket'],
          resources: [`arn:aws:s3:::${BUCKETS}`],
        }),
      ],
    }),
  },
});
role.assumeRolePolicy?.addStatements(
  new PolicyStatement({ actions: ['sts:SetSourceIdentity'], principals: [broker] }),
);
