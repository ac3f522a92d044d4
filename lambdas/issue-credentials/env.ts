// What this function reads from its environment; its construct must provide just that.
import * as z from 'zod/mini';
import { brokerName, maskingKeys, sealingKey, stores, tokenKeys, workflow } from '../shared/env.ts';

export const environment = z.object({
  ...stores,
  ...tokenKeys,
  ...maskingKeys,
  ...brokerName,
  ...sealingKey,
  ...workflow,
});
