// `inject` of an HTTP target: how its credential is put into a request.
import { z } from 'zod';
import { tokenUrlProblem } from '../base-url.ts';
import { FIXED, namesSecret, templateProblem } from '../templates.ts';
import { id, text } from './fields.ts';
import { ranges } from './ranges.ts';

/** What is sent in them is not the operator's to say, or is the agent's own. */
const NOT_INJECTED: readonly string[] = [
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'te', 'trailer', 'upgrade', 'expect'],
  ...['http2-settings', 'keep-alive', 'accept-encoding', 'range', 'content-type', 'idempotency-key'],
];

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/u, 'must be the name of a header, as in `X-Api-Key`')
  .refine((name) => !NOT_INJECTED.includes(name.toLowerCase()) && !/^(?:proxy|bailiwick)-/iu.test(name), {
    error:
      'is a header that the broker or the agent writes, or that holds for one connection only: name another',
  });

/** Text of which the first thing that is wrong is said, without the text itself. */
const judged = (...judges: readonly ((text: string) => string | undefined)[]) =>
  z.string().superRefine((given, context) => {
    const problem = judges.map((judge) => judge(given)).find((one) => one !== undefined);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const fixed = (given: string) => (namesSecret(given) ? undefined : FIXED);
const notSent = (given: string) =>
  !/^[\x20-\x7e]*$/u.test(given)
    ? 'holds characters that cannot be sent: it must be of plain ASCII'
    : given.trim() === given
      ? undefined
      : 'begins or ends with a blank, which would be taken off on the way';
const withItsWord = (given: string) =>
  /^bearer\s/iu.test(given)
    ? 'begins with `Bearer`, which is written before it anyway: write the token alone'
    : undefined;

export const template = () => judged(templateProblem, fixed);

const basic = z
  .strictObject({
    username: judged(templateProblem).describe('The user name. `${secret.field}` is a field of the secret.'),
    password: judged(templateProblem).describe(
      'The password, which may be empty. `${secret.field}` is a field of the secret.',
    ),
  })
  .refine(({ username, password }) => namesSecret(`${username}${password}`), { error: FIXED });

const oauth2 = z.strictObject({
  tokenUrl: judged(tokenUrlProblem).describe(
    'Where access tokens are asked for: https://, or http:// where `private` is listed here.',
  ),
  clientId: judged(templateProblem, (given) => (given === '' ? 'must not be empty' : undefined)).describe(
    'The client id, plain or as `${secret.field}`.',
  ),
  clientSecret: template().describe('The client secret, as `${secret.field}`.'),
  scope: text().describe('What is asked for, where the issuer wants to know.').exactOptional(),
  audience: text().describe('Whom the token is for, where the issuer wants to know.').exactOptional(),
  authentication: z
    .enum(['basic', 'post'])
    .default('basic')
    .describe('How the client proves itself: basic, in a header, or post, in the body.'),
  private: ranges('Ranges of private addresses that the issuer may be at, beside public ones.').default([]),
});

const sigv4 = z.strictObject({
  service: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/u, 'must be the name that AWS signs the service by, as in `execute-api`')
    .describe('The service, as AWS signs by it: execute-api, s3, es.'),
  region: z
    .string()
    .regex(/^[a-z]{2,8}(?:-[a-z]+)+-\d{1,2}$/u, 'must be a region, as in `eu-west-1`')
    .describe('The region, as in eu-west-1.'),
  target: id().describe('The AWS target whose capabilities, as the task holds them, make the session.'),
});

const FORMS = ['header', 'query', 'basic', 'bearer', 'oauth2', 'sigv4'] as const;
const ALL = FORMS.map((form) => `\`${form}\``).join(', ');

interface Forms {
  readonly [form: string]: unknown;
}

function problemOfForms(given: Forms): string | undefined {
  const said = FORMS.filter((form) => given[form] !== undefined);
  const [form] = said;
  if (form === undefined) return `must say how the credential is put in: one of ${ALL}`;
  if (said.length > 1) {
    return `says ${said.map((one) => `\`${one}\``).join(' and ')}: write a list, with one form in each item`;
  }
  const takesValue = form === 'header' || form === 'query';
  if (takesValue === (given['value'] !== undefined)) return undefined;
  return takesValue
    ? `lacks \`value\`: what the ${form === 'header' ? 'header' : 'parameter'} is to be, with \`\${secret.field}\` in it`
    : `has a \`value\`, which is for \`header\` and \`query\` only`;
}

const injection = z
  .strictObject({
    header: headerName.describe('A header that `value` is sent in.').exactOptional(),
    query: text().describe('A parameter of the query that `value` is sent in.').exactOptional(),
    value: judged(templateProblem, fixed, notSent)
      .describe('What is sent there. `${secret.field}` is a field of the secret; there may be several.')
      .exactOptional(),
    basic: basic.describe('Basic authentication.').exactOptional(),
    bearer: judged(templateProblem, fixed, notSent, withItsWord)
      .describe('A bearer token, as `${secret.field}`.')
      .exactOptional(),
    oauth2: oauth2
      .describe(
        'OAuth 2.0 client credentials: the token is fetched, kept while it is good, and sent as a bearer token.',
      )
      .exactOptional(),
    sigv4: sigv4
      .describe("Signed with AWS's Signature Version 4, with the session that the task has at an AWS target.")
      .exactOptional(),
  })
  .check(({ value, issues }) => {
    // A key that is not known was meant for one of them.
    const problem = issues.length > 0 ? undefined : problemOfForms(value);
    if (problem !== undefined) issues.push({ code: 'custom', path: [], message: problem, input: value });
  })
  .describe('One way in which the credential is put in.');

export type InjectionShape = z.output<typeof injection>;

export const inject = () => z.union([injection, z.array(injection).min(1)]);
