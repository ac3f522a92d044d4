// Told by the state table's stream which roles' denies were asked for: makes each of them fit what is over.
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { type RevokerDependencies, type RoleOutcome, revokeSessions } from '../../src/broker/index.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { backgroundHandler } from '../shared/background.ts';
import type { Tools } from '../shared/tools.ts';
import { dependencies } from './dependencies.ts';

type Dependencies = RevokerDependencies & { readonly tools: Tools };

/** So many roles at once; IAM takes few requests a second of an account. */
const AT_ONCE = 4;

const ASKED = /^revoke\/([0-9a-f]{32})$/;

/** Each once, however often it was asked for. */
function rolesIn(records: readonly DynamoDBRecord[]): readonly string[] {
  const roles = records.flatMap(({ dynamodb }) => ASKED.exec(dynamodb?.Keys?.['pk']?.S ?? '')?.[1] ?? []);
  return [...new Set(roles)];
}

/** What stops one role stops no other, nor does it hold up the stream: the reconciler asks again. */
async function outcomeOf(given: Dependencies, role: string): Promise<RoleOutcome> {
  try {
    return await revokeSessions(given, role);
  } catch (error) {
    if (error instanceof Unavailable) given.log.error('back end unavailable', { backend: error.backend });
    else
      given.log.error('background work failed', { error: error instanceof Error ? error.name : 'unknown' });
    return 'waiting';
  }
}

export function createHandler(given: Dependencies) {
  return backgroundHandler(given.tools, async ({ Records }: DynamoDBStreamEvent) => {
    const left = [...rolesIn(Records)];
    const outcomes = { settled: 0, busy: 0, waiting: 0 };
    const work = async () => {
      for (let role = left.shift(); role !== undefined; role = left.shift()) {
        outcomes[await outcomeOf(given, role)] += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (outcomes.waiting > 0) {
      given.tools.metrics.addMetric('RevocationWaiting', MetricUnit.Count, outcomes.waiting);
    }
    return outcomes;
  });
}

export const handler = createHandler(dependencies);
