// Values of cookies: their names and attributes stay.
import type { Detector } from '../detector.ts';
import { endsLabel, isLabelsOnly } from '../scan/labelled.ts';
import type { Scan } from '../scan/scan.ts';
import { isRandom } from './kit/randomness.ts';
import { isPlaceholder } from './kit/values.ts';

const MOST = 100;
const LONGEST = 8192;
const HEAD =
  /\\{0,3}["'`]?\]?[ \t]{0,4}(?:=>|[:=]|,(?=[ \t]*\\{0,3}["'`])|[ \t])[ \t]{0,4}\\{0,3}["'`]?[ \t]{0,2}/uy;
const PAIR = /([\w!#$%&'*+.^`|~-]{1,128})=("?)([^;,\s"'\\\]}<>]{0,8192})/uy;
const REST = /[^;,\s"'\\\]}<>]{0,8192}/uy;
const BETWEEN = /"?(?:;[ \t]{0,4}|; ?\\?\r?\n[ \t]{1,8})/uy;

const ATTRIBUTES =
  /^(?:expires|path|domain|max-age|samesite|secure|httponly|priority|version|partitioned|comment)$/iu;

/** What only a cookie that is set says of itself. */
const SETS = /;\s*(?:path|expires|max-age|httponly|secure|samesite|domain)\b/iu;

/** A label's bracket ends no value. */
function endOfValue(scan: Scan, end: number): number {
  let to = end;
  while (to - end < LONGEST && endsLabel(scan, to + 1)) {
    REST.lastIndex = to + 1;
    to = REST.test(scan.text) ? REST.lastIndex : to + 1;
  }
  return to;
}

/** Pair by pair from `from` on; of a cookie that is set, the first only. */
function addPairs(scan: Scan, from: number, isSet: boolean): void {
  const { text } = scan;
  let at = from;
  for (let count = 0; count < MOST; count += 1) {
    PAIR.lastIndex = at;
    const found = PAIR.exec(text);
    if (found === null) return;
    const [, name = '', , begun = ''] = found;
    const start = PAIR.lastIndex - begun.length;
    const end = endOfValue(scan, PAIR.lastIndex);
    const value = text.slice(start, end);
    const isMasked = isPlaceholder(value) || isLabelsOnly(scan, start, end);
    if (value !== '' && !ATTRIBUTES.test(name) && !isMasked) scan.add(start, end);
    if (isSet) return;
    BETWEEN.lastIndex = end;
    if (!BETWEEN.test(text)) return;
    at = BETWEEN.lastIndex;
  }
}

function find(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  if (to - at === 1) {
    // Under the header's own name, as all other text has no `=` to wait for.
    if (!scan.isNamed || (at > 0 && text.lastIndexOf('=', at - 1) !== -1)) return;
    const from = text.length - text.trimStart().length;
    addPairs(scan, from, SETS.test(text.slice(0, 4096)));
    return;
  }
  if (to < scan.covered) return;
  HEAD.lastIndex = text.charCodeAt(to) === 115 || text.charCodeAt(to) === 83 ? to + 1 : to;
  if (!HEAD.test(text)) return;
  addPairs(scan, HEAD.lastIndex, /set-?$/iu.test(text.slice(Math.max(0, at - 4), at)));
}

const SESSIONS =
  'jsessionid phpsessid aspsessionid aspnetsessionid connectsid sessionid sessid sid laravelsession hostsession securesession sessioncookie authcookie ci_session cfduid cfclearance rememberme remembertoken aspxauth aspnetcoreidentityapplication nextauthsessiontoken supabaseauthtoken';

const cookie: Detector = {
  type: 'COOKIE',
  kind: 'secret',
  title: 'Values of cookies, and of sessions by the names that their cookies have',
  example: 'Cookie: sid=«a1b2c3d4e5»',
  check: 'a pair in a Cookie or Set-Cookie header; attributes stay',
  tells: 'structure',
  rank: 4,
  names: ['cookie', 'setcookie', 'cookieheader', ...SESSIONS.split(' ').map((name) => name.replace('_', ''))],
  anchors: [{ text: 'cookie' }, { text: '=' }],
  whole: (value) => !/[\s=;]/u.test(value) && !isPlaceholder(value) && isRandom(value, 12),
  find,
};

export const detectors = [cookie];
