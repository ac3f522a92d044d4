// The example apps synthesize as they stand there.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/loading/index.ts';
import { temporaryDirectory } from '../embedded/support/broker.ts';
import { REPOSITORY } from '../support/command.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** By the app's own `cdk.json`, with `bailiwick` from the sources; the templates by their stacks. */
function synthesized(example: string): (stack: string) => Template {
  const directory = join(REPOSITORY, 'examples', example);
  const { app } = JSON.parse(readFileSync(join(directory, 'cdk.json'), 'utf8')) as { app: string };
  const [command, ...args] = app.split(' ');
  expect(command).toBe('node');
  const outdir = join(temporaryDirectory(), 'cdk.out');
  const { PATH, HOME } = process.env;
  const CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:bundling-stacks': [] });
  execFileSync(process.execPath, ['--conditions=bailiwick-source', ...args], {
    cwd: directory,
    env: { PATH, HOME, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return (stack) => JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8')) as Template;
}

const roles = ({ Resources }: Template) =>
  Object.values(Resources)
    .filter(({ Type, Properties }) => Type === 'AWS::IAM::Role' && 'RoleName' in Properties)
    .map(({ Properties }) => Properties['RoleName']);

test('examples/cdk-broker is the broker, its alarms told to a topic, and the role that its config names', async () => {
  const broker = synthesized('cdk-broker')('Broker');
  expect(roles(broker)).toEqual(['bailiwick-reports']);
  const loaded = await loadConfig(join(REPOSITORY, 'examples/deployed'), { mode: 'deployed' });
  const connection = { roleArn: 'arn:aws:iam::111122223333:role/bailiwick-reports' };
  expect(loaded).toMatchObject({ config: { targets: { reports: { connection } } } });
  const alarms = Object.values(broker.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  expect(alarms).not.toHaveLength(0);
  for (const { Properties } of alarms) expect(Properties['AlarmActions']).toHaveLength(1);
});

test('examples/cdk-role is one role in the broker’s account and two in another, and says what targets must', () => {
  const template = synthesized('cdk-role');
  const [beside, elsewhere] = [template('OrdersBesideTheBroker'), template('OrdersElsewhere')];
  expect(roles(beside)).toEqual(['bailiwick-orders']);
  expect(roles(elsewhere)).toEqual(['bailiwick-orders', 'bailiwick-orders-revoker']);
  expect(Object.keys(beside.Outputs ?? {})).toEqual(['roleArn']);
  expect(Object.keys(elsewhere.Outputs ?? {}).sort()).toEqual(['externalId', 'revokerRoleArn', 'roleArn']);
});
