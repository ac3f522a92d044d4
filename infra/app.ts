// What `cdk synth` and `cdk deploy` run. Everything it takes from the context (`-c key=value`) is read in `build`.
import { App } from 'aws-cdk-lib';
import { type ArchiveProps, WrongArchive } from './archive.ts';
import { checkedName, WrongName } from './broker.ts';
import { ConfigRefused, checkedConfig } from './checked-config.ts';
import { WrongGenerations } from './signing-keys.ts';
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
  const signingKeyGenerations = number(app, 'signingKeyGenerations');
  const secretKeyArns = text(app, 'secretKeyArns')?.split(',');
  new BailiwickStack(app, text(app, 'stackName') ?? 'Bailiwick', {
    config: await checkedConfig(configDirectory),
    ownsAccountRole: oneOf(app, 'ownsAccountRole', ['true', 'false']) !== 'false',
    rotateTokenKeys: oneOf(app, 'rotateTokenKeys', ['true', 'false']) !== 'false',
    ...(oneOf(app, 'reservedConcurrency', ['none']) === 'none' ? { reservedConcurrency: 'none' } : {}),
    ...(alarmTopicArn === undefined ? {} : { alarmTopicArn }),
    ...(name === undefined ? {} : { name: checkedName(name) }),
    ...(secretKeyArns === undefined ? {} : { secretKeyArns }),
    ...(signingKeyGenerations === undefined ? {} : { signingKeyGenerations }),
    archive: archive(app),
  });
}

function archive(app: App): ArchiveProps {
  const lockMode = oneOf(app, 'archiveLockMode', ['GOVERNANCE', 'COMPLIANCE']);
  const lockDays = number(app, 'archiveLockDays');
  const expireAfterDays = number(app, 'archiveExpireAfterDays');
  return {
    ...(lockMode === undefined ? {} : { lockMode }),
    ...(lockDays === undefined ? {} : { lockDays }),
    ...(expireAfterDays === undefined ? {} : { expireAfterDays }),
  };
}

function text(app: App, key: string): string | undefined {
  const value: unknown = app.node.tryGetContext(key);
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  throw new WrongUse(`the context key ${key} takes a text`);
}

function number(app: App, key: string): number | undefined {
  const value: unknown = app.node.tryGetContext(key);
  // cdk.json may have it as a number, the command line never does.
  const written = typeof value === 'number' ? String(value) : text(app, key);
  if (written === undefined || /^\d{1,6}$/.test(written))
    return written === undefined ? undefined : Number(written);
  throw new WrongUse(`the context key ${key} takes a whole number, not ${written}`);
}

function oneOf<const One extends string>(app: App, key: string, allowed: readonly One[]): One | undefined {
  const value = text(app, key);
  const known = allowed.find((one) => one === value);
  if (value === undefined || known !== undefined) return known;
  throw new WrongUse(`the context key ${key} takes ${allowed.join(' or ')}, not ${value}`);
}

try {
  await build(new App());
} catch (error) {
  const isTheirs = [ConfigRefused, WrongArchive, WrongGenerations, WrongName, WrongUse].some(
    (kind) => error instanceof kind,
  );
  if (!isTheirs || !(error instanceof Error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
