// `masking` in broker.yaml and in a target's file: what becomes of which values.
import { z } from 'zod';
import { ACTIONS, canBeAllowed, pathProblem, patternProblem } from '../../../masking/index.ts';
import { listOf, text } from './fields.ts';

const MEANINGS =
  'redact: a label with the type; last4: a label with the last four characters; pseudonym: a label with a keyed ' +
  'pseudonym, the same for the same value; hash: a label with the SHA-256; drop: nothing; keep: the value as it is';

const action = () => z.enum(ACTIONS).describe(`What becomes of it. ${MEANINGS}.`);

const type = () =>
  z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{1,39}$/u, 'must be 2 to 40 characters of A-Z, 0-9 and `_`, as in `EMPLOYEE_ID`');

/** Lists that every text is held against must end somewhere. */
const MOST_PATTERNS = 100;
const MOST_ALLOWED = 10_000;

const pattern = z
  .strictObject({
    type: type().describe('The label of what it finds, as in EMPLOYEE_ID.'),
    match: text().describe(
      'A regular expression for the value, anywhere in a text: without lookarounds and references, of at most ' +
        '512 characters of text, and of such a form that no text can make it slow.',
    ),
    action: action().describe(`What becomes of it; redact unless given. ${MEANINGS}.`).exactOptional(),
    ignoreCase: z
      .boolean()
      .describe('Whether upper and lower case are the same to it. Not so unless given.')
      .exactOptional(),
  })
  .check(({ value, issues }) => {
    const problem = patternProblem(value.match, value.ignoreCase);
    if (problem === undefined) return;
    issues.push({ code: 'custom', path: ['match'], message: problem, input: value.match });
  })
  .describe("A kind of value of the operator's own.");

const path = z.string().superRefine((given, context) => {
  const problem = pathProblem(given);
  if (problem === undefined) return;
  context.addIssue({ code: 'custom', message: `is no path: ${problem}`, input: given });
});

/** A part of a column's name: plain, or in one of the quotes that databases know. */
const PART = /"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]]+\]|[^."`[\s](?:[^.]*[^.\s])?/u.source;
const COLUMN = new RegExp(`^(?:${PART})(?:\\.(?:${PART})){0,3}$`, 'u');

const column = z
  .string()
  .refine(
    (name) => COLUMN.test(name),
    'must be `schema.table.column` or an end of that, as in `customers.email`',
  );

const fields = {
  detectors: z
    .record(
      type(),
      z
        .enum([...ACTIONS, 'off'])
        .describe(`What becomes of what it finds. ${MEANINGS}; off: it is not looked for.`),
    )
    .describe(
      'By type, as in EMAIL or CREDIT_CARD, what becomes of what its detector finds. All of them are on and redact unless said here.',
    )
    .exactOptional(),
  columns: z
    .record(column, action())
    .describe(
      "Columns of a table's rows, as `schema.table.column` or an end of that, and what becomes of their values.",
    )
    .exactOptional(),
  paths: z
    .record(path, action())
    .describe(
      'JSON paths, as in `$.customer.notes`, `$.items[*].serial` or `$..internal`, and what becomes of what stands there.',
    )
    .exactOptional(),
  keys: z
    .record(text(), action())
    .describe(
      'Names of keys, headers and form fields, in upper or lower case, and what becomes of their values.',
    )
    .exactOptional(),
  patterns: z
    .array(pattern)
    .max(MOST_PATTERNS)
    .describe("Kinds of values of the operator's own, told by a regular expression.")
    .exactOptional(),
  allow: listOf(
    z
      .string()
      .refine(canBeAllowed, 'must hold a letter or a digit')
      .describe('A whole value. Upper and lower case, blanks, `-` and `.` make no difference.'),
  )
    .max(MOST_ALLOWED)
    .describe('Values that look sensitive and are not: they are left as they are.')
    .exactOptional(),
  locales: listOf(
    z
      .string()
      .regex(/^[a-z]{2}$/u, 'must be the two lower case letters of a country, as in `nl`')
      .describe('A country: two letters, as in nl.'),
  )
    .describe('Countries whose numbers count also where no word beside them says what they are.')
    .exactOptional(),
  requests: z
    .strictObject({
      secrets: z
        .enum(['refuse', 'allow'])
        .describe(
          'refuse: a request that carries a secret out is refused (secret_egress). allow: it is not.',
        ),
    })
    .describe('What requests may carry out. Secrets may leave unless this refuses them.')
    .exactOptional(),
};

export const masking = () => z.strictObject(fields);
