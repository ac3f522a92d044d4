// The steps of an approval's workflow, but for the one that carries it out.
import { approvalStep, type StepDependencies } from '../../src/broker/index.ts';
import { stepHandler } from '../shared/step.ts';
import type { Tools } from '../shared/tools.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = StepDependencies & { readonly tools: Tools };

export function createHandler(given: Dependencies) {
  return stepHandler(given.tools, (event) => approvalStep(given, event));
}

export const handler = createHandler(dependencies);
