// `bailiwick credentials`: a task's AWS credentials as SDKs take them, from a process or from an endpoint.
import { askerFor } from './credentials/ask.ts';
import { understand } from './credentials/asked.ts';
import { runServe } from './credentials/serve.ts';
import { troubleLine, troubleOf } from './credentials/trouble.ts';
import { type Lines, terminal } from './lines.ts';
import { jsonText, oneLine } from './print/safe.ts';
import { WrongUse } from './remote/trouble.ts';

export const CREDENTIALS_HELP = `bailiwick credentials: a task's AWS credentials, as every AWS SDK and the AWS CLI take them

usage: bailiwick credentials --task TASK --capability TARGET:CAPABILITY… [OPTIONS]
       bailiwick credentials serve --task TASK --capability TARGET:CAPABILITY… [OPTIONS] [--port N] [-- COMMAND…]

Without \`serve\` it prints what \`credential_process\` in an AWS profile expects, once:

  [profile reports]
  credential_process = bailiwick credentials --task TASK --capability reports:read

\`serve\` is the endpoint that AWS_CONTAINER_CREDENTIALS_FULL_URI names, on this machine. It prints what to export and
serves until the task is over, with fresh credentials when they are needed. With a command after --, it runs that with
the endpoint in its environment and without other AWS credentials, and ends with it and its exit code.

  --task TASK        the task. Else BAILIWICK_TASK
  --capability TARGET:CAPABILITY
                     what is wanted, once or more, all of one target
  --parameter NAME=VALUE
                     once or more, with one capability. Left out, the parameters are those that the task holds
  --token-file FILE  a file with the task's token, read anew each time. Else BAILIWICK_TOKEN_FILE
  --token TOKEN      the task's token. Better BAILIWICK_TOKEN, since arguments show in \`ps\`
  --url URL          the broker: https://, or http:// on this machine. Else BAILIWICK_URL, else the broker that last
                     ran in the data directory
  --data DIR         the data directory, if it is not .bailiwick
  --port N           where to serve; any port that is free unless you say otherwise

Exit codes: 0 done, 1 refused, not answered or still to be approved, 2 wrong use; with a command, the command's own.`;

const USAGE =
  'usage: bailiwick credentials [serve] --task TASK --capability TARGET:CAPABILITY …, and `bailiwick credentials --help` says more';

async function print(args: readonly string[], lines: Lines, environment: NodeJS.ProcessEnv): Promise<number> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await askerFor(
    understand(args, environment),
    environment,
  ).issue();
  const text = jsonText({
    Version: 1,
    AccessKeyId: accessKeyId,
    // The one place where they are opened: this answer, to whoever runs the command with the task's token.
    SecretAccessKey: secretAccessKey.open(),
    SessionToken: sessionToken.open(),
    Expiration: expiration.toISOString(),
  });
  lines.out(text);
  return 0;
}

export async function runCredentials(
  args: readonly string[],
  lines: Lines = terminal,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const [first, ...rest] = args;
  try {
    return first === 'serve'
      ? await runServe(rest, lines, environment)
      : await print(args, lines, environment);
  } catch (error) {
    if (error instanceof WrongUse) {
      for (const line of [error.message, USAGE]) lines.err(oneLine(line));
      return 2;
    }
    const trouble = troubleOf(error);
    if (trouble === undefined) throw error;
    lines.err(oneLine(troubleLine(trouble)));
    return 1;
  }
}
