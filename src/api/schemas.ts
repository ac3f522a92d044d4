// The schemas that parse requests. `/openapi.json` is generated from these same ones. Each is made at first use, since
// making them costs more at a cold start than all the rest of this room.
import * as z from 'zod/mini';

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

/** More than any capability declares. */
const MOST_PARAMETERS = 32;

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
    z.record(z.string().check(z.maxLength(64)), z.string().check(z.maxLength(256))).check(
      z.refine((given) => Object.keys(given).length <= MOST_PARAMETERS, {
        error: `must have at most ${MOST_PARAMETERS} entries`,
      }),
    ),
    "The capability's parameters",
  ),
);

const requestedCapability = made(() =>
  z.strictObject({ capability: capabilityName(), parameters: z.optional(parameters()) }),
);

/** Text of which something is left when the blanks around it are taken off. */
function words(most: number) {
  return z.string().check(z.trim(), z.minLength(1), z.maxLength(most));
}

export const openTaskBody = made(() =>
  z.strictObject({
    purpose: described(words(2000), 'What the task is for, in words that a person understands'),
    requester: z.optional(described(words(256), 'The person it is done for, as the agent claims')),
    requesterToken: z.optional(
      described(
        z.string().check(z.minLength(1), z.maxLength(16_384)),
        "That person's own token, which proves it",
      ),
    ),
    capabilities: z.array(requestedCapability()).check(z.minLength(1), z.maxLength(100)),
    ttlSeconds: z.optional(described(z.int().check(z.minimum(1)), "Left out, the agent's `maxTaskSeconds`")),
  }),
);

export const noBody = made(() => described(z.strictObject({}), 'Nothing'));

export const credentialsBody = made(() =>
  z.union([
    requestedCapability(),
    z.strictObject({
      capabilities: described(
        z.array(requestedCapability()).check(z.minLength(1), z.maxLength(20)),
        'All of one target',
      ),
    }),
  ]),
);

/** Digits only: what else JavaScript takes for a number (` 5`, `0x10`, `1e2`) is a mistake in a query. */
function wholeNumber(text: unknown): unknown {
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text;
}

export const listQuery = made(() =>
  z.strictObject({
    limit: z.pipe(z.transform(wholeNumber), z._default(z.int().check(z.minimum(1), z.maximum(500)), 100)),
    cursor: z.optional(z.string().check(z.minLength(1), z.maxLength(4096))),
  }),
);
