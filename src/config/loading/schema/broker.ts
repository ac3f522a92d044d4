// broker.yaml: where the broker is, whose tokens count, who the people are.
import { z } from 'zod';
import { claims } from './claims.ts';
import { email, group, id, listOf, seconds, secretName, text } from './fields.ts';
import { masking } from './masking.ts';
import { ranges } from './ranges.ts';

/**
 * Asymmetric ones only: with a shared secret, whoever checks a token could also make one. `Ed25519` (RFC 9864) is
 * the newer name of what `EdDSA` means here.
 */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

const NEEDED_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
};

/** Public members of a JWK only. */
const key = z
  .strictObject({
    kty: z.enum(['RSA', 'EC', 'OKP']).describe('The kind of key.'),
    kid: text().describe('The id by which tokens name this key.').exactOptional(),
    alg: z.enum(ALGORITHMS).describe('The only algorithm this key is used with.').exactOptional(),
    use: z
      .enum(['sig', 'jwt-svid'])
      .describe('What the key is for: signatures. `jwt-svid` is how SPIFFE says it.')
      .exactOptional(),
    key_ops: z.array(z.literal('verify')).describe('What the key is for.').exactOptional(),
    n: text().describe('RSA: the modulus.').exactOptional(),
    e: text().describe('RSA: the exponent.').exactOptional(),
    crv: text().describe('EC and OKP: the curve.').exactOptional(),
    x: text().describe('EC and OKP: the x coordinate.').exactOptional(),
    y: text().describe('EC: the y coordinate.').exactOptional(),
    x5c: z.array(text()).describe('Certificates of the key; not used.').exactOptional(),
    x5t: text().describe('Hash of the certificate; not used.').exactOptional(),
    'x5t#S256': text().describe('Hash of the certificate; not used.').exactOptional(),
    x5u: text().describe('Where the certificate is; not used.').exactOptional(),
  })
  .check(({ value, issues }) => {
    for (const member of NEEDED_MEMBERS[value.kty] ?? []) {
      if (member in value) continue;
      issues.push({
        code: 'custom',
        path: [],
        message: `lacks ${member}, which a key of its kind has`,
        input: value,
      });
    }
  });

