// targets/*.yaml of kind aws: a role, and the session policies that tasks get of it.
import { z } from 'zod';
import { closest } from '../../../shared/closest.ts';
import { quoted } from '../words.ts';
import { capabilitiesOf, ofAnyCapability, ofAnyTarget, targetId } from './any-target.ts';
import { listOf, seconds, text } from './fields.ts';
import { ranges } from './ranges.ts';

const COMPARISONS = [
  ...['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
  ...['StringLike', 'StringNotLike', 'NumericEquals', 'NumericNotEquals', 'NumericLessThan'],
  ...['NumericLessThanEquals', 'NumericGreaterThan', 'NumericGreaterThanEquals', 'DateEquals'],
  ...['DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateGreaterThanEquals'],
  ...['Bool', 'BinaryEquals', 'IpAddress', 'NotIpAddress', 'ArnEquals', 'ArnLike', 'ArnNotEquals'],
  ...['ArnNotLike', 'Null'],
];

/** IAM refuses a session policy with an unknown operator only when the first task asks for it. */
const operator = z.string().superRefine((name, context) => {
  const bare = name.replace(/^(?:ForAllValues|ForAnyValue):/u, '').replace(/IfExists$/u, '');
  if (COMPARISONS.includes(bare)) return;
  const near = closest(bare, COMPARISONS);
  const hint = near === undefined ? 'as in `StringEquals`' : `did you mean ${quoted(near)}?`;
  context.addIssue({ code: 'custom', message: `is not a condition operator of IAM; ${hint}`, input: name });
});

const conditionValue = z
  .union([z.string(), z.array(z.string().describe('A value.')).min(1)])
  .describe(
    'The value, or several of which one must fit. `${parameter}` stands for a parameter of the capability.',
  );

const statement = z
  .strictObject({
    actions: listOf(
      z
        .string()
        .regex(/^[a-z0-9-]+:[A-Za-z0-9*?-]+$/u, 'must be `service:Action`, as in `s3:GetObject`')
        .describe('`service:Action`.'),
    )
      .min(1)
      .describe('The IAM actions that are allowed. Whatever is not named is refused.'),
    resources: listOf(
      z
        .string()
        .regex(/^(?:\*$|arn:)/u, 'must be an ARN (`arn:…`), or `*` where the action knows no resource')
        .describe('An ARN. `${parameter}` stands for a parameter of the capability.'),
    )
      .min(1)
      .describe('What they are allowed on. `${parameter}` stands for a parameter of the capability.'),
    conditions: z
      .record(operator, z.record(text(), conditionValue).describe('Condition keys and their values.'))
      .describe("IAM's conditions: operator, key, value or values.")
      .exactOptional(),
  })
  .describe('One statement of the session policy.');

/** What role chaining allows at most. */
const MOST_SESSION_SECONDS = 3600;

const boundTo = () =>
  z
    .strictObject({
      sourceIps: ranges('Addresses and ranges of them that the credentials work from.').exactOptional(),
      vpcEndpoints: listOf(
        z
          .string()
          .regex(/^vpce-[0-9a-f]{8,17}$/u, 'must be the id of a VPC endpoint, as in `vpce-0a1b2c3d4e5f67890`')
          .describe('A VPC endpoint.'),
      )
        .min(1)
        .describe('VPC endpoints that the credentials work through.')
        .exactOptional(),
      callerAddress: z
        .boolean()
        .describe('Whether they work from the address that they were asked for from.')
        .exactOptional(),
    })
    .refine(
      ({ sourceIps, vpcEndpoints, callerAddress }) =>
        sourceIps !== undefined || vpcEndpoints !== undefined || callerAddress === true,
      { error: 'must say `sourceIps`, `vpcEndpoints`, `callerAddress: true` or several of them' },
    );

const capability = z
  .strictObject({
    ...ofAnyCapability,
    statements: z.array(statement).min(1).describe("The session policy: what the task's credentials can do."),
    maxSessionSeconds: seconds(MOST_SESSION_SECONDS)
      .describe('At most that long a session, even if the task lasts longer.')
      .exactOptional(),
    boundTo: boundTo()
      .describe("Where its credentials work: any of these places. In place of the target's own `boundTo`.")
      .exactOptional(),
  })
  .describe('A named set of operations.');

/** Its path, if any, and its name. */
const ROLE = /^arn:aws(?:-[a-z]+)*:iam::\d{12}:role\/(?:[\w+=,.@/-]{1,511}\/)?[\w+=,.@-]{1,64}$/u;

/** As IAM writes it; the account and the partition are the role's, so that a typing error is one here. */
const BOUNDARY =
  /^arn:aws(?:-[a-z]+)*:iam::(?:\d{12}|aws):policy\/(?:[\w+=,.@/-]{1,511}\/)?[\w+=,.@-]{1,128}$/u;

export const awsTargetSchema = z
  .strictObject({
    id: targetId,
    kind: z.literal('aws').describe('What kind of system it is.'),
    ...ofAnyTarget,
    connection: z
      .strictObject({
        roleArn: z
          .string()
          .regex(ROLE, 'must be the ARN of a role, as in `arn:aws:iam::111122223333:role/bailiwick-reports`')
          .describe('The role whose sessions are vended, cut down to the task.'),
        externalId: z
          .string()
          .regex(/^[\w+=,.@:/-]{2,1224}$/u, 'must be 2 to 1224 letters, digits and any of + = , . @ : / -')
          .describe("The external id, where the role's trust policy asks for one.")
          .exactOptional(),
        boundary: z
          .string()
          .regex(
            BOUNDARY,
            'must be the ARN of a managed policy, as in `arn:aws:iam::111122223333:policy/bailiwick/reports`',
          )
          .describe(
            'The permissions boundary that the role must carry. Unless given, one whose path is `/bailiwick/`.',
          )
          .exactOptional(),
        revokerRoleArn: z
          .string()
          .regex(ROLE, 'must be the ARN of a role, as in `arn:aws:iam::111122223333:role/bailiwick-revoker`')
          .describe(
            'The role through which its sessions are revoked, where it is of another account than the broker.',
          )
          .exactOptional(),
      })
      .describe('How the target is reached.'),
    capabilities: capabilitiesOf(capability),
    boundTo: boundTo()
      .describe('Where the credentials of all its capabilities work: any of these places.')
      .exactOptional(),
  })
  .describe('An AWS target: a role.');
