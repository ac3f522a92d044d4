// Which secrets that the config names a function may read: those of its HTTP targets, those of broker.yaml, and no other.
import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Config } from '../src/config/index.ts';
import type { FunctionDesign } from './functions.ts';
import { inParts } from './statement.ts';
import type { Stores } from './stores.ts';

/** Each once, in a fixed order. */
function ofTargets({ targets }: Config): readonly string[] {
  const names = Object.values(targets).flatMap((each) => (each.kind === 'http' ? (each.secret ?? []) : []));
  return [...new Set(names)].sort();
}

function ofBroker({ broker }: Config, of: FunctionDesign['ownSecrets']): readonly string[] {
  const named = { login: broker.humans?.login?.secret, slack: broker.notify?.slack?.secret };
  return [...new Set(of.flatMap((each) => named[each] ?? []))].sort();
}

/** Secrets Manager ends every ARN with a hyphen and six characters of its own, which nobody knows beforehand. */
function arnOf(name: string, { partition, region, account }: Stack): string {
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-??????`;
}

/** `keyArns` are of the customer's own keys; the one that Secrets Manager brings along needs no permission. */
export function configSecretStatements(
  design: FunctionDesign,
  config: Config,
  keyArns: readonly string[],
  stores: Stores,
): PolicyStatement[] {
  const stack = Stack.of(stores);
  const read = (sid: string, names: readonly string[]) =>
    inParts(sid, ['secretsmanager:GetSecretValue'], { resources: names.map((name) => arnOf(name, stack)) });
  const statements = [
    ...read('TargetSecrets', design.reachesTargets ? ofTargets(config) : []),
    ...read('OwnSecrets', ofBroker(config, design.ownSecrets)),
  ];
  if (statements.length === 0) return [];
  const conditions = stores.via('secretsmanager');
  return [...statements, ...inParts('KeysOfSecrets', ['kms:Decrypt'], { resources: keyArns, conditions })];
}