const type = z
  .string()
  .regex(/^(?:application\/)?[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/iu, 'must be a media type, as in `at+jwt`')
  .describe('A type, as in `JWT` or `at+jwt`; `application/` before it makes no difference.');

const issuerFields = {
  issuer: text().describe(
    "The issuer, exactly as its tokens' `iss` says it: an https:// URL. `demo` is the built-in demo issuer, " +
      'which exists only in the embedded broker.',
  ),
  audience: text().describe('What the tokens must be issued for (`aud`). There is no default.'),
  algorithms: z
    .array(z.enum(ALGORITHMS).describe('An algorithm.'))
    .min(1)
    .describe('The signature algorithms that are accepted. There is no default; the demo issuer needs none.')
    .exactOptional(),
  jwksUri: text().describe('Where the keys are, only where discovery is not to be used.').exactOptional(),
  jwks: z
    .strictObject({ keys: z.array(key.describe('A public key (JWK).')).min(1).describe('The keys.') })
    .describe('The public keys themselves, for an issuer that the broker cannot reach. Excludes jwksUri.')
    .exactOptional(),
  audienceClaim: text()
    .describe(
      "The claim that holds the audience where it is not `aud`: client_id for Cognito's access tokens.",
    )
    .exactOptional(),
  types: listOf(type)
    .min(1)
    .describe("What a token's `typ` may be; `JWT`, or none at all, unless given: at+jwt for access tokens.")
    .exactOptional(),
  private: ranges(
    'Ranges of private addresses that the keys may be fetched from. Public ones need not stand here.',
  ).exactOptional(),
};

const requireProof = () =>
  z.boolean().describe('Whether tasks are opened only with a proof of possession (DPoP) of a key.');

const issuer = z
  .strictObject({
    ...issuerFields,
    claims: claims()
      .describe('What every token must say that proves an agent, whichever: the kind of token, the tenant.')
      .exactOptional(),
    singleUse: z
      .boolean()
      .describe('Whether a token proves an agent once only: it opens a task, whose own token does the rest.')
      .exactOptional(),
    requireProof: requireProof().exactOptional(),
  })
  .describe('Someone whose tokens prove agents.');

const person = z
  .strictObject({
    id: text().describe("The person's one id everywhere: what `idClaim` holds in their token."),
    name: text().describe('How they are called on pages and in mails.').exactOptional(),
    email: email().describe('Where mail goes, if not to the id.').exactOptional(),
    groups: listOf(group().describe('A group.'))
      .default([])
      .describe(
        'Their groups, where they are asked by link or Slack. With a token, groups come from the token alone.',
      ),
    slack: text().describe("Their member id in Slack, such as 'U024BE7LH'.").exactOptional(),
  })
  .describe('Someone who is asked by link or Slack.');

const humans = z
  .strictObject({
    ...issuerFields,
    idClaim: text().describe('The claim that holds the one id of a person everywhere, such as email.'),
    groupsClaim: text().default('groups').describe('The claim that lists the groups of a person.'),
    groups: listOf(group().describe('A group.'))
      .default([])
      .describe(
        'Groups that only tokens carry. Those that other files name are known without standing here.',
      ),
    claims: claims()
      .default({})
      .describe(
        'Claims that every token of a person must have. A must where their issuer also proves agents.',
      ),
    login: z
      .strictObject({
        clientId: text().describe("The broker's client id at the issuer."),
        secret: secretName().describe(
          "The name of the secret that holds the client's secret, not the secret itself.",
        ),
      })
      .describe('How approvers log in, where approvals require it.')
      .exactOptional(),
    people: z.array(person).default([]).describe('Those who are asked by link or Slack.'),
  })
  .describe('Who approves and operates.');

const A_MONTH = 30 * 24 * 3600;

const approvals = z
  .strictObject({
    expireAfterSeconds: seconds(A_MONTH)
      .default(3600)
      .describe('How long an approval waits before it expires.'),
    escalateAfterSeconds: seconds(A_MONTH)
      .default(900)
      .describe('After how long the groups below are asked, too.'),
    escalateTo: listOf(group().describe('A group.')).default([]).describe('The groups that are asked then.'),
    requireLogin: z
      .boolean()
      .describe('Whether approvers must log in. Default: true deployed, false embedded.')
      .exactOptional(),
  })
  .describe('How approvals wait, expire and escalate.');

const notify = z
  .strictObject({
    email: z
      .strictObject({ from: email().describe('The sender of mails.') })
      .describe('Mail to approvers.')
      .exactOptional(),
    slack: z
      .strictObject({
        secret: secretName().describe(
          "The name of the secret that holds the app's token, not the token itself.",
        ),
        channel: text().describe('The id of the channel that approvals are posted to.'),
      })
      .describe('Messages in Slack.')
      .exactOptional(),
  })
  .describe('How approvers are told.');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

export const brokerSchema = z
  .strictObject({
    publicUrl: text()
      .describe(
        'Where the broker is reached: scheme and host, without a path. Required to deploy; embedded it is ' +
          'http://127.0.0.1:<port> unless given.',
      )
      .exactOptional(),
    timeZone: text()
      .refine(isTimeZone, 'must be a time zone, as in `Europe/Amsterdam`')
      .default('UTC')
      .describe('The time zone of policies that speak of hours.'),
    environments: listOf(id().describe('An environment.'))
      .default([])
      .describe('Environments beside production, staging, development and test.'),
    issuers: z.array(issuer).min(1).describe('Whose tokens prove agents.'),
    humans: humans.exactOptional(),
    approvals: approvals.prefault({}),
    attest: z
      .literal('onChange')
      .describe(
        '`onChange`: what an agent may do more since its owner attested it waits until that is done again.',
      )
      .exactOptional(),
    requireProof: requireProof().exactOptional(),
    notify: notify.exactOptional(),
    masking: masking()
      .describe(
        'What is masked: for all targets, and for what belongs to none of them, as purposes and reasons do.',
      )
      .exactOptional(),
  })
  .describe("The broker's own settings.");
