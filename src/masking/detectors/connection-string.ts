// Passwords and keys in connection strings of databases, queues and cloud stores.
import type { Detector } from '../detector.ts';
import { endsLabel, isLabelsOnly } from '../scan/labelled.ts';
import type { Scan } from '../scan/scan.ts';
import { colonBetween } from './kit/labels-within.ts';
import { isStore } from './kit/stores.ts';
import { addUserinfo, schemeBefore, URL_ANCHORS, userinfoAt } from './kit/userinfo.ts';
import { isPlaceholder } from './kit/values.ts';

const LONGEST = 128;

/** Behind the label that was cut by looking back no further than to `from`: its colon is none of the text's. */
function afterCut(scan: Scan, from: number, at: number): number {
  const close = at - from < LONGEST ? -1 : scan.text.indexOf(']', from);
  if (close === -1 || close >= at || scan.text.lastIndexOf('[', close) >= from) return from;
  return endsLabel(scan, close + 1) ? close + 1 : from;
}

/** `user:password@tcp(host)/db`: back from the `@` to the user's colon. */
function findDriver(scan: Scan, at: number): void {
  const { text } = scan;
  let from = at;
  while (
    from > 0 &&
    at - from < LONGEST &&
    text.charCodeAt(from - 1) > 32 &&
    !'"\'`<>('.includes(text[from - 1] as string)
  )
    from -= 1;
  const colon = colonBetween(scan, afterCut(scan, from, at), at);
  if (colon === -1 || colon >= at - 1 || isLabelsOnly(scan, colon + 1, at)) return;
  if (!isPlaceholder(text.slice(colon + 1, at))) scan.add(colon + 1, at);
}

/** `jdbc:oracle:thin:user/password@host`. */
const ORACLE = /[\w$#.-]{1,64}\/("?)([^\s@"'`]{1,128})\1(?=@)/uy;

function findOracle(scan: Scan, to: number): void {
  ORACLE.lastIndex = to;
  const found = ORACLE.exec(scan.text);
  if (found === null || isPlaceholder(found[2] ?? '')) return;
  const start = ORACLE.lastIndex - (found[2]?.length ?? 0) - (found[1]?.length ?? 0);
  const end = start + (found[2]?.length ?? 0);
  if (!isLabelsOnly(scan, start, end)) scan.add(start, end);
}

/** A line of `.pgpass`: host, port, database, user, password. */
const FIELD = String.raw`(?:\[[A-Z][A-Z0-9_]*:[^\]\s:]{1,80}\]|[^:\s])`;
const PGPASS = new RegExp(`:5432:${FIELD}{1,64}:${FIELD}{1,64}:(${FIELD}{1,128})(?=\\s|$|\\\\[nr])`, 'uy');

function findPgpass(scan: Scan, at: number): void {
  PGPASS.lastIndex = at;
  const value = PGPASS.exec(scan.text)?.[1];
  const end = PGPASS.lastIndex;
  if (value === undefined || isPlaceholder(value)) return;
  if (!isLabelsOnly(scan, end - value.length, end)) scan.add(end - value.length, end);
}

const KEY = /^[A-Za-z0-9+/%-]{40,}={0,2}(?:%3D){0,2}$/iu;

const connectionString: Detector = {
  type: 'CONNECTION_STRING',
  kind: 'secret',
  title: 'Passwords and keys in connection strings',
  example: 'DATABASE_URL=postgres://app:«correct-horse»@db.internal:5432/shop',
  check: "a data store's scheme with a password before the host; an account key of at least 40 characters",
  tells: 'structure',
  rank: 9,
  names: ['accountkey', 'sharedaccesskey', 'storageaccountkey', 'sharedsecretvalue', 'sharedaccesssignature'],
  anchors: [
    ...URL_ANCHORS,
    { text: '@tcp(' },
    { text: '@unix(' },
    { text: ':oracle:thin:' },
    { text: ':5432:' },
  ],
  whole: (value) => KEY.test(value),
  find(scan: Scan, at: number, to: number) {
    const { text } = scan;
    const second = text.charCodeAt(at + 1) | 32;
    if (text.charCodeAt(at) === 64) {
      findDriver(scan, at);
      return;
    }
    if (second === 111) {
      findOracle(scan, to);
      return;
    }
    if (second === 53) {
      findPgpass(scan, at);
      return;
    }
    if (!isStore(schemeBefore(text, at))) return;
    const found = userinfoAt(text, at, to);
    if (found !== undefined) addUserinfo(scan, found);
  },
};

export const detectors = [connectionString];
