// What `cdk synth` and `cdk deploy` run. Everything it takes from the context (`-c key=value`) is read in `build`.
import { App } from 'aws-cdk-lib';
import { checkedName, WrongName } from './broker.ts';
import { ConfigRefused, checkedConfig } from './checked-config.ts';
import { BailiwickStack } from './stack.ts';

/** What was asked for cannot be done as it was asked. */
class WrongUse extends Error {}

async function build(app: App): Promise<void> {
  const configDirectory = text(app, 'config');
  if (configDirectory === undefined) {
    throw new WrongUse(
      'say which config to deploy: cdk deploy -c config=DIR (examples/deployed is one to start from)',
    );
  }
  const alarmTopicArn = text(app, 'alarmTopicArn');
  const name = text(app, 'name');
  const secretKeyArns = text(app, 'secretKeyArns')?.split(',');
  new BailiwickStack(app, text(app, 'stackName') ?? 'Bailiwick', {
    config: await checkedConfig(configDirectory),
    ownsAccountRole: oneOf(app, 'ownsAccountRole', ['true', 'false']) !== 'false',
    rotateTokenKeys: oneOf(app, 'rotateTokenKeys', ['true', 'false']) !== 'false',
    ...(oneOf(app, 'reservedConcurrency', ['none']) === 'none' ? { reservedConcurrency: 'none' } : {}),
    ...(alarmTopicArn === undefined ? {} : { alarmTopicArn }),
    ...(name === undefined ? {} : { name: checkedName(name) }),
    ...(secretKeyArns === undefined ? {} : { secretKeyArns }),
  });
}

function text(app: App, key: string): string | undefined {
  const value: unknown = app.node.tryGetContext(key);
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  throw new WrongUse(`the context key ${key} takes a text`);
}

function oneOf(app: App, key: string, allowed: readonly string[]): string | undefined {
  const value = text(app, key);
  if (value === undefined || allowed.includes(value)) return value;
  throw new WrongUse(`the context key ${key} takes ${allowed.join(' or ')}, not ${value}`);
}

try {
  await build(new App());
} catch (error) {
  const isTheirs = [ConfigRefused, WrongName, WrongUse].some((kind) => error instanceof kind);
  if (!isTheirs || !(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
