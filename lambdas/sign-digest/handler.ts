// Every hour: signs what was archived of the audit until the last full hour that has settled.
import { SETTLED_MILLISECONDS, type SignedSpan, signDigest } from '../../src/broker/archive/index.ts';
import { backgroundHandler } from '../shared/background.ts';
import type { Tools } from '../shared/tools.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof signDigest>[0] & { readonly tools: Tools };

const HOUR = 3_600_000;

/** So much of the function's time is left for the last span. */
const LAST_MILLISECONDS = 300_000;

export function createHandler(given: Dependencies) {
  return backgroundHandler(given.tools, async (): Promise<readonly SignedSpan[]> => {
    const began = given.clock.now().getTime();
    const settled = new Date(began - SETTLED_MILLISECONDS);
    const until = new Date(Math.floor(settled.getTime() / HOUR) * HOUR);
    const spans: SignedSpan[] = [];
    // After a rest there are many hours; what this run has no time for is the next one's.
    while (given.clock.now().getTime() - began < LAST_MILLISECONDS) {
      const signed = await signDigest(given, { until, settled, alone: false });
      if (signed === 'nothing') break;
      // Once an hour there is nobody to wait for.
      if (signed === 'busy')
        throw new Error('another run has the chain of digests, or something is in its way');
      spans.push(signed);
    }
    // The alarm on errors tells that it was signed without a look at the table; the next one looks at that span, too.
    if (spans.some(({ isCompared }) => !isCompared)) {
      throw new Error('signed, but the table could not be compared with the archive');
    }
    return spans;
  });
}

export const handler = createHandler(dependencies);
