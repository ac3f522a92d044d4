// The environment of a command that is to have the task's credentials, and no others before them.
import { readFile } from 'node:fs/promises';
import { devNull, homedir } from 'node:os';
import { join } from 'node:path';
import { defaultProfileIn } from './default-profile.ts';

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

/** Of one service each, as AWS_BEARER_TOKEN_BEDROCK: it goes before credentials that are signed with. */
const BEARER_TOKEN = /^AWS_BEARER_TOKEN_/;

/** The user's own settings are kept, unless credentials are among them: then only the region is. */
async function configured(environment: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const named = environment['AWS_CONFIG_FILE'] ?? '';
  const file = named === '' ? join(homedir(), '.aws', 'config') : named;
  const text = await readFile(file, 'utf8').catch(() => undefined);
  // Some SDKs put in a home or a variable where the name says one, and so find a file that is not found here.
  const isUnknown = text === undefined && named !== '';
  const profile = defaultProfileIn(text ?? '');
  if (!isUnknown && !profile.givesCredentials) return {};
  const region = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || profile.region;
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
  const kept = Object.entries(environment).filter(([name]) => !removed.has(name) && !BEARER_TOKEN.test(name));
  return {
    ...Object.fromEntries(kept),
    ...(await configured(environment)),
    // Files of credentials would go before an endpoint, too. The second is that of an older SDK, which newer ones still read.
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    BOTO_CONFIG: devNull,
    ...endpoint,
  };
}
