// `bailiwick audit verify`: checks an archive, offline.
import { parseArgs } from 'node:util';
import { proveEvent, type VerifySettings, verifyArchive, type Watch } from '../../audit/verify/index.ts';
import { Unavailable } from '../../shared/errors.ts';
import { isId } from '../../shared/ids.ts';
import { existingMoment } from '../../shared/moments.ts';
import { type ExitCode, type Lines, terminal } from '../lines.ts';
import { createProgress, interruptible, type Progress, type Screen } from '../policy/progress.ts';
import { jsonText, oneLine } from '../print/safe.ts';
import { WrongUse } from '../remote/trouble.ts';
import { inLittleRoom } from './little-room.ts';
import { findKeys, type Keys, openPlace, type Place } from './place.ts';
import { findingLines, keyText, reportJson, reportLines } from './verify-report.ts';

export const VERIFY_USAGE =
  'usage: bailiwick audit verify DIR | s3://BUCKET[/PREFIX] [--key FILE]… [--proof EVENT] [--head SHA256] [--since DATE] [--json]';

interface Asked {
  readonly place: string;
  readonly keys: readonly string[];
  readonly proof: string | undefined;
  readonly head: string | undefined;
  readonly since: Date | undefined;
  readonly json: boolean;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const several = { type: 'string', multiple: true } as const;
  const yes = { type: 'boolean' } as const;
  const options = { key: several, proof: text, head: text, since: text, json: yes };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : 'unknown arguments');
  }
}

/** A day begins at midnight UTC. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z)?$/;

function sinceOf(text: string): Date {
  const moment = MOMENT.test(text) ? existingMoment(text) : undefined;
  if (moment !== undefined) return moment;
  throw new WrongUse('--since takes a day such as 2026-05-01, or a moment such as 2026-05-01T09:00:00Z.');
}

function understand(args: readonly string[]): Asked {
  const { values, positionals } = parse(args);
  const [place, ...more] = positionals;
  if (place === undefined) throw new WrongUse('Name the archive: a directory, or s3://BUCKET.');
  if (more.length > 0) throw new WrongUse('Name one archive.');
  const { key: keys = [], proof, json = false } = values;
  const head = values.head?.toLowerCase();
  if (proof !== undefined && !isId('evt', proof))
    throw new WrongUse('--proof takes the id of an event, evt_….');
  if (head !== undefined && !/^[0-9a-f]{64}$/.test(head)) {
    throw new WrongUse('--head takes the SHA-256 of a digest, 64 hexadecimal digits.');
  }
  const since = values.since === undefined ? undefined : sinceOf(values.since);
  return { place, keys, proof, head, since, json };
}

/** Where the line is drawn that says how far it is. */
export interface Surroundings {
  readonly screen: Screen;
  readonly now: () => Date;
}

interface Opened {
  readonly asked: Asked;
  readonly place: Place;
  readonly keys: Keys;
  readonly lines: Lines;
}

/** How long it takes, nobody knows before the digests are read. */
function watching(screen: Screen, environment: NodeJS.ProcessEnv): Watch & Pick<Progress, 'clear'> {
  let progress: Progress | undefined;
  return {
    began: (from, until) => {
      progress = createProgress(screen, { from, until }, environment);
    },
    seen: (events, at) => progress?.seen(at.toISOString(), events),
    clear: () => progress?.clear(),
  };
}

async function verify(
  { asked, place, keys, lines }: Opened,
  settings: VerifySettings,
  watch: Watch & Pick<Progress, 'clear'>,
): Promise<ExitCode> {
  const began = performance.now();
  const verified = await interruptible(watch, () =>
    inLittleRoom(() => verifyArchive(place.reader, { ...settings, watch })),
  );
  const seconds = (performance.now() - began) / 1000;
  const report = { archive: place.name, keys, verified, seconds };
  if (asked.json) for (const line of jsonText(reportJson(report)).split('\n')) lines.out(line);
  else for (const line of reportLines(report)) lines.out(oneLine(line));
  return verified.faults.total === 0 ? 0 : 1;
}

/** The proof alone goes to standard output, so that it can be kept as it is. */
async function prove(
  { place, keys, lines }: Opened,
  settings: VerifySettings,
  event: string,
): Promise<ExitCode> {
  const proven = await proveEvent(place.reader, settings, event);
  const { proof, why, faults } = proven;
  for (const line of findingLines(faults)) lines.err(oneLine(line));
  lines.err(oneLine(`key ${keyText(keys, proven.keys)}`));
  if (proof === undefined) {
    lines.err(oneLine(`There is no proof for ${event}. ${why ?? ''}`));
    return 1;
  }
  const shown = { ...proof, selfAttested: keys.isSelfAttested };
  for (const line of jsonText(shown).split('\n')) lines.out(line);
  return faults.total === 0 ? 0 : 1;
}

/** What the operator can do something about, in a sentence. */
function sentenceOf(error: unknown): string | undefined {
  if (error instanceof WrongUse) return error.message;
  if (!(error instanceof Unavailable)) return undefined;
  let cause: unknown = error;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return `The archive can't be read (${why}).`;
}

/** Exit code 0: nothing is wrong; 1: something is; 2: wrong use, or what can't be read. */
export async function runVerify(
  args: readonly string[],
  lines: Lines = terminal,
  environment: NodeJS.ProcessEnv = process.env,
  { screen = process.stderr, now = () => new Date() }: Partial<Surroundings> = {},
): Promise<ExitCode> {
  const told = (error: unknown, ...more: readonly string[]): ExitCode => {
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    for (const line of [sentence, ...more]) lines.err(oneLine(line));
    return 2;
  };
  let asked: Asked;
  try {
    asked = understand(args);
  } catch (error) {
    return told(error, VERIFY_USAGE);
  }
  try {
    const place = await openPlace(asked.place);
    const keys = await findKeys(asked.keys, place);
    const opened = { asked, place, keys, lines };
    // Whoever has a key or a head from elsewhere knows that something was signed.
    const mayBeYoung = asked.keys.length > 0 || asked.head !== undefined ? undefined : { now: now() };
    const settings = { keys: keys.ids, head: asked.head, since: asked.since, mayBeYoung };
    if (asked.proof !== undefined) return await prove(opened, settings, asked.proof);
    return await verify(opened, settings, watching(screen, environment));
  } catch (error) {
    return told(error);
  }
}
