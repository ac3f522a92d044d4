// What this function reads from its environment: nothing. It needs no permission either.
import * as z from 'zod/mini';

export const environment = z.object({});
