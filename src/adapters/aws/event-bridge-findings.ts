// Findings as events of EventBridge, for the operator's own rules.
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Finding, Findings } from '../../ports/findings.ts';
import type { JsonObject } from '../../shared/json.ts';
import { withinDeadline } from '../faults.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';

export interface EventBridgeFindingsDependencies {
  readonly client: EventBridgeClient;
  /** Left out, it is the account's default bus. */
  readonly bus?: string;
  readonly source?: string;
  readonly deadlineMilliseconds?: number;
}

const SOURCE = 'bailiwick';
const DETAIL_TYPE = 'Bailiwick Finding';
/** An entry has 256 KB, source and type included. Some of what rules send it on to takes no more either. */
const MOST_DETAIL_BYTES = 256 * 1024 - 1024;

/** The whole record, or as much of it as an event can carry: the audit has all of it, under the finding's id. */
function detailOf({ id, title, record }: Finding): string {
  const unmapped: JsonObject = { omitted: `the whole record is too large for an event; it is of ${id}` };
  const shorter: readonly JsonObject[] = [
    record,
    { ...record, unmapped },
    { finding_info: { uid: id, title }, unmapped },
  ];
  const texts = shorter.map((each) => JSON.stringify(each));
  const detail = texts.find((text) => Buffer.byteLength(text) <= MOST_DETAIL_BYTES);
  if (detail === undefined) throw new Error('not even the title of the finding fits an event');
  return detail;
}

export function createEventBridgeFindings(dependencies: EventBridgeFindingsDependencies): Findings {
  const { client, bus, source = SOURCE, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  return {
    async report(finding) {
      await withinDeadline('findings', deadlineMilliseconds, async (abortSignal) => {
        const entry = {
          Source: source,
          DetailType: DETAIL_TYPE,
          Detail: detailOf(finding),
          ...(bus === undefined ? {} : { EventBusName: bus }),
        };
        const answer = await client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal });
        if (answer.FailedEntryCount === 0) return;
        throw new Error(`EventBridge took no event: ${answer.Entries?.[0]?.ErrorCode ?? 'it says not why'}`);
      });
    },
  };
}
