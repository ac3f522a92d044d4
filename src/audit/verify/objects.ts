// One digest's objects: each there, as it was signed, and made of the events that its index lists.
import { gunzipSync, constants as zlib } from 'node:zlib';
import { MOST_OBJECT_BYTES } from '../archive/lines.ts';
import { differences } from './differences.ts';
import type { Found } from './faults.ts';
import { type Listed, listedIfAny } from './index-lines.ts';
import { type Line, linesOf, type ObjectLines, visitLines } from './object-lines.ts';
import type { NamedFile, UnpackedFile } from './read-ahead.ts';
import { unreadText } from './read-file.ts';

/** As a digest names it. */
export interface NamedObject extends NamedFile {
  readonly events: number;
}

type ReadObject = UnpackedFile<NamedObject>;

function counted(count: number): string {
  return count === 1 ? '1 event' : `${count} events`;
}

const MOST_NAMED = 3;

/** Those of an object that is not there, or can't be read. */
function eventsText(was: readonly Listed[] | undefined, { events }: NamedObject): string {
  if (was === undefined) return `its ${counted(events)}; which, its index can't say`;
  const ids = was.map(({ id }) => id);
  const some = ids.slice(0, MOST_NAMED).join(', ');
  return ids.length <= MOST_NAMED
    ? `its ${counted(events)}, ${some}`
    : `its ${counted(events)}, ${some} to ${ids.at(-1)}`;
}

/** With so many more lines than were signed, it is no use to say of each what became of it. */
const MOST_MORE = 1000;

export function linesOfChanged(unpacked: Buffer, { events }: NamedObject): ObjectLines {
  return linesOf(unpacked, events + MOST_MORE);
}

/** What can be had of an object that breaks off. */
function beginningOf(bytes: Uint8Array, file: NamedObject): ObjectLines | undefined {
  try {
    const settings = { maxOutputLength: MOST_OBJECT_BYTES, finishFlush: zlib.Z_SYNC_FLUSH };
    return linesOfChanged(gunzipSync(bytes, settings), file);
  } catch {
    return undefined;
  }
}

/** Its bytes are not those that were signed: which of its events are others, is what auditors want to know. */
function sayWhatChanged(
  object: ReadObject,
  is: ObjectLines | undefined,
  was: readonly Listed[] | undefined,
  found: Found,
): void {
  const { file } = object;
  const { key } = file;
  if (is === undefined) {
    const detail = `It can't be unpacked any more: gone are ${eventsText(was, file)}.`;
    found.fault('altered', 'object', key, detail);
    return;
  }
  if (was === undefined) {
    const detail = `It was altered, and has ${counted(is.lines.length)}; it had ${counted(file.events)}. Which are others, its index can't say.`;
    found.fault('altered', 'object', key, detail);
    return;
  }
  if (is.lines.length >= file.events + MOST_MORE) {
    const detail = `It was altered, and has ${MOST_MORE} lines more than its ${counted(file.events)}, or yet more.`;
    found.fault('altered', 'object', key, detail);
    return;
  }
  const { isBeginning, all } = differences(was, is.lines);
  if (isBeginning) {
    const gone = eventsText(was.slice(is.lines.length), { ...file, events: was.length - is.lines.length });
    const detail = `It ends after ${is.lines.length} of ${counted(file.events)}: missing are ${gone}.`;
    found.fault('truncated', 'object', key, detail);
    return;
  }
  if (all.length === 0) {
    found.fault('altered', 'object', key, 'Its bytes are others. Its events are what they were.');
    return;
  }
  const details = {
    missing: (line: number) => `It was in line ${line}, and is not there.`,
    altered: (line: number) => `It was altered: line ${line} is not the one that was signed.`,
    added: (line: number) =>
      `It was added: what was signed has no such event, or had it once. It is in line ${line}.`,
    reordered: (line: number) => `The events of this object stand in another order, from line ${line} on.`,
  };
  for (const { kind, id, line } of all) {
    const subject = id === '' ? `Line ${line} is no event. ` : '';
    found.fault(kind, 'event', key, `${subject}${details[kind](line)}`, ...(id === '' ? [] : [id]));
  }
}

/** What is told of an object that is as it was signed. */
export interface Reading {
  readonly events: number;
  readonly isWhole: boolean;
  /** The first line that is no event, and the first that the index lists otherwise; from 1. */
  readonly noEvent: number | undefined;
  readonly notAsListed: number | undefined;
}

/** Line by line, beside the index. */
export function readLines(
  unpacked: Buffer,
  listed: Buffer | undefined,
  visit: (line: Line) => void,
): Reading {
  let [events, place] = [0, 0];
  let noEvent: number | undefined;
  let notAsListed: number | undefined;
  const isWhole = visitLines(unpacked, (line) => {
    const { id, leaf } = line;
    events += 1;
    if (id === '') noEvent ??= events;
    if (listed !== undefined && notAsListed === undefined) {
      const text = `${id} ${leaf.toString('hex')}\n`;
      if (listed.toString('latin1', place, place + text.length) !== text) notAsListed = events;
      place += text.length;
    }
    visit(line);
  });
  return { events, isWhole, noEvent, notAsListed };
}

/** What was signed is there, so digest and index must fit it. */
export function checkReading({ key, events }: NamedObject, is: Reading | undefined, found: Found): void {
  const wrong = (detail: string) => found.fault('inconsistent', 'object', key, detail);
  if (is === undefined) wrong('It was signed as it is, and can not be unpacked.');
  else if (!is.isWhole) wrong('It was signed as it is, and its last line has no end.');
  else if (is.events !== events) wrong(`It has ${counted(is.events)}, and its digest says ${events}.`);
  else if (is.noEvent !== undefined) wrong(`Line ${is.noEvent} was signed as it is, and is no event.`);
  else if (is.notAsListed !== undefined) wrong(`The index lists something else than line ${is.notAsListed}.`);
}

export interface ChangedObject {
  readonly object: ReadObject;
  /** What is in it; undefined where it can't be unpacked. */
  readonly is: ObjectLines | undefined;
  /** Its lines of the index; undefined where that can't be believed. */
  readonly listed: Buffer | undefined;
  /** Which object of the digest has these bytes by rights. */
  readonly elsewhere: (bytes: Uint8Array) => string | undefined;
}

/** Tells what became of an object that is not as it was signed. */
export function checkChanged({ object, is, listed, elsewhere }: ChangedObject, found: Found): void {
  const { file, bytes, unreadable } = object;
  const was = listedIfAny(listed);
  const known = was?.length === file.events ? was : undefined;
  if (unreadable !== undefined) {
    const detail = `${unreadText(unreadable)} Nor can ${eventsText(known, file)}.`;
    found.fault('altered', 'object', file.key, detail);
    return;
  }
  if (bytes === undefined) {
    // A broker that has its events still archives them once more, in another file: no digest says that of this one.
    found.fault('missing', 'object', file.key, `It is not there, with ${eventsText(known, file)}.`);
    return;
  }
  const other = elsewhere(bytes);
  if (other !== undefined) {
    const detail = `It holds what belongs into ${other}. It has lost ${eventsText(known, file)}.`;
    found.fault('reordered', 'object', file.key, detail);
  } else sayWhatChanged(object, is ?? beginningOf(bytes, file), known, found);
}
