// An app that owns what an agent is to reach, and so the role for it: in the broker's account, and in another.
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BrokeredRole } from 'bailiwick';

/**
 * The broker's outputs IssueCredentialsRoleArn, RevokerRoleArn and BrokerName. A role that says `signs: true`, since
 * requests to an HTTP target are signed with its sessions, also needs MakeCallRoleArn, as `callerRoleArn`.
 */
const broker = {
  issuerRoleArn: 'arn:aws:iam::111122223333:role/Broker-IssueCredentials',
  revokerRoleArn: 'arn:aws:iam::111122223333:role/Broker-RevokeSessions',
  name: 'bailiwick',
};

class Orders extends Stack {
  constructor(scope, id, account, externalId) {
    super(scope, id, { env: { account, region: 'eu-west-1' } });
    const orders = new Bucket(this, 'Orders', { enforceSSL: true });
    const { connection } = new BrokeredRole(this, 'Role', {
      broker,
      roleName: 'bailiwick-orders',
      environment: 'production',
      externalId,
      statements: [
        new PolicyStatement({
          actions: ['s3:GetObject', 's3:PutObject'],
          resources: [orders.arnForObjects('*')],
        }),
      ],
    });
    // What the target's file says under `connection`.
    for (const [key, value] of Object.entries(connection)) new CfnOutput(this, key, { value });
  }
}

const app = new App();
new Orders(app, 'OrdersBesideTheBroker', '111122223333');
new Orders(app, 'OrdersElsewhere', '444455556666', 'orders-7f3a');
