// Every minute: leaves no call hanging.
import { reconcile } from '../../src/broker/index.ts';
import { backgroundHandler } from '../shared/background.ts';
import type { Tools } from '../shared/tools.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof reconcile>[0] & { readonly tools: Tools };

export function createHandler(given: Dependencies) {
  return backgroundHandler(given.tools, () => reconcile(given, { nothingUnderWay: false }));
}

export const handler = createHandler(dependencies);
