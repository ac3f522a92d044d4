// How long it takes to verify an archive of a million events and in how much memory, beside what no verifier can do without.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveLine, digestKey, eventsKey } from '../src/audit/index.ts';
import {
  type ArchiveFiles,
  addDigest,
  fileAt,
  putLines,
  type TestKey,
  testKey,
  writeArchive,
} from '../test/support/archives.ts';
import { callEvent } from './audit/events.ts';
import { type Report, type Row, rounded } from './table.ts';

/** `EVENTS=50000 npm run bench -- audit` for a quick look. */
const EVENTS = Number(process.env['EVENTS'] ?? 1_000_000);
const HOURS = 24;
const EVENTS_AN_OBJECT = 1000;
const BEGAN = Date.UTC(2026, 10, 21);
const HOUR = 3_600_000;
const KILOBYTES_A_MEGABYTE = 1024;

const MOST_TIMES = 2;
const MOST_MEGABYTES = 300;

/** What differs between events of one object and of the next. To make each anew would take longer than all that is measured. */
const IDS = /(evt|call)_([0-9a-hjkmnp-tv-z]{10})([0-9a-hjkmnp-tv-z]{16})/g;

const PATTERNS = Array.from({ length: EVENTS_AN_OBJECT }, (_, place) =>
  archiveLine(callEvent(place, new Date(BEGAN + place))),
);

/** The number makes its ids others than those of all other objects. */
function lineAt(place: number, number: number): string {
  const part = number
    .toString(32)
    .padStart(6, '0')
    .replaceAll('i', 'w')
    .replaceAll('l', 'x')
    .replaceAll('o', 'y')
    .replaceAll('u', 'z');
  return (PATTERNS[place] ?? '').replace(
    IDS,
    (_, kind, time, tail) => `${kind}_${time}${part}${tail.slice(6)}`,
  );
}

/** One hour's files; the digest before it is among them. */
function hourOf(files: ArchiveFiles, hour: number, key: TestKey): void {
  const from = BEGAN + hour * HOUR;
  const [first, last] = [hour, hour + 1].map((each) => Math.floor((each / HOURS) * EVENTS)) as [
    number,
    number,
  ];
  const objects: string[] = [];
  for (let number = first; number < last; number += EVENTS_AN_OBJECT) {
    const timeOf = (each: number) => new Date(from + Math.floor(((each - first) / (last - first)) * HOUR));
    const count = Math.min(EVENTS_AN_OBJECT, last - number);
    const lines = Array.from({ length: count }, (_, place) => lineAt(place, number));
    const name = eventsKey(timeOf(number), `n${number}`);
    putLines(files, name, lines);
    objects.push(name);
  }
  addDigest(files, hour + 1, { from: new Date(from), until: new Date(from + HOUR), key, objects });
}

function makeArchive(directory: string): string {
  const key = testKey();
  let before: ArchiveFiles = new Map();
  for (let hour = 0; hour < HOURS; hour += 1) {
    const files = new Map(before);
    hourOf(files, hour, key);
    writeArchive(directory, files);
    before = new Map([[digestKey(hour + 1), fileAt(files, digestKey(hour + 1))]]);
  }
  const file = `${directory}.pem`;
  writeFileSync(file, key.publicPem);
  return file;
}

/** Says at its end, on its standard error, what it took. Linux counts what started it into `maxRSS`, and not into this. */
const TELLING = `
import { existsSync, readFileSync } from 'node:fs';
process.on('exit', () => {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const [, own = process.resourceUsage().maxRSS] = /VmHWM:\\s+(\\d+) kB/.exec(status) ?? [];
  process.stderr.write(String(own));
});`;

interface Ran {
  /** From the process's start to its end. */
  readonly seconds: number;
  readonly megabytes: number;
  readonly said: { readonly events: number; readonly bytes?: number; readonly ok?: boolean };
}

function run(...args: readonly string[]): Ran {
  const began = performance.now();
  const hook = `data:text/javascript,${encodeURIComponent(TELLING)}`;
  const { stdout, stderr, error } = spawnSync(process.execPath, ['--import', hook, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined || stdout === '') throw new Error(`it did not run: ${error?.message ?? stderr}`);
  const seconds = (performance.now() - began) / 1000;
  return { seconds, megabytes: Number(stderr) / KILOBYTES_A_MEGABYTE, said: JSON.parse(stdout) };
}

function rowOf(what: string, { seconds, megabytes, said }: Ran, base: Ran): Row {
  const bytes = base.said.bytes ?? 0;
  return {
    what,
    events: said.events,
    seconds: rounded(seconds),
    'events a second': rounded(said.events / seconds),
    'MB a second, unpacked': rounded(bytes / 1e6 / seconds),
    'times as long': rounded(seconds / base.seconds),
    'peak memory, MB': Math.round(megabytes),
  };
}

function faultOf(verified: Ran, base: Ran): string | undefined {
  if (verified.said.ok !== true || verified.said.events !== EVENTS)
    return 'The archive was found to be tampered with.';
  if (verified.seconds > MOST_TIMES * base.seconds)
    return `Verifying takes more than ${MOST_TIMES} times as long.`;
  return verified.megabytes > MOST_MEGABYTES ? `Verifying takes more than ${MOST_MEGABYTES} MB.` : undefined;
}

export async function audit(): Promise<Report> {
  const root = mkdtempSync(join(tmpdir(), 'bailiwick-audit-'));
  try {
    const directory = join(root, 'archive');
    const key = makeArchive(directory);
    const base = run(join(import.meta.dirname, 'audit', 'baseline.ts'), directory);
    const command = join(import.meta.dirname, '..', 'src', 'cli', 'bailiwick.mjs');
    const verified = run(command, 'audit', 'verify', directory, '--key', key, '--json');
    const rows = [rowOf('unpack, parse and hash', base, base), rowOf('verify', verified, base)];
    const fault = faultOf(verified, base);
    return { name: 'audit', rows, ...(fault === undefined ? {} : { fault }) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
