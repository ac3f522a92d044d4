// Writes down what looks wrong with the audit, and tells those who watch.
import { BROKER_STREAM, type FindingKind, ocsfRecord, storedEvent } from '../../audit/index.ts';
import { Unavailable } from '../../shared/errors.ts';
import { makeId, tailFrom } from '../../shared/ids.ts';
import type { FindingDependencies } from './dependencies.ts';
import type { EventAt } from './places.ts';

export interface WantedFinding {
  readonly kind: FindingKind;
  readonly detail: string;
  /** What it is about: an event, or an archived object. */
  readonly event?: EventAt;
  readonly key?: string;
}

const HOUR = 3_600_000;

const TITLES: Readonly<Record<FindingKind, string>> = {
  event_overwritten: 'An audit event was overwritten',
  event_removed: 'An audit event was removed before its time',
  event_differs: 'An audit event is not what was archived of it',
  archive_changed: "Something stands in the audit's archive that the broker did not put there",
  digest_taken: 'Something stands where a digest of the audit belongs',
};

/**
 * What is seen again within the hour is the same finding, and written down once. It is told whatever stands under its id:
 * else whoever may write could have written something there before. Throws `Unavailable('events')`.
 */
export async function recordFinding(dependencies: FindingDependencies, wanted: WantedFinding): Promise<void> {
  const { events, findings, clock, log, rules } = dependencies;
  const { kind, detail, event, key } = wanted;
  const now = clock.now();
  const hour = new Date(Math.floor(now.getTime() / HOUR) * HOUR);
  const about = tailFrom('finding', kind, event?.stream ?? '', event?.id ?? '', key ?? '');
  const id = makeId('evt', hour, about);
  const title = TITLES[kind];
  const stored = storedEvent(BROKER_STREAM, id, now, {
    type: 'audit.finding',
    configDigest: (await rules()).config.digest,
    finding: kind,
    title,
    detail,
    ...(event === undefined ? {} : { event }),
    ...(key === undefined ? {} : { key }),
  });
  log.error('audit finding', { reason: kind });
  await events.append(stored);
  try {
    await findings.report({ id, title, record: ocsfRecord(stored) });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    // It is written down, and an alarm counts what is logged.
    log.error('back end unavailable', { backend: error.backend });
  }
}
