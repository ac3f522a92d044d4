// What this function reads from its environment; its construct must provide just that.
import { z } from 'zod';
import { stores } from '../shared/env.ts';

export const environment = z.object({
  EVENTS_TABLE: stores.EVENTS_TABLE,
  OBJECTS_BUCKET: stores.OBJECTS_BUCKET,
});
