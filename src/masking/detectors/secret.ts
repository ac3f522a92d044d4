// Values that a name calls secret and that look as if a machine had made them.
import type { Detector } from '../detector.ts';
import { besideLabels } from '../scan/labelled.ts';
import type { Scan } from '../scan/scan.ts';
import { NO_SECRETS } from './kit/no-secrets.ts';
import { isHex, isRandom, isUuid, surprise } from './kit/randomness.ts';
import { toldAt, trimmed } from './kit/told.ts';
import { isCode, isOtherwiseKnown, isPlace, isPlaceholder } from './kit/values.ts';

const KINDS_OF_KEY =
  'api app application access secret service auth authentication encryption encrypt decryption signing signature client consumer master admin account shared subscription license licence user rest sdk server integration developer dev prod production live test sandbox write read ingest ingestion deploy publish publishable webhook hmac aes cipher crypto symmetric jwt cookie security storage storageaccount bot web maps personal privileged session root data org organization team partner merchant project tenant tunnel stream function functions host system private ssh wifi wep wpa psk preshared network device registration activation product recovery backup seed kms vault unseal';

const KEYS = KINDS_OF_KEY.split(' ').map((kind) => `${kind}key`);

const TOKENS =
  'pat adopat githubpat gitlabpat accesstoken refreshtoken idtoken authtoken apitoken bottoken sessiontoken securitytoken bearertoken csrftoken xsrftoken csrf xsrf oauthtoken personalaccesstoken privatetoken deploytoken jobtoken runnertoken registrationtoken verifytoken verificationtoken resettoken invitetoken servicetoken clusterjointoken usertoken apptoken clienttoken webhooktoken bearer jwt'.split(
    ' ',
  );

const SECRETS =
  'secret clientsecret appsecret apisecret consumersecret sharedsecret webhooksecret signingsecret jwtsecret sessionsecret cookiesecret tokensecret accesssecret secretbase secretkeybase secrettoken secretvalue applicationsecret oauthsecret credential auth authcode authorizationcode codeverifier clientassertion samlresponse samlassertion passkey sessionid sid pepper accesskeysecret keysecret rolesecretid vaultsecretid connectionstring auth0secret authsecret nextauthsecret encryptionsecret hmacsecret totpsecret mfasecret otpsecret twofactorsecret seed recoverycode backupcode magiclink'.split(
    ' ',
  );

const LONGEST = 256;

function isSecret(given: string, least = 8): boolean {
  // What is long is as random at its beginning.
  const value = given.length > LONGEST ? given.slice(0, LONGEST) : given;
  if (value.length < least || /\s/u.test(value)) return false;
  if (isPlaceholder(value) || isOtherwiseKnown(value) || isCode(value)) return false;
  // Base64 may begin with a slash.
  if (isPlace(value) && !(value.startsWith('/') && surprise(value) > 0.3)) return false;
  return !isNamedByCloud(value) && (isRandom(value, least) || isBasic(value));
}

/** `prod/db-Ab3dE6`: the name of a secret in AWS, which ends in six random characters. */
function isNamedByCloud(value: string): boolean {
  const dash = value.length - 7;
  return (
    dash >= 3 &&
    value[dash] === '-' &&
    /^[A-Za-z0-9]{6}$/u.test(value.slice(dash + 1)) &&
    surprise(value.slice(0, dash)) < 0.2
  );
}

/** `user:password` in Base64, as Docker's configuration has it. */
function isBasic(value: string): boolean {
  if (value.length < 8 || value.length > 1024 || !/^[A-Za-z0-9+/]+={0,2}$/u.test(value)) return false;
  return /^[\w.@-]+:[\x21-\x7e]+$/u.test(Buffer.from(value, 'base64').toString('latin1'));
}

/** In a sentence, or as another argument, only what can't be anything else. */
function isSurelySecret(value: string): boolean {
  return isSecret(value, 12) && surprise(value) > 0.28;
}

function find(scan: Scan, at: number, to: number): void {
  const told = toldAt(scan, at, to, false);
  if (told === undefined) return;
  const end = trimmed(scan.text, told);
  const value = besideLabels(scan, told.start, end);
  if (told.how === 'assigned' ? isSecret(value) : isSurelySecret(value)) scan.add(told.start, end);
}

const secret: Detector = {
  type: 'SECRET',
  kind: 'secret',
  title: 'Random values under a name that says secret, token or credential',
  example: `client_secret = "«${'q7Lw2'}${'ZpX9vB4nR8sT1k'}»"`,
  check:
    'at least 8 characters as no word has them: by what follows what, by alphabet, by variety; a UUID under such a name',
  tells: 'context',
  rank: 2,
  names: [...KEYS, ...TOKENS, ...SECRETS, 'token', 'salt'],
  notNames: NO_SECRETS,
  anchors: [
    { text: 'secret' },
    { text: 'token' },
    { text: 'apikey' },
    { text: 'api_key' },
    { text: 'api-key' },
    { text: 'api.key' },
    { text: 'api key' },
    { text: 'credential' },
    { text: '_key' },
    { text: 'auth_' },
    { text: '_auth' },
    { text: '_salt' },
  ],
  whole: (value) => isSecret(value),
  find,
};

/** A key may be a key of anything: only what is longer and more random counts, and no id. */
function isKey(value: string): boolean {
  return isSecret(value, 16) && surprise(value) > 0.3 && !isUuid(value);
}

const key: Detector = {
  type: 'SECRET',
  kind: 'secret',
  title: 'Random values under a name that says key',
  example: `ACME_KEY=«${'q7Lw2'}${'ZpX9vB4nR8sT1k'}»`,
  check: 'at least 16 characters as no word has them, and no UUID',
  tells: 'context',
  rank: 1,
  names: ['key'],
  anchors: [{ text: 'key', wordStart: true }],
  whole: isKey,
  find(scan: Scan, at: number, to: number) {
    const told = toldAt(scan, at, to, false);
    if (told === undefined) return;
    const end = trimmed(scan.text, told);
    const value = besideLabels(scan, told.start, end);
    if (!isKey(value) || (told.how === 'said' && !told.quoted && isHex(value))) return;
    scan.add(told.start, end);
  },
};

export const detectors = [secret, key];
