// Puts the broker, and a role for it to hand out, into an AWS: the repo's own CDK app through the CDK's own command.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessProblem, run } from './process.ts';

export interface DeployOptions {
  readonly repository: string;
  /** Assemblies and outputs go here. */
  readonly directory: string;
  readonly config: string;
  readonly account: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

export type Outputs = Readonly<Record<string, string>>;

const STACK = 'BailiwickE2E';
const TARGETS = 'BailiwickE2ETargets';
const STEP_SECONDS = 180;

export async function deploy(options: DeployOptions): Promise<Outputs> {
  const broker = brokerApp(options);
  const region = options.environment['AWS_REGION'] ?? '';
  await cdk(options, 'bootstrap', ['bootstrap', `aws://${options.account}/${region}`, ...broker]);
  const outputs = await deployStack(options, STACK, broker);
  const roles = {
    issuerRoleArn: output(outputs, 'IssueCredentialsRoleArn'),
    revokerRoleArn: output(outputs, 'RevokerRoleArn'),
    callerRoleArn: output(outputs, 'MakeCallRoleArn'),
  };
  await deployStack(options, TARGETS, targetsApp(options, roles));
  return outputs;
}

/** Takes away what can be taken away; tables and the like are retained, as everywhere. */
export async function destroy(options: DeployOptions): Promise<void> {
  // Whom the role trusted is of no account where it goes.
  const gone = `arn:aws:iam::${options.account}:role/gone`;
  const roles = { issuerRoleArn: gone, revokerRoleArn: gone, callerRoleArn: gone };
  await cdk(options, 'destroy', ['destroy', TARGETS, '--force', ...targetsApp(options, roles)]);
  await cdk(options, 'destroy', ['destroy', STACK, '--force', ...brokerApp(options)]);
}

function brokerApp({ config, directory }: DeployOptions): string[] {
  return [
    ...['--output', join(directory, 'broker.out')],
    ...['-c', `config=${config}`, '-c', `stackName=${STACK}`],
    // Neither emulator knows AWS::SecretsManager::RotationSchedule.
    ...['-c', 'rotateTokenKeys=false'],
  ];
}

/** `roles` are of the broker's functions. */
function targetsApp({ directory }: DeployOptions, roles: Readonly<Record<string, string>>): string[] {
  return [
    ...['--app', 'node test/e2e/deployed/targets-app.ts', '--output', join(directory, 'targets.out')],
    ...Object.entries({ stackName: TARGETS, ...roles }).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
}

async function deployStack(options: DeployOptions, stack: string, app: string[]): Promise<Outputs> {
  const file = join(options.directory, `${stack}.outputs.json`);
  const quiet = ['--require-approval', 'never', '--progress', 'events', '--outputs-file', file];
  await cdk(options, 'deploy', ['deploy', stack, ...quiet, ...app]);
  const written: Record<string, Record<string, string>> = JSON.parse(readFileSync(file, 'utf8'));
  return written[stack] ?? {};
}

export function output(outputs: Outputs, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new HarnessProblem(`the stack has no output ${name}`);
  return value;
}

async function cdk(options: DeployOptions, step: string, args: readonly string[]): Promise<void> {
  const logFile = join(options.directory, `cdk-${step}.log`);
  const code = await run('cdk', [...args, '--no-notices', '--ci'], {
    environment: { ...options.environment, CDK_DISABLE_CLI_TELEMETRY: '1' },
    directory: options.repository,
    seconds: STEP_SECONDS,
    signal: options.signal,
    logFile,
  });
  if (code === 0) return;
  const log = readFileSync(logFile, 'utf8');
  throw new HarnessProblem(`cdk ${step} failed (${code}):\n${log.slice(-6000)}`);
}
