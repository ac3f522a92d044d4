// Writes down what looks wrong with the audit, and tells those who watch.
import { BROKER_STREAM, type FindingKind, ocsfRecord, storedEvent } from '../../audit/index.ts';
import { Unavailable } from '../../shared/errors.ts';
import { makeId, tailFrom, timeOf } from '../../shared/ids.ts';
import type { FindingDependencies } from './dependencies.ts';

export interface WantedFinding {
  readonly kind: FindingKind;
  readonly detail: string;
  /** What it is about: an event, or an archived object. */
  readonly event?: { readonly stream: string; readonly id: string };
  readonly key?: string;
  /** Since when it can be: what is seen again has the same one. Of events, when their ids were made. */
  readonly since: Date;
}

const TITLES: Readonly<Record<FindingKind, string>> = {
  event_overwritten: 'An audit event was overwritten',
  event_removed: 'An audit event was removed before its time',
  event_differs: 'An audit event is not what was archived of it',
  archive_changed: "Something stands in the audit's archive that the broker did not put there",
  digest_taken: 'Something stands where a digest of the audit belongs',
};

/** Once for the same thing, however often it is seen. Throws `Unavailable('events')`. */
export async function recordFinding(dependencies: FindingDependencies, wanted: WantedFinding): Promise<void> {
  const { events, findings, clock, log, rules } = dependencies;
  const { kind, detail, event, key, since } = wanted;
  const begun = (event && timeOf('evt', event.id)) ?? since;
  const id = makeId('evt', begun, tailFrom('finding', kind, event?.stream ?? '', event?.id ?? '', key ?? ''));
  const title = TITLES[kind];
  const stored = storedEvent(BROKER_STREAM, id, clock.now(), {
    type: 'audit.finding',
    configDigest: (await rules()).config.digest,
    finding: kind,
    title,
    detail,
    ...(event === undefined ? {} : { event }),
    ...(key === undefined ? {} : { key }),
  });
  if (!(await events.append(stored))) return;
  log.error('audit finding', { reason: kind });
  try {
    await findings.report({ id, title, record: ocsfRecord(stored) });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    // It is written down, and an alarm counts what is logged.
    log.error('back end unavailable', { backend: error.backend });
  }
}
