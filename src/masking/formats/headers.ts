// Headers, masked by their names; those that carry credentials by what they are made of.
import { applyEdits, type Edit, editsOfMarks, liftEdits, type Render } from './edits.ts';
import type { Ground, Place } from './ground.ts';
import { editsOfContent } from './json.ts';
import { editsOfUrl } from './url.ts';

const URLS = new Set(['location', 'content-location', 'referer', 'origin', ':path']);
const CREDENTIALS = new Set(['authorization', 'proxy-authorization']);

/** `Bearer …`: the scheme says nothing, what follows is secret in whole. What is none of these may be secret itself. */
const SCHEME =
  /^\s*(?:bearer|basic|digest|negotiate|ntlm|kerberos|mutual|concealed|dpop|gnap|hoba|hawk|oauth2?|vapid|webpush|privatetoken|private-token|token|api-?key|key|jwt|ssws|signature|sharedkey(?:lite)?|geniekey|bot|splunk|aws|(?:scram|hmac|aws4|goog4)-[0-9a-z-]{1,24})[ \t]+(?=\S)/iu;

/** What is said of a cookie that is set: how long it holds, and where. */
const ATTRIBUTES = new Set(
  [
    'expires',
    'max-age',
    'domain',
    'path',
    'secure',
    'httponly',
    'samesite',
    'priority',
    'partitioned',
  ].concat(['version', 'comment', 'commenturl', 'discard', 'port']),
);
/** Of several in one header, where the next begins. */
const NEXT_COOKIE = /,(?=[ \t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+=)/gu;

/** From `start` to `end` all is masked, whatever it looks like; as what it is, where a detector knows all of it. */
function editOfWhole(ground: Ground, place: Place, value: string, start: number, end: number): Edit[] {
  const text = value.slice(start, end);
  if (text === '' || ground.isLabel(text)) return [];
  const [span] = ground.finder.find(text);
  const isAll = span !== undefined && span.start === 0 && span.end === text.length;
  return [
    { type: isAll ? span.type : ground.typeOf(place.named), start, end, value: text, action: place.rule },
  ];
}

function editsOfCredentials(ground: Ground, place: Place, value: string): readonly Edit[] {
  const end = value.trimEnd().length;
  const start = SCHEME.exec(value.slice(0, end))?.[0].length ?? value.length - value.trimStart().length;
  return editOfWhole(ground, place, value, start, Math.max(start, end));
}

/** The value of a cookie, by its own name where a rule speaks of that. */
function editsOfCookie(ground: Ground, place: Place, value: string, start: number, end: number): Edit[] {
  const text = value.slice(start, end);
  const equals = text.indexOf('=');
  const from = start + (equals === -1 ? text.length - text.trimStart().length : equals + 1);
  const to = start + text.trimEnd().length;
  if (to <= from) return [];
  const { rule } = ground.field(text.slice(0, Math.max(0, equals)).trim());
  if (rule === 'keep') return [];
  return editOfWhole(ground, { ...place, rule }, value, from, to);
}

function editsOfCookies(ground: Ground, place: Place, value: string): readonly Edit[] {
  const edits: Edit[] = [];
  let start = 0;
  while (start < value.length) {
    const next = value.indexOf(';', start);
    const end = next === -1 ? value.length : next;
    for (const edit of editsOfCookie(ground, place, value, start, end)) edits.push(edit);
    start = end + 1;
  }
  return edits;
}

/** Its attributes are no secret, but text like any other; what is none of them is one more cookie. */
function editsOfAttribute(ground: Ground, place: Place, value: string, start: number, end: number): Edit[] {
  const text = value.slice(start, end);
  const [name = ''] = text.split('=', 1);
  if (!ATTRIBUTES.has(name.trim().toLowerCase())) return editsOfCookie(ground, place, value, start, end);
  const from = start + Math.min(text.length, name.length + 1);
  const part = value.slice(from, end);
  return liftEdits(editsOfContent(ground, ground.field(''), part), (index) => from + index);
}

/** Cookies with their attributes, perhaps several joined by commas. */
function editsOfSetCookie(ground: Ground, place: Place, value: string): readonly Edit[] {
  const ends = [...value.matchAll(NEXT_COOKIE)].map(({ index }) => index).concat(value.length);
  let cookie = 0;
  return ends.flatMap((last) => {
    const edits: Edit[] = [];
    for (let start = cookie; start <= last; ) {
      const next = value.indexOf(';', start);
      const end = next === -1 || next > last ? last : next;
      const editsOf = start === cookie ? editsOfCookie : editsOfAttribute;
      for (const edit of editsOf(ground, place, value, start, end)) edits.push(edit);
      start = end + 1;
    }
    cookie = last + 1;
    return edits;
  });
}

function editsOfHeader(ground: Ground, name: string, value: string): readonly Edit[] {
  const place = ground.field(name);
  const lower = name.toLowerCase();
  if (place.rule !== undefined) return ground.editsOf(place, value);
  if (CREDENTIALS.has(lower)) return editsOfCredentials(ground, place, value);
  if (lower === 'cookie') return editsOfCookies(ground, place, value);
  if (lower === 'set-cookie') return editsOfSetCookie(ground, place, value);
  if (URLS.has(lower)) return editsOfUrl(ground, value);
  return editsOfContent(ground, place, value);
}

/** Headers carry no character beyond Latin-1: a label's ellipsis becomes three dots. */
function inHeader(label: string): string {
  return label.replaceAll('…', '...');
}

export function maskHeaders(
  ground: Ground,
  headers: readonly (readonly [string, string])[],
  render: Render,
): readonly (readonly [string, string])[] {
  return headers.map(([name, value]) => {
    const edits = editsOfHeader(ground, name, value);
    const masked = applyEdits(value, edits, (edit) => inHeader(render(edit)));
    return [maskName(ground, name, render), masked];
  });
}

/** A name has no brackets: of the label, what it may have. */
function maskName(ground: Ground, name: string, render: Render): string {
  const { rule } = ground.field(name);
  if (rule === 'keep') return name;
  const edits = editsOfMarks(name, ground.marksOfKey(ground.root, name));
  const isLower = name === name.toLowerCase();
  return applyEdits(name, edits, (edit) => {
    const label = inHeader(render(edit))
      .replaceAll(':', '-')
      .replaceAll(/[^\w.-]/gu, '');
    return (isLower ? label.toLowerCase() : label) || 'x';
  });
}
