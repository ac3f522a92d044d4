// What several functions read from their environment.
import { z } from 'zod';

export const stores = {
  STATE_TABLE: z.string().min(1),
  EVENTS_TABLE: z.string().min(1),
  OBJECTS_BUCKET: z.string().min(1),
};

/** The ARN of the secret that holds the keys of task tokens. */
export const tokenKeys = { TOKEN_KEYS_SECRET: z.string().min(1) };
