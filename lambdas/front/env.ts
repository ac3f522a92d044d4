// What this function reads from its environment: nothing. It needs no permission either.
import { z } from 'zod';

export const environment = z.object({});
