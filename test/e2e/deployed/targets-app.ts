// A role for the deployed broker to hand out, as an operator would make it: it trusts the broker's function alone.
import { App, Stack } from 'aws-cdk-lib';
import {
  ArnPrincipal,
  PolicyDocument,
  PolicyStatement,
  Role,
  SessionTagsPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { REPORTS_BUCKET, REPORTS_ROLE } from './names.ts';

const app = new App();
const stack = new Stack(app, String(app.node.tryGetContext('stackName')));
const broker = new ArnPrincipal(String(app.node.tryGetContext('brokerRoleArn')));
const role = new Role(stack, 'Reports', {
  roleName: REPORTS_ROLE,
  assumedBy: new SessionTagsPrincipal(broker),
  inlinePolicies: {
    reports: new PolicyDocument({
      statements: [
        new PolicyStatement({ actions: ['s3:GetObject'], resources: [`arn:aws:s3:::${REPORTS_BUCKET}/*`] }),
      ],
    }),
  },
});
role.assumeRolePolicy?.addStatements(
  new PolicyStatement({ actions: ['sts:SetSourceIdentity'], principals: [broker] }),
);
