// The step of an approval's workflow that carries out what was approved, at most once.
import * as z from 'zod/mini';
import { type ExecuteDependencies, executeApproved } from '../../src/broker/index.ts';
import { stepHandler } from '../shared/step.ts';
import type { Tools } from '../shared/tools.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = ExecuteDependencies & { readonly tools: Tools };

const asked = z.object({ approval: z.string() });

export function createHandler(given: Dependencies) {
  return stepHandler(given.tools, async (event) => {
    await executeApproved(given, z.parse(asked, event).approval);
    // How it ended is recorded; of it the workflow is told nothing here.
    return {};
  });
}

export const handler = createHandler(dependencies);
