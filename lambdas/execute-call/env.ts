// What this function reads from its environment; its construct must provide just that.
import * as z from 'zod/mini';
import { brokerName, makeCallRole, maskingKeys, sealingKey, stores, tokenKeys } from '../shared/env.ts';

export const environment = z.object({
  ...stores,
  ...tokenKeys,
  ...maskingKeys,
  ...brokerName,
  ...sealingKey,
  ...makeCallRole,
});
