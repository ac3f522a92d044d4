// Which secrets of targets a function may read: exactly those that the config's HTTP targets name, and no other.
import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Config } from '../src/config/index.ts';
import type { FunctionDesign } from './functions.ts';
import { inParts } from './statement.ts';
import type { Stores } from './stores.ts';

/** Each once, in a fixed order. */
function secretNames({ targets }: Config): readonly string[] {
  const names = Object.values(targets).flatMap((each) => (each.kind === 'http' ? (each.secret ?? []) : []));
  return [...new Set(names)].sort();
}

/** Secrets Manager ends every ARN with a hyphen and six characters of its own, which nobody knows beforehand. */
function arnOf(name: string, { partition, region, account }: Stack): string {
  if (name.startsWith('arn:')) return name;
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-??????`;
}

/** `keyArns` are of the customer's own keys; the one that Secrets Manager brings along needs no permission. */
export function targetSecretStatements(
  design: FunctionDesign,
  config: Config,
  keyArns: readonly string[],
  stores: Stores,
): PolicyStatement[] {
  const names = design.reachesTargets ? secretNames(config) : [];
  if (names.length === 0) return [];
  const stack = Stack.of(stores);
  const resources = names.map((name) => arnOf(name, stack));
  return [
    ...inParts('TargetSecrets', ['secretsmanager:GetSecretValue'], { resources }),
    ...inParts('KeysOfTargetSecrets', ['kms:Decrypt'], {
      resources: keyArns,
      conditions: stores.via('secretsmanager'),
    }),
  ];
}
