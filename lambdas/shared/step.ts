// The middleware of functions that are steps of the workflow: what they say becomes part of its history.
import { logFault } from '../../src/api/index.ts';
import { backgroundHandler } from './background.ts';
import { logOver, type Tools } from './tools.ts';

/** An error's message may quote anything, so only the log learns which it was. */
export function stepHandler<Result>(tools: Tools, run: (event: unknown) => Promise<Result>) {
  return backgroundHandler(tools, async (event: unknown): Promise<Result> => {
    try {
      return await run(event);
    } catch (error) {
      logFault(logOver(tools), error, '');
      throw new Error('the step failed; the log says where');
    }
  });
}
