// Every hour: signs what was archived of the audit until the last full hour that has settled.
import { SETTLED_MILLISECONDS, type SignedSpan, signDigest } from '../../src/broker/archive/index.ts';
import { backgroundHandler } from '../shared/background.ts';
import type { Tools } from '../shared/tools.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof signDigest>[0] & { readonly tools: Tools };

const HOUR = 3_600_000;

export function createHandler(given: Dependencies) {
  return backgroundHandler(given.tools, async (): Promise<SignedSpan | 'busy' | 'nothing'> => {
    const settled = new Date(given.clock.now().getTime() - SETTLED_MILLISECONDS);
    const until = new Date(Math.floor(settled.getTime() / HOUR) * HOUR);
    const signed = await signDigest(given, { until, settled, alone: false });
    // The alarm on errors tells that it was signed without a look at the table; the next one looks at that span, too.
    if (typeof signed === 'object' && !signed.isCompared) {
      throw new Error('signed, but the table could not be compared with the archive');
    }
    return signed;
  });
}

export const handler = createHandler(dependencies);
