// The environment of a command that is to have the task's credentials, and no others before them.
import { readFile } from 'node:fs/promises';
import { devNull, homedir } from 'node:os';
import { join } from 'node:path';

/** SDKs look at all of these before they look at a container's endpoint. */
const OTHER_CREDENTIALS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_ACCESS_KEY',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_CREDENTIAL_FILE',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
];

/** Whoever has the task's token has all that the task holds; the command gets what was named, no more. */
const OWN = ['BAILIWICK_TOKEN', 'BAILIWICK_TOKEN_FILE'];

/** Settings of a profile that give credentials. */
const GIVES_CREDENTIALS =
  /^(?:aws_access_key_id|credential_process|credential_source|login_session|role_arn|source_profile|sso_\w+|web_identity_token_file)$/;

/** What the default profile of such a file says, as far as it stands at the beginning of a line. */
function defaultProfile(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  let isDefault = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*(?:profile\s+)?["']?([^\]"']*?)["']?\s*\]/.exec(line)?.[1];
    if (section !== undefined) isDefault = section === 'default';
    const [, name, value = ''] = /^([\w.-]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (isDefault && name !== undefined) settings.set(name.toLowerCase(), value);
  }
  return settings;
}

/** The user's own settings are kept, unless credentials are among them: then only the region is. */
async function configured(environment: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const file = environment['AWS_CONFIG_FILE'] || join(homedir(), '.aws', 'config');
  const settings = defaultProfile(await readFile(file, 'utf8').catch(() => ''));
  if (![...settings.keys()].some((name) => GIVES_CREDENTIALS.test(name))) return {};
  const region = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || settings.get('region');
  return {
    AWS_CONFIG_FILE: devNull,
    ...(region === undefined ? {} : { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
  };
}

export async function commandEnvironment(
  environment: NodeJS.ProcessEnv,
  endpoint: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const removed = new Set([...OTHER_CREDENTIALS, ...OWN]);
  const kept = Object.entries(environment).filter(([name]) => !removed.has(name));
  return {
    ...Object.fromEntries(kept),
    ...(await configured(environment)),
    // A file of credentials would go before an endpoint, too.
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    ...endpoint,
  };
}
