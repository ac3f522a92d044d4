// The user and the password of a URL: what stands before the host, whatever characters are in it.
import { isAlnum } from '../../scan/alphabet.ts';
import { isLabelsOnly } from '../../scan/labelled.ts';
import type { Scan } from '../../scan/scan.ts';
import { colonBetween } from './labels-within.ts';
import { isRandom } from './randomness.ts';
import { isStore } from './stores.ts';
import { isPlaceholder } from './values.ts';

const LONGEST = 1024;
const LONGEST_SCHEME = 32;
const AT = 64;
const COLON = 58;

const STARTS: readonly string[] = ['://', ':\\/\\/', '%3A%2F%2F'];
export const URL_ANCHORS = STARTS.map((text) => ({ text }));

const ENDS = new Uint8Array(128);
for (const mark of ' \t\n\r\f\0"<>`|\\') ENDS[mark.charCodeAt(0)] = 1;

/** What a host may begin with, and what must follow one. */
const HOST =
  /(?:\[[0-9a-f:.%]+\]|[\w-]+(?:\.[\w-]+)*|\/|[([])(?::\d{1,5}|(?=\()|:)?(?=[/?#,;:)'"\]\s\\`<>(]|\.(?:\s|$)|$)/iuy;
const PORT = /^\d{1,5}$/u;

export interface Userinfo {
  readonly scheme: string;
  readonly start: number;
  /** Where the user ends; the same as `end` where there is no password. */
  readonly userEnd: number;
  readonly end: number;
}

export function schemeBefore(text: string, at: number): string {
  let from = at;
  while (from > 0 && at - from < LONGEST_SCHEME && isOfScheme(text.charCodeAt(from - 1))) from -= 1;
  return text.slice(from, at).toLowerCase();
}

function isOfScheme(code: number): boolean {
  return isAlnum(code) || code === 43 || code === 45 || code === 46;
}

function endOfUrl(text: string, from: number): number {
  const most = Math.min(text.length, from + LONGEST);
  let to = from;
  while (to < most) {
    const code = text.charCodeAt(to);
    if (code < 128 && ENDS[code] === 1) break;
    to += 1;
  }
  return to;
}

function isHost(text: string, at: number): boolean {
  HOST.lastIndex = at;
  return HOST.test(text);
}

/** The `@` before the host: the last of the authority, or one further on where a password has a `/`, `#`, `?` in it. */
function endOfUserinfo(text: string, from: number, to: number): number {
  let authority = from;
  let at = -1;
  let colon = -1;
  for (; authority < to; authority += 1) {
    const code = text.charCodeAt(authority);
    if (code === 47 || code === 63 || code === 35) break;
    if (code === COLON && colon === -1) colon = authority;
    if (code === AT) at = authority;
  }
  if (colon === -1 || (at !== -1 && at < colon)) return at;
  if (at !== -1 && (authority === to || isHost(text, at + 1)) && text.slice(at, authority).includes('.'))
    return at;
  const begun = text.slice(colon + 1, authority);
  if (at === -1 && (PORT.test(begun) || begun === '')) return -1;
  for (let later = to - 1; later > authority; later -= 1) {
    if (text.charCodeAt(later) === AT && isHost(text, later + 1)) return later;
  }
  return at;
}

/** Percent-encoded as a whole, as in a query. */
function encodedAt(text: string, scheme: string, from: number): Userinfo | undefined {
  const rest =
    /^((?:[\w.~+-]|%(?!40|3A|2F)[0-9a-f]{2})*)(?:(%3A)((?:[\w.~!*+-]|%(?!40|2F)[0-9a-f]{2})*))?%40/iu.exec(
      text.slice(from, from + LONGEST),
    );
  if (rest === null) return undefined;
  const userEnd = from + (rest[1]?.length ?? 0);
  return { scheme, start: from, userEnd, end: from + rest[0].length - 3 };
}

export function userinfoAt(text: string, at: number, to: number): Userinfo | undefined {
  const scheme = schemeBefore(text, at);
  if (scheme === '') return undefined;
  if (text.charCodeAt(at) === 37) return encodedAt(text, scheme, to);
  // Most URLs have none: an `@` that is far off, or beyond the URL, is not waited for.
  const most = endOfUrl(text, to);
  const end = endOfUserinfo(text, to, most);
  if (end <= to) return undefined;
  const colon = text.indexOf(':', to);
  return { scheme, start: to, userEnd: colon === -1 || colon > end ? end : colon, end };
}

const SAYS_NOTHING = new Set(['x-oauth-basic', 'x', 'git', 'anonymous', 'oauth2', 'x-access-token', '']);

/** The colon in a label parts no user from a password. */
function userEndOf(scan: Scan, { start, userEnd, end }: Userinfo): number {
  if (scan.text.charCodeAt(userEnd) !== COLON) return userEnd;
  const colon = colonBetween(scan, start, end);
  return colon === -1 ? end : colon;
}

/** Adds what is secret of it: the password, and the user where it is the only part or as random as one. */
export function addUserinfo(scan: Scan, found: Userinfo): void {
  const { text } = scan;
  const userEnd = userEndOf(scan, found);
  const user = text.slice(found.start, userEnd);
  const isOnly = userEnd === found.end;
  const from = userEnd + (text.charCodeAt(userEnd) === 37 ? 3 : 1);
  const password = isOnly ? '' : text.slice(from, found.end);
  if (isOnly ? isSoleSecret(found.scheme, user) : isSecretUser(user, password)) {
    if (!isLabelsOnly(scan, found.start, userEnd) && !isPlaceholder(user)) scan.add(found.start, userEnd);
  }
  if (password === '' || SAYS_NOTHING.has(password) || isPlaceholder(password)) return;
  if (isLabelsOnly(scan, from, found.end)) return;
  scan.add(from, found.end);
}

const LOGINS =
  /^(?:ssh|git|git\+ssh|svn\+ssh|sftp|rsync|scp|mosh|sip|sips|xmpp|mailto|s3|gs|abfss?|wasbs?|hdfs|nfs)$/u;

function isSoleSecret(scheme: string, user: string): boolean {
  if (isStore(scheme)) return isRandom(user, 16);
  return !LOGINS.test(scheme) && !SAYS_NOTHING.has(user) && user.length > 1;
}

function isSecretUser(user: string, password: string): boolean {
  return SAYS_NOTHING.has(password) ? user.length > 5 : user.length >= 16 && isRandom(user, 16);
}
