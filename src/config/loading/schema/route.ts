// A route of an HTTP capability, and what it says of the query and the body.
import { z } from 'zod';
import { parseRoute } from '../../../connectors/http/index.ts';
import { pattern, text } from './fields.ts';

const number = () =>
  z.number().refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value), {
    error: 'is too large for a number in YAML: put it in quotes',
  });

const literal = z.union([z.string(), z.boolean(), number(), z.null()]);
const literals = z.array(literal.describe('A value.')).min(1);

const WAYS = ['is', 'pattern', 'parameter', 'atMost'] as const;

interface Ways {
  readonly [key: string]: unknown;
  readonly atMost?: number | undefined;
  readonly atLeast?: number | undefined;
}

function problemOfWays(given: Ways): string | undefined {
  const said = WAYS.filter((way) => given[way] !== undefined);
  if (said.length > 1) {
    return `says ${said.map((one) => `\`${one}\``).join(' and ')}: keep one of them`;
  }
  if (said.length === 0) {
    return 'must say what the value may be: one of `is`, `pattern`, `parameter`, `atMost`';
  }
  if (given.atLeast === undefined) return undefined;
  if (given.atMost === undefined) return 'has an `atLeast`, which stands beside `atMost` only';
  return given.atLeast > given.atMost ? 'has an `atLeast` above its `atMost`: nothing would fit' : undefined;
}

const ruleObject = z
  .strictObject({
    is: z
      .union([literal, literals])
      .describe('The value, exactly, or a list of which it must be one.')
      // `null` is a value here, and a key that is not there is none.
      .exactOptional(),
    pattern: pattern().describe('A regular expression that the whole value must match.').exactOptional(),
    parameter: text()
      .describe("A parameter of the capability: the value must be the task's.")
      .exactOptional(),
    atMost: number().describe('A number that the value must not be above.').exactOptional(),
    atLeast: number().describe('Beside `atMost`: a number that the value must not be below.').exactOptional(),
    required: z.boolean().describe('Whether it must be there. Not so unless given.').default(false),
  })
  .check(({ value, issues }) => {
    // A key that is not known was meant for one of them.
    const problem = issues.length > 0 ? undefined : problemOfWays(value);
    if (problem !== undefined) issues.push({ code: 'custom', path: [], message: problem, input: value });
  });

const RULE =
  'What it may be: the value; a list of values; or one of `is`, `pattern`, `parameter`, `atMost` (with `atLeast`), ' +
  'with `required` where it must be there.';

const rule = z.union([literal, literals, ruleObject]);
export type RuleShape = z.output<typeof rule>;

const PLACE = /^[^.[\]\s]+(?:\[\])*(?:\.[^.[\]\s]+(?:\[\])*)*$/u;

const routeText = z.string().superRefine((given, context) => {
  const route = parseRoute(given);
  if ('problem' in route) context.addIssue({ code: 'custom', message: route.problem });
});

const MEANING =
  'A method and a path below the base URL, as in `GET /tickets/{id}`. A `{name}` that the capability declares as a ' +
  "parameter must be the task's.";

const routeObject = z
  .strictObject({
    route: routeText.describe(MEANING),
    query: z
      .record(text(), rule.describe(RULE))
      .describe('By name, what may stand in the query: these, each once, and no others. Any, where left out.')
      .exactOptional(),
    body: z
      .record(
        z
          .string()
          .regex(
            PLACE,
            'must be a place in a JSON object, as in `visibility`, `assignee.team` or `labels[]`',
          ),
        rule.describe(RULE),
      )
      .describe(
        'By place in a JSON object (`visibility`, `assignee.team`, `labels[]`), what may stand in the body: these, ' +
          'and no others unless `otherFields` is true. Any body, where left out.',
      )
      .exactOptional(),
    otherFields: z
      .boolean()
      .describe('Whether fields that `body` does not name may be sent, too. Not so unless given.')
      .default(false),
  })
  .describe('A route with rules for its query and body.');

export const route = z.union([routeText.describe(MEANING), routeObject]);
export type RouteShape = z.output<typeof route>;
