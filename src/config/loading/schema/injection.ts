// `inject` of an HTTP target: how its credential is put into a request.
import { z } from 'zod';
import { tokenUrlProblem } from '../base-url.ts';
import { FIXED, namesSecret, templateProblem } from '../templates.ts';
import { id, text } from './fields.ts';
import { ranges } from './ranges.ts';

/** What is sent in them is not the operator's to say, or is the agent's own. */
const NOT_INJECTED: readonly string[] = [
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'te', 'trailer', 'upgrade', 'expect'],
  ...['keep-alive', 'accept-encoding', 'range', 'content-type', 'idempotency-key'],
];

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/u, 'must be the name of a header, as in `X-Api-Key`')
  .refine((name) => !NOT_INJECTED.includes(name.toLowerCase()) && !/^(?:proxy|bailiwick)-/iu.test(name), {
    error:
      'is a header that the broker or the agent writes, or that holds for one connection only: name another',
  });

/** Whether it must name the secret is said where it stands. */
export const anyTemplate = () =>
  z.string().superRefine((given, context) => {
    const problem = templateProblem(given);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

/** A template without `${…}` has only this wrong with it. */
export const template = () => anyTemplate().refine((given) => given.includes('${'), { error: FIXED });

/** As a header carries it; what the target's secret holds is looked at when it is sent. */
const sent = () =>
  template().refine((given) => /^[\x20-\x7e]*$/u.test(given), {
    error: 'holds characters that cannot be sent as they are: it must be of plain ASCII, on one line',
  });

const basic = z
  .strictObject({
    username: anyTemplate().describe('The user name. `${secret.field}` is a field of the secret.'),
    password: anyTemplate().describe(
      'The password, which may be empty. `${secret.field}` is a field of the secret.',
    ),
  })
  .refine(({ username, password }) => namesSecret(`${username}${password}`), { error: FIXED });

const oauth2 = z.strictObject({
  tokenUrl: z
    .string()
    .superRefine((given, context) => {
      const problem = tokenUrlProblem(given);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .describe('Where access tokens are asked for: https://, or http:// where `private` is listed here.'),
  clientId: anyTemplate()
    .refine((given) => given !== '', { error: 'must not be empty' })
    .describe('The client id, plain or as `${secret.field}`.'),
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
    value: sent()
      .describe('What is sent there. `${secret.field}` is a field of the secret; there may be several.')
      .exactOptional(),
    basic: basic.describe('Basic authentication.').exactOptional(),
    bearer: sent()
      .refine((given) => !/^bearer\s/iu.test(given), {
        error: 'begins with `Bearer`, which is written before it anyway: write the token alone',
      })
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
  .superRefine((given, context) => {
    const problem = problemOfForms(given);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .describe('One way in which the credential is put in.');

export type InjectionShape = z.output<typeof injection>;

export const inject = () => z.union([injection, z.array(injection).min(1)]);
