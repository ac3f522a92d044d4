// The schemas that parse requests. `/openapi.json` is generated from these same ones. Each is made at first use, since
// making them costs more at a cold start than all the rest of this room.
import * as z from 'zod/mini';
import { EVENT_TYPES } from '../audit/index.ts';
import { parseJson, TooManyValues } from './body.ts';
import { ACCESS_TOKEN_TYPE, CAPABILITY_TYPE, TOKEN_EXCHANGE } from './oauth.ts';
import { words } from './words.ts';

/** Says in the OpenAPI document what a value is for. */
function described<Schema extends z.core.$ZodType>(schema: Schema, description: string): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}

function made<Schema>(make: () => Schema): () => Schema {
  let schema: Schema | undefined;
  return () => {
    schema ??= make();
    return schema;
  };
}

/** Counts entries before the first of them is looked at, since each that is wrong costs far more than a count. */
function few<Schema extends z.core.$ZodType>(most: number, schema: Schema) {
  const counted = (value: unknown, context: z.core.ParsePayload): unknown => {
    const isMany = typeof value === 'object' && value !== null && Object.keys(value).length > most;
    if (!isMany) return value;
    context.issues.push({ code: 'custom', message: `must have at most ${most} entries`, input: value });
    return z.NEVER;
  };
  return z.pipe(z.transform(counted), schema);
}

/** What is wanted of a request, at least one of it. */
function several<Schema extends z.core.$ZodType>(most: number, entry: Schema) {
  // The second limit is for the OpenAPI document.
  return few(most, z.array(entry).check(z.minLength(1), z.maxLength(most)));
}

/** More than any capability declares. */
const MOST_PARAMETERS = 32;
const MOST_CAPABILITIES = 100;

const capabilityName = made(() =>
  described(
    z.string().check(
      z.maxLength(81),
      z.regex(/^[a-z0-9-]{2,40}:[a-z0-9-]{2,40}$/, {
        error: 'must be `target:capability`, as in `reports:read`',
      }),
    ),
    '`target:capability`, as in `reports:read`',
  ),
);

const parameters = made(() =>
  described(
    few(MOST_PARAMETERS, z.record(z.string().check(z.maxLength(64)), z.string().check(z.maxLength(256)))),
    "The capability's parameters",
  ),
);

const requestedCapability = made(() =>
  z.strictObject({ capability: capabilityName(), parameters: z.optional(parameters()) }),
);

function token(description: string) {
  return described(z.string().check(z.minLength(1), z.maxLength(16_384)), description);
}

export const openTaskBody = made(() =>
  z.strictObject({
    purpose: described(words(2000), 'What the task is for, in words that a person understands'),
    requester: z.optional(described(words(256), 'The person it is done for, as the agent claims')),
    requesterToken: z.optional(token("That person's own token, which proves it")),
    capabilities: several(MOST_CAPABILITIES, requestedCapability()),
    ttlSeconds: z.optional(described(z.int().check(z.minimum(1)), "Left out, the agent's `maxTaskSeconds`")),
    delegation: z.optional(
      described(
        z.string().check(z.minLength(1), z.maxLength(64)),
        'The id of a delegation: the task is opened under the one it is part of, never wider',
      ),
    ),
  }),
);

const agentId = made(() =>
  z.string().check(z.regex(/^[a-z0-9-]{2,40}$/, { error: 'must be the id of an agent' })),
);

export const delegateBody = made(() =>
  z.strictObject({
    agent: described(agentId(), 'The agent that may open a task with it, and no other'),
    capabilities: described(
      several(MOST_CAPABILITIES, requestedCapability()),
      "Parameters left out are the task's own",
    ),
    ttlSeconds: z.optional(described(z.int().check(z.minimum(1)), 'Left out, as long as the task')),
  }),
);

export const reasonBody = made(() =>
  z.strictObject({ reason: described(words(1000), 'Why, for those who read it later') }),
);

const digest = made(() =>
  described(
    z
      .string()
      .check(
        z.toLowerCase(),
        z.regex(/^[0-9a-f]{64}$/, { error: 'must be a SHA-256 in hex, as `sha256sum` prints it' }),
      ),
    "Of the agent's file that was looked at: if another is in force, nothing is attested",
  ),
);

export const attestBody = made(() => z.strictObject({ ...reasonBody().shape, digest: z.optional(digest()) }));

export const decisionBody = made(() =>
  z.strictObject({
    decision: z.enum(['approve', 'deny']),
    reason: z.optional(described(words(1000), 'Why. To deny, it must be said; and to approve what is admin')),
  }),
);

const MOST_WAIT_SECONDS = 25;

/** Whoever would wait longer is answered by then, and may ask again. */
function waitSeconds(value: unknown): unknown {
  const seconds = wholeNumber(value);
  return typeof seconds === 'number' ? Math.min(seconds, MOST_WAIT_SECONDS) : seconds;
}

export const waitQuery = made(() =>
  z.strictObject({
    wait: z._default(z.pipe(z.transform(waitSeconds), z.int().check(z.minimum(0))), 0),
  }),
);

export const noBody = made(() => described(z.strictObject({}), 'Nothing'));

export const credentialsBody = made(() =>
  z.union([
    requestedCapability(),
    z.strictObject({
      capabilities: described(several(20, requestedCapability()), 'All of one target'),
    }),
  ]),
);

