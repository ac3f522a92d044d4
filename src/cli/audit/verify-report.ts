// What verifying an archive found, in words and as JSON.
import { type Fault, MOST_LISTED, type Note, type Verified } from '../../audit/verify/index.ts';
import { fields } from '../print/table.ts';
import type { Keys } from './place.ts';

export interface VerifyReport {
  /** Where the archive is. */
  readonly archive: string;
  readonly keys: Keys;
  readonly verified: Verified;
  readonly seconds: number;
}

type Tallied = Verified['faults'] | Verified['notes'];

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function kindsText({ byKind }: Tallied): string {
  return Object.entries(byKind)
    .map(([kind, count]) => `${count.toLocaleString('en')} ${kind}`)
    .join(', ');
}

/** One line for each that is listed, and one for those of a kind that are too many. */
export function findingLines({ first, byKind }: Tallied): readonly string[] {
  const line = ({ kind, what, where, detail, event }: Fault | Note) =>
    `${kind}: ${what === 'event' && event !== undefined ? `event ${event} in` : what} ${where}: ${detail}`;
  const more = Object.entries(byKind).flatMap(([kind, count]) =>
    count > MOST_LISTED ? [`${kind}: ${(count - MOST_LISTED).toLocaleString('en')} more`] : [],
  );
  return [...first.map(line), ...more];
}

export function keyText({ from, isSelfAttested }: Keys, ids: readonly string[]): string {
  const which = `${ids.length === 0 ? 'none' : ids.join(', ')}, of ${from}`;
  return isSelfAttested
    ? `self-attested: ${which}. Whoever could change the archive could change it, too; name one from elsewhere with --key`
    : `${which}`;
}

/** All of a few, or the first ones and the last. */
function tailNames({ names, last, objects, strays }: Verified['tail']): string {
  const isAll = objects + strays <= names.length;
  return isAll ? names.join(', ') : `${names.join(', ')} … ${last}`;
}

function tailText(tail: Verified['tail']): string | undefined {
  const { objects, events, strays } = tail;
  if (objects + strays === 0) return undefined;
  const parts = [
    ...(objects === 0 ? [] : [counted(objects, 'object'), counted(events, 'event')]),
    ...(strays === 0 ? [] : [counted(strays, 'stray')]),
  ];
  return `not yet signed: ${parts.join(', ')}: ${tailNames(tail)}`;
}

function rateOf({ verified, seconds }: VerifyReport): number {
  const { events, tail } = verified;
  return seconds > 0 ? (events + tail.events) / seconds : 0;
}

function resultText({ faults, digests }: Verified): string {
  if (faults.total === 0) return digests === undefined ? 'Nothing is signed yet.' : 'Nothing is wrong.';
  return `${counted(faults.total, 'fault')}: ${kindsText(faults)}.`;
}

export function reportLines(report: VerifyReport): readonly string[] {
  const { archive, keys, verified, seconds } = report;
  const { digests, since, head, objects, events, strays, tail, faults, notes } = verified;
  const all = events + tail.events;
  const rate = Math.round(rateOf(report)).toLocaleString('en');
  const summary = fields([
    ['archive', archive],
    [
      'digests',
      digests === undefined
        ? 'none'
        : `${digests.count.toLocaleString('en')}, from ${digests.from} until ${digests.until}`,
    ],
    ['since', since === undefined ? undefined : `looked at from ${since} on, and at no file before`],
    ['signed', `${counted(objects, 'object')}, ${counted(events, 'event')}, ${counted(strays, 'stray')}`],
    ['tail', tailText(tail)],
    ['notes', notes.total === 0 ? undefined : kindsText(notes)],
    ['key', keyText(keys, verified.keys)],
    ['head', head === undefined ? undefined : `digest ${head.sequence}, ${head.sha256}`],
    ['took', `${counted(all, 'event')} in ${seconds.toFixed(1)} s: ${rate} events/s`],
  ]);
  const found = findingLines(faults);
  const noted = findingLines(notes);
  return [
    ...(found.length === 0 ? [] : [...found, '']),
    ...(noted.length === 0 ? [] : [...noted, '']),
    ...summary,
    '',
    resultText(verified),
  ];
}

export function reportJson(report: VerifyReport): object {
  const { archive, keys, verified, seconds } = report;
  const { digests, since, head, objects, events, strays, tail, faults, notes } = verified;
  return {
    ok: faults.total === 0,
    archive,
    key: { ids: verified.keys, from: keys.from, selfAttested: keys.isSelfAttested },
    digests: digests ?? null,
    since: since ?? null,
    head: head ?? null,
    ...{ objects, events, strays, tail },
    faults: { total: faults.total, byKind: faults.byKind, list: faults.first },
    notes: { total: notes.total, byKind: notes.byKind, list: notes.first },
    seconds: Number(seconds.toFixed(3)),
    eventsPerSecond: Math.round(rateOf(report)),
  };
}
