// What this function reads from its environment; its construct must provide just that.
import * as z from 'zod/mini';
import { archive, auditStores } from '../shared/env.ts';

export const environment = z.object({ ...auditStores, ...archive });
