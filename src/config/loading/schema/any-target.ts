// What every target says, whatever its kind, and all that is read of those whose connectors are still to come.
import { z } from 'zod';
import { IMPACTS, KINDS_TO_COME } from '../../model.ts';
import { email, group, id, listOf, pattern, text } from './fields.ts';
import { masking } from './masking.ts';

const parameter = z
  .strictObject({ pattern: pattern().describe('A regular expression that the whole value must match.') })
  .describe('What the parameter may be.');

/** What every capability says. */
export const ofAnyCapability = {
  effect: z
    .enum(['read', 'write', 'admin'])
    .describe('What it does: read, write or admin. Policies decide by it.'),
  impacts: listOf(z.enum(IMPACTS).describe('An impact.'))
    .default([])
    .describe(
      'What it may do beyond its effect: export, public, grant, destroy. Each of them needs approval.',
    ),
  description: text().describe('What it is for, in words that an approver understands.').exactOptional(),
  rollback: text()
    .describe(
      'How it is taken back once it is done, in words that an approver understands. ' +
        'Left out, an approver reads that it can not be.',
    )
    .exactOptional(),
  parameters: z
    .record(
      z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/u, 'must be a name of letters, digits, `_` and `-`'),
      parameter,
    )
    .default({})
    .describe('What a task must say when it asks for this, and what it may say.'),
};

export const targetId = id().describe("The target's id, the same as the file's name.");

/** Beside its id and its kind. */
export const ofAnyTarget = {
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
  requireLogin: z
    .boolean()
    .describe(
      'Whether who decides on its approvals must log in, in place of what broker.yaml says. For admin effects ' +
        'everybody must, whatever stands here.',
    )
    .exactOptional(),
};

export function capabilitiesOf<T extends z.ZodType>(capability: T) {
  return z
    .record(id(), capability)
    .refine((given) => Object.keys(given).length > 0, { error: 'must hold at least one capability' })
    .describe('What can be asked of it, by name.');
}

export const most = () => z.int().min(1);

const exportAbove = z
  .strictObject({
    rows: most().describe('So many rows.').exactOptional(),
    bytes: most().describe('So many bytes.').exactOptional(),
  })
  .refine(({ rows, bytes }) => rows !== undefined || bytes !== undefined, {
    error: 'must say `rows`, `bytes` or both',
  })
  .describe('What a read is capped at. Asking for more makes it an export.');

/** Only what the rest of the files lean on; what else such a file holds is judged once its connector is there. */
export const targetToComeSchema = z.looseObject({
  id: targetId,
  kind: z.enum(KINDS_TO_COME),
  ...ofAnyTarget,
  connection: z.looseObject({}),
  capabilities: capabilitiesOf(
    z.looseObject({ ...ofAnyCapability, exportAbove: exportAbove.exactOptional() }),
  ),
});

/** Of a kind that there is not, or that is not said, little else can be judged; and it is never right. */
export const targetOfNoKindSchema = targetToComeSchema.extend({
  kind: z
    .enum(['aws', 'http', ...KINDS_TO_COME])
    .describe('What kind of system it is: aws or http, or a kind whose connector is still to come.')
    .pipe(z.never()),
});