/** Digits only: what else JavaScript takes for a number (` 5`, `0x10`, `1e2`) is a mistake in a query. */
function wholeNumber(text: unknown): unknown {
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text;
}

const page = made(() => ({
  limit: z.pipe(z.transform(wholeNumber), z._default(z.int().check(z.minimum(1), z.maximum(500)), 100)),
  cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(4096))),
}));

export const listQuery = made(() => z.strictObject(page()));

export const listTasksQuery = made(() =>
  z.strictObject({
    ...page(),
    agent: z.optional(described(agentId(), 'Open tasks of this agent only')),
    task: z.optional(
      described(z.string().check(z.minLength(1), z.maxLength(64)), 'This task only, open or not'),
    ),
  }),
);

/** A plus sign that was not encoded arrives as a blank, and is none. */
function instant() {
  const error = 'must be an instant such as `2026-03-02T12:00:00Z` (a `+` in a query is written `%2B`)';
  return z.pipe(
    z.iso.datetime({ offset: true, error }),
    z.transform((text) => new Date(text)),
  );
}

export const eventsQuery = made(() =>
  z.strictObject({
    ...page(),
    since: z.optional(described(instant(), 'From then on; left out, 24 hours before `until`')),
    until: z.optional(described(instant(), 'And before that; left out, now')),
    type: z.optional(
      described(
        z.enum(EVENT_TYPES, { error: 'must be a type of event, such as `task.opened`' }),
        'Events of this type only: a page may then be short, even empty, and have a cursor all the same',
      ),
    ),
  }),
);

/** As long as the numbers are kept. */
const MOST_HOURS = 30 * 24;

export const listRefusedQuery = made(() =>
  z.strictObject({
    ...page(),
    hours: z.pipe(
      z.transform(wholeNumber),
      z._default(z.int().check(z.minimum(1), z.maximum(MOST_HOURS)), 24),
    ),
  }),
);

/** Whichever of these an issuer calls its tokens, they are judged alike. */
const TOKEN_TYPES = [
  'urn:ietf:params:oauth:token-type:jwt',
  'urn:ietf:params:oauth:token-type:id_token',
  ACCESS_TOKEN_TYPE,
] as const;

const tokenType = made(() => z.enum(TOKEN_TYPES, { error: `must be one of ${TOKEN_TYPES.join(', ')}` }));

/** What a token request brings to prove who asks. */
export const tokenProofs = made(() =>
  z
    .object({
      grant_type: z.literal(TOKEN_EXCHANGE, { error: `must be ${TOKEN_EXCHANGE}` }),
      subject_token: token("The agent's OIDC token; beside an actor_token, a person's own token"),
      subject_token_type: tokenType(),
      actor_token: z.optional(token("The agent's OIDC token, where the subject is a person")),
      actor_token_type: z.optional(tokenType()),
      requested_token_type: z.optional(
        z.literal(ACCESS_TOKEN_TYPE, { error: `must be ${ACCESS_TOKEN_TYPE}, or be left out` }),
      ),
    })
    .check(
      z.refine((given) => (given.actor_token === undefined) === (given.actor_token_type === undefined), {
        error: 'must come together with actor_token',
        path: ['actor_token_type'],
      }),
    ),
);

const oneCapability = '[a-z0-9-]{2,40}:[a-z0-9-]{2,40}';

const scope = made(() =>
  z.string().check(
    z.maxLength(8200),
    z.regex(new RegExp(`^${oneCapability}(?: ${oneCapability}){0,99}$`), {
      error: 'must be capabilities such as `reports:read`, at most 100, each one blank from the next',
    }),
  ),
);

/** A member of a form that holds JSON. */
function json(text: unknown, context: z.core.ParsePayload): unknown {
  try {
    return parseJson(String(text));
  } catch (error) {
    const message = error instanceof TooManyValues ? error.message : 'must be valid JSON';
    context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  }
}

const authorizationDetail = made(() =>
  z.strictObject({
    type: z.literal(CAPABILITY_TYPE, { error: `must be \`${CAPABILITY_TYPE}\`` }),
    capability: capabilityName(),
    parameters: z.optional(parameters()),
  }),
);

/** What a token request wants: a task. Names beyond those of OAuth are spelled as it spells its own. */
export const tokenWishes = made(() => {
  const target = () => z.optional(few(100, z.array(z.string())));
  return z.object({
    resource: described(target(), "The broker's own address, or left out"),
    audience: described(target(), "The broker's own address, or left out"),
    scope: z.optional(described(scope(), 'Capabilities without parameters')),
    authorization_details: z.optional(
      z.pipe(z.transform(json), several(MOST_CAPABILITIES, authorizationDetail())),
    ),
    purpose: z.optional(described(words(2000), "What the task is for; left out, the agent's own purpose")),
    ttl_seconds: z.optional(
      z.pipe(
        z.transform(wholeNumber),
        described(z.int().check(z.minimum(1)), "Left out, the agent's `maxTaskSeconds`"),
      ),
    ),
    delegation: z.optional(
      described(z.string().check(z.minLength(1), z.maxLength(64)), 'The id of a delegation'),
    ),
    requester: z.optional(described(words(256), 'The person it is done for, as the agent claims')),
  });
});

/** The whole form, as the OpenAPI document has it. */
export const tokenForm = made(() => z.object({ ...tokenProofs().shape, ...tokenWishes().shape }));
