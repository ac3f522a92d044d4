// targets/*.yaml of kind http: where it is, how its credential is put in, and which requests each capability covers.
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { DEMO_TARGET } from '../../model.ts';
import { parseBaseUrl } from '../base-url.ts';
import { capabilitiesOf, most, ofAnyCapability, ofAnyTarget, targetId } from './any-target.ts';
import { seconds, secretName } from './fields.ts';
import { inject, template } from './injection.ts';
import { ranges } from './ranges.ts';
import { route } from './route.ts';

/** What a caller waits at most. */
const MOST_SECONDS = 25;

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/gu;

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block) !== undefined;
  } catch {
    return false;
  }
}

/** What is wrong is said without the text: a key may have come along. */
function problemOfCa(pem: string): string | undefined {
  const blocks = [...pem.matchAll(BLOCK)];
  if (blocks.some(([, label]) => label?.endsWith('PRIVATE KEY'))) {
    return 'holds a private key, which needs replacing now: only certificates belong here';
  }
  const right = 'certificates in PEM, from `-----BEGIN CERTIFICATE-----` on';
  if (blocks.length === 0) return `holds no certificate: write ${right}`;
  const wrong = blocks.findIndex(([block]) => !isCertificate(block));
  return wrong === -1 ? undefined : `has as its number ${wrong + 1} what is no certificate: write ${right}`;
}

const baseUrl = z.string().superRefine((given, context) => {
  const parsed = given === DEMO_TARGET ? undefined : parseBaseUrl(given);
  if (parsed === undefined || 'url' in parsed) return;
  context.addIssue({ code: 'custom', message: parsed.problem });
});

const connection = z
  .strictObject({
    baseUrl: baseUrl.describe(
      'Where it is: https://, a host and, where all is below one, a path. http:// only where `private` is listed. ' +
        '`demo` is the built-in demo target, which exists only in the embedded broker.',
    ),
    private: ranges('Ranges of private addresses that it may be at, beside public ones.').default([]),
    ca: z
      .string()
      .superRefine((given, context) => {
        const problem = problemOfCa(given);
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
      })
      .describe(
        "Certificates, in PEM, of who is trusted to have signed its own. The public ones', unless given.",
      )
      .exactOptional(),
    clientCertificate: z
      .strictObject({
        certificate: template().describe('The field that holds the certificate, as `${secret.certificate}`.'),
        key: template().describe('The field that holds its key, as `${secret.key}`.'),
      })
      .describe("The certificate that is shown to it by TLS, from the target's secret, in PEM.")
      .exactOptional(),
    timeoutSeconds: seconds(MOST_SECONDS)
      .default(MOST_SECONDS)
      .describe('How long a whole call may take: 25 seconds, unless it should be less.'),
  })
  .describe('How the target is reached.');

const capability = z
  .strictObject({
    ...ofAnyCapability,
    routes: z
      .array(route)
      .min(1)
      .describe('The requests that it covers. Whatever no route covers is refused.'),
    exportAbove: z
      .strictObject({ bytes: most().describe('So many bytes of body.') })
      .describe('What a read is capped at. Asking for more makes it an export.')
      .exactOptional(),
  })
  .describe('A named set of operations.');

export const httpTargetSchema = z
  .strictObject({
    id: targetId,
    kind: z.literal('http').describe('What kind of system it is.'),
    ...ofAnyTarget,
    connection,
    secret: secretName()
      .describe('The name of its secret in the store, not the secret itself.')
      .exactOptional(),
    inject: inject()
      .describe(
        'How the credential is put into a request: one form, or a list of them. Nothing is, where left out.',
      )
      .default([]),
    cookies: z
      .enum(['keep', 'pass'])
      .default('keep')
      .describe(
        'keep: cookies stay away from the agent, and its own from the target. pass: they go both ways.',
      ),
    capabilities: capabilitiesOf(capability),
  })
  .describe('An HTTP target: an API at one base URL.');
