// What several functions read from their environment.
import * as z from 'zod/mini';

const named = () => z.string().check(z.minLength(1));

export const stores = {
  STATE_TABLE: named(),
  EVENTS_TABLE: named(),
  OBJECTS_BUCKET: named(),
};

/** The ARN of the secret that holds the keys of task tokens. */
export const tokenKeys = { TOKEN_KEYS_SECRET: named() };
