// targets/*.yaml: a system behind the broker and what can be asked of it. Only AWS so far.
import { z } from 'zod';
import { closest } from '../../../shared/closest.ts';
import { IMPACTS, KINDS_TO_COME } from '../../model.ts';
import { quoted } from '../words.ts';
import { email, group, id, listOf, pattern, seconds, text } from './fields.ts';
import { masking } from './masking.ts';
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

const parameter = z
  .strictObject({ pattern: pattern().describe('A regular expression that the whole value must match.') })
  .describe('What the parameter may be.');

/** What every capability says, whatever the kind of its target. */
const ofAnyCapability = {
  effect: z
    .enum(['read', 'write', 'admin'])
    .describe('What it does: read, write or admin. Policies decide by it.'),
  impacts: listOf(z.enum(IMPACTS).describe('An impact.'))
    .default([])
    .describe(
      'What it may do beyond its effect: export, public, grant, destroy. Each of them needs approval.',
    ),
  description: text().describe('What it is for, in words that an approver understands.').exactOptional(),
  parameters: z
    .record(
      z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/u, 'must be a name of letters, digits, `_` and `-`'),
      parameter,
    )
    .default({})
    .describe('What a task must say when it asks for this, and what it may say.'),
};

const most = () => z.int().min(1);

const exportAbove = z
  .strictObject({
    rows: most().describe('So many rows.').exactOptional(),
    bytes: most().describe('So many bytes.').exactOptional(),
  })
  .refine(({ rows, bytes }) => rows !== undefined || bytes !== undefined, {
    error: 'must say `rows`, `bytes` or both',
  })
  .describe('What a read is capped at. Asking for more makes it an export.');

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

const targetId = id().describe("The target's id, the same as the file's name.");

const ofAnyTarget = {
  environment: text().describe(
    'Where it lives: production, staging, development, test, or one of the environments of broker.yaml.',
  ),
  sensitivity: z
    .enum(['public', 'internal', 'confidential', 'restricted'])
    .describe('How sensitive what it holds is, for policies to speak of.'),
  owner: z
    .strictObject({
      team: text().describe('The team that answers for the target.'),
      email: email().describe('Where that team is reached.'),
      group: group()
        .describe('The group whose people approve for it. Without one, nobody does.')
        .exactOptional(),
    })
    .describe('Who answers for the target.'),
  masking: masking()
    .describe(
      'What is masked in what goes to the target and comes from it, laid over what broker.yaml says. ' +
        'Credentials themselves are not masked.',
    )
    .exactOptional(),
};

/** Only what the rest of the files lean on; what else such a file holds is judged once its connector is there. */
export const targetToComeSchema = z.looseObject({
  id: targetId,
  kind: z.enum(KINDS_TO_COME),
  ...ofAnyTarget,
  connection: z.looseObject({}),
  capabilities: z
    .record(id(), z.looseObject({ ...ofAnyCapability, exportAbove: exportAbove.exactOptional() }))
    .refine((given) => Object.keys(given).length > 0, { error: 'must hold at least one capability' }),
});

export const targetSchema = z
  .strictObject({
    id: targetId,
    kind: z.literal('aws').describe('What kind of system it is. This version knows aws.'),
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
    capabilities: z
      .record(id(), capability)
      .refine((given) => Object.keys(given).length > 0, { error: 'must hold at least one capability' })
      .describe('What can be asked of it, by name.'),
    boundTo: boundTo()
      .describe('Where the credentials of all its capabilities work: any of these places.')
      .exactOptional(),
  })
  .describe('A target.');
