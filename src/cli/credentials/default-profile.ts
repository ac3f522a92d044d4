// What a file of AWS settings may give as its default profile, by the widest reading of any SDK.

/** Settings of a profile that give credentials. */
const GIVES_CREDENTIALS =
  /^(?:aws_access_key_id|credential_process|credential_source|login_session|role_arn|source_profile|sso_\w+|web_identity_token_file)$/;

/** `[DEFAULT]`, too: where Python's parser reads the file, it speaks for every section. */
const DEFAULT = /^\s*(?:profile\S*\s+)?default\s*$/i;

/**
 * SDKs do not agree on what an indented line is, nor on where a heading ends. So what may begin the default profile
 * begins it, and only a heading that all of them take for another's ends it.
 */
function isDefaultAfter(line: string, wasDefault: boolean): boolean {
  if (!/^\s*\[/.test(line)) return wasDefault;
  const heading = line.replaceAll(/["'\\]/g, '');
  const plain = /^\[([^[\];#]*)\]\s*(?:\s[;#].*)?$/.exec(heading)?.[1];
  return plain === undefined ? wasDefault || /default/i.test(heading) : DEFAULT.test(plain);
}

export interface DefaultProfile {
  readonly givesCredentials: boolean;
  readonly region: string | undefined;
}

export function defaultProfileIn(text: string): DefaultProfile {
  let [isDefault, givesCredentials] = [false, false];
  let region: string | undefined;
  for (const line of text.split(/\r\n?|\n/)) {
    isDefault = isDefaultAfter(line, isDefault);
    const [, name = '', value = ''] = /^\s*([^\s=:]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (!isDefault) continue;
    if (GIVES_CREDENTIALS.test(name.toLowerCase())) givesCredentials = true;
    // The first: what is read too widely comes after it.
    if (name.toLowerCase() === 'region' && value !== '') region ??= value;
  }
  return { givesCredentials, region };
}
