// From whom a function may send mail: the one sender that the config names, and nobody else.
import { Stack, Token } from 'aws-cdk-lib';
import type { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Config } from '../src/config/index.ts';
import { acknowledge } from './acknowledge.ts';
import type { FunctionDesign } from './functions.ts';
import { statement } from './statement.ts';

/**
 * Beside the sender's identity SES judges the configuration set that this may come with, and in its sandbox the identity
 * of who is written to: either is refused where it is not named. The sender is held by the condition.
 */
const JUDGED = ['identity/*', 'configuration-set/*'];

const REASON =
  'SES also judges the configuration set of the sender’s identity, and in its sandbox the identity of each recipient; from whom is sent is held by ses:FromAddress.';

interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

const arnsIn = ({ partition, region, account }: Place): readonly string[] =>
  JUDGED.map((each) => `arn:${partition}:ses:${region}:${account}:${each}`);

export function mailStatements(
  { sendsMail }: FunctionDesign,
  { broker }: Config,
  scope: Construct,
): PolicyStatement[] {
  const from = broker.notify?.email?.from;
  if (!sendsMail || from === undefined) return [];
  // A whole message is asked for by the second, whatever the operation is called.
  return statement('Mail', ['ses:SendEmail', 'ses:SendRawEmail'], [...arnsIn(Stack.of(scope))], {
    StringEquals: { 'ses:FromAddress': from },
  });
}

/** What is known only at deployment is named as CloudFormation names it. */
function named(stack: Stack): Place {
  const word = (value: string, name: string) => (Token.isUnresolved(value) ? `<AWS::${name}>` : value);
  return {
    partition: word(stack.partition, 'Partition'),
    region: word(stack.region, 'Region'),
    account: word(stack.account, 'AccountId'),
  };
}

export function acknowledgeMail(role: Role, { sendsMail }: FunctionDesign, { broker }: Config): void {
  if (!sendsMail || broker.notify?.email?.from === undefined) return;
  for (const arn of arnsIn(named(Stack.of(role)))) acknowledge(role, { [`IAM5[Resource::${arn}]`]: REASON });
}
