// How fast masking is, beside plain regular expressions and other redactors on the same text; and what hostile text costs.
import { OpenRedaction } from '@openredaction/core';
import { Redactor } from '@redactpii/node';
import { createMasker, NO_RULES } from '../src/masking/index.ts';
import { HOSTILE, KINDS_OF_TEXT, nested, textsOf } from './masking/texts.ts';
import { median, type Report, type Row, rounded } from './table.ts';

const SIZES: Readonly<Record<string, number>> = {
  '100 B': 100,
  '1 KB': 1e3,
  '10 KB': 1e4,
  '100 KB': 1e5,
  '1 MB': 1e6,
};
const ROUNDS = 3;
/** Each reads all kinds of text before anybody is measured: what runs for hours is warm. */
const WARM_ROUNDS = 10;
const WARM_SIZE = 1000;
/** How long one round is to take at least, and how long one text may take before larger ones are left out. */
const ROUND_MS = 30;
const PATIENCE_MS = 150;
/** Where they are, and what is written instead of them. */
const OURS = ['find', 'mask'];
const HOSTILE_SIZE = 1e6;
const HOSTILE_PATIENCE_MS = 500;
const TWICE = 'time of 2 MB : 1 MB';
const KEYS = { current: { id: 'k1', key: new Uint8Array(32) } };

/** Reads a text whole; what comes back keeps the work from being left out. */
type Reader = (text: string) => number | Promise<number>;

const PLAIN = [
  /[\w.+-]+@[\w-]+\.[\w.]+/g,
  /\b(?:\d[ -]?){13,19}\b/g,
  /\b\d{3}-\d{2}-\d{4}\b/g,
  /\+?\d{1,3}?[ -]?\(?\d{3}\)?[ -]?\d{3}[ -]?\d{4}/g,
  /\b(?:\d{1,3}\.){3}\d{1,3}\b/g,
  /(?:password|secret|token|key)\s*[=:]\s*\S+/gi,
];

function readers(): Readonly<Record<string, Reader>> {
  const masker = createMasker(NO_RULES, KEYS);
  const redactpii = new Redactor();
  const openredaction = new OpenRedaction();
  return {
    find: (text) => masker.find(text, 'auto').length,
    mask: (text) => masker.text(text, undefined, 'auto').length,
    'six expressions': (text) => PLAIN.reduce((sum, pattern) => sum + (text.match(pattern)?.length ?? 0), 0),
    redactpii: (text) => redactpii.redact(text).length,
    openredaction: async (text) => (await openredaction.detect(text)).redacted.length,
  };
}

/** Of this thread's own time, in milliseconds: what else the machine does meanwhile says nothing of anybody here. */
function now(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e3;
}

async function round(read: Reader, texts: readonly string[]): Promise<number> {
  const began = now();
  let bytes = 0;
  let elapsed = 0;
  for (let at = 0; elapsed < ROUND_MS; at = (at + 1) % texts.length) {
    const text = texts[at] as string;
    await read(text);
    bytes += Buffer.byteLength(text);
    elapsed = now() - began;
  }
  return bytes / 1e3 / elapsed;
}

/** In MB a second. */
async function speedOf(read: Reader, texts: readonly string[]): Promise<number> {
  await round(read, texts);
  const speeds: number[] = [];
  for (let at = 0; at < ROUNDS; at += 1) speeds.push(await round(read, texts));
  return median(speeds);
}

/** Ours is measured at every size; of others, one text of this size must not take longer than there is patience for. */
function isTooSlow(reader: string, size: number, before: number | undefined): boolean {
  return !OURS.includes(reader) && before !== undefined && size / 1e3 / before > PATIENCE_MS;
}

async function speedsAt(
  texts: readonly string[],
  all: Readonly<Record<string, Reader>>,
  before: Readonly<Record<string, number>>,
): Promise<Record<string, number>> {
  const speeds: Record<string, number> = {};
  for (const [reader, read] of Object.entries(all)) {
    const size = texts[0]?.length ?? 0;
    if (!isTooSlow(reader, size, before[reader])) speeds[reader] = await speedOf(read, texts);
  }
  return speeds;
}

function rowOf(text: string, size: string, speeds: Readonly<Record<string, number>>): Row {
  const row: Record<string, string | number> = { text, size };
  const { mask = 0, ...rest } = speeds;
  for (const [reader, speed] of Object.entries(speeds)) row[`${reader}, MB/s`] = rounded(speed);
  for (const [reader, speed] of Object.entries(rest)) {
    if (!OURS.includes(reader)) row[`mask : ${reader}`] = rounded(mask / speed);
  }
  return row;
}

async function warm(all: Readonly<Record<string, Reader>>): Promise<void> {
  for (let at = 0; at < WARM_ROUNDS; at += 1) {
    for (const kind of KINDS_OF_TEXT)
      for (const read of Object.values(all)) await round(read, textsOf(kind, WARM_SIZE, 4));
  }
}

async function speeds(): Promise<readonly Row[]> {
  const all = readers();
  await warm(all);
  const rows: Row[] = [];
  for (const kind of KINDS_OF_TEXT) {
    let known: Record<string, number> = {};
    for (const [name, size] of Object.entries(SIZES)) {
      const texts = textsOf(kind, size, size > 1e4 ? 2 : 40);
      const now = await speedsAt(texts, all, known);
      known = { ...known, ...now };
      rows.push(rowOf(kind, name, now));
    }
  }
  return rows;
}

function millisecondsOf(work: () => unknown): number {
  const began = now();
  work();
  return now() - began;
}

/** Twice the text is to take twice the time: far from 2, something looks at a text again and again. */
function hostile(): readonly Row[] {
  const masker = createMasker(NO_RULES, KEYS);
  const take = (text: string) => millisecondsOf(() => masker.text(text, undefined, 'auto'));
  const cases: readonly (readonly [string, (size: number) => string])[] = [
    ...Object.entries(HOSTILE).map(([name, make]) => [JSON.stringify(name), make] as const),
    ['JSON 125,000 deep', (size) => nested(size / 8)],
  ];
  return cases.map(([text, make]) => {
    // What is quadratic would take minutes.
    if (take(make(HOSTILE_SIZE / 4)) > HOSTILE_PATIENCE_MS)
      return { text, size: '1 MB', [TWICE]: 'takes too long' };
    const [one, two] = [make(HOSTILE_SIZE), make(2 * HOSTILE_SIZE)];
    const once = Math.min(take(one), take(one));
    const twice = take(two);
    const speed = one.length / 1e3 / once;
    return { text, size: '1 MB', 'mask, MB/s': rounded(speed), [TWICE]: rounded(twice / once) };
  });
}

/** Everybody in one run on one machine: only how they compare says something elsewhere. */
export async function masking(): Promise<Report> {
  return { name: 'masking', rows: [...(await speeds()), ...hostile()] };
}
