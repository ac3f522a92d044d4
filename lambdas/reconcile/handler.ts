// Every minute: leaves no call hanging.
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { reconcile } from '../../src/broker/index.ts';
import { backgroundHandler } from '../shared/background.ts';
import type { Tools } from '../shared/tools.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof reconcile>[0] & { readonly tools: Tools };

export function createHandler(given: Dependencies) {
  return backgroundHandler(given.tools, async () => {
    const pass = await reconcile(given, { nothingUnderWay: false });
    if (pass.unknown > 0) given.tools.metrics.addMetric('OutcomeUnknown', MetricUnit.Count, pass.unknown);
    // The alarm on errors tells of what could not be looked at; the next pass tries again.
    if (pass.failed > 0) throw new Error('some records could not be looked at');
    return pass;
  });
}

export const handler = createHandler(dependencies);
