// From whom a function may send mail: the one sender that the config names, and nobody else.
import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Config } from '../src/config/index.ts';
import type { FunctionDesign } from './functions.ts';
import { statement } from './statement.ts';

/** What SES may have verified: the address itself, its domain, or a domain above that. */
function identities(from: string): readonly string[] {
  const labels = from.slice(from.lastIndexOf('@') + 1).split('.');
  const domains = labels.slice(0, -1).map((_, place) => labels.slice(place).join('.'));
  return [from, ...domains];
}

export function mailStatements(
  { sendsMail }: FunctionDesign,
  { broker }: Config,
  scope: Construct,
): PolicyStatement[] {
  const from = broker.notify?.email?.from;
  if (!sendsMail || from === undefined) return [];
  const { partition, region, account } = Stack.of(scope);
  const arns = identities(from).map((each) => `arn:${partition}:ses:${region}:${account}:identity/${each}`);
  // A whole message is asked for by the second, whatever the operation is called.
  return statement('Mail', ['ses:SendEmail', 'ses:SendRawEmail'], arns, {
    StringEquals: { 'ses:FromAddress': from },
  });
}
