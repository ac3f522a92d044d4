// Every minute: leaves no call hanging, and tells which config decides since it was deployed.
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { reconcile, recordNewConfig } from '../../src/broker/index.ts';
import { backgroundHandler } from '../shared/background.ts';
import type { Tools } from '../shared/tools.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = Parameters<typeof reconcile>[0] &
  Parameters<typeof recordNewConfig>[0] & { readonly tools: Tools };

export function createHandler(given: Dependencies) {
  return backgroundHandler(given.tools, async () => {
    const pass = await reconcile(given, { nothingUnderWay: false });
    if (pass.unknown > 0) given.tools.metrics.addMetric('OutcomeUnknown', MetricUnit.Count, pass.unknown);
    await recordNewConfig(given);
    // The alarm on errors tells of what could not be looked at; the next pass tries again.
    if (pass.failed > 0) throw new Error('some records could not be looked at');
    return pass;
  });
}

export const handler = createHandler(dependencies);
