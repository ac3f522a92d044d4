// Headers, masked by their names; those that carry credentials by what they are made of.
import { applyEdits, type Edit, type Render } from './edits.ts';
import type { Ground, Place } from './ground.ts';
import { editsOfContent } from './json.ts';
import { editsOfUrl } from './url.ts';

const URLS = new Set(['location', 'content-location', 'referer', 'origin', ':path']);
const CREDENTIALS = new Set(['authorization', 'proxy-authorization']);

/** `Bearer …`: the scheme says nothing, what follows is secret in whole. */
const SCHEME = /^\s*[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]+(?=\S)/u;

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

export function editsOfHeader(ground: Ground, name: string, value: string): readonly Edit[] {
  const place = ground.field(name);
  const lower = name.toLowerCase();
  if (place.rule !== undefined) return ground.editsOf(place, value);
  if (CREDENTIALS.has(lower)) return editsOfCredentials(ground, place, value);
  if (lower === 'cookie') return editsOfCookies(ground, place, value);
  if (lower === 'set-cookie') {
    // Its attributes say how long it holds and where: no secret.
    const end = value.indexOf(';');
    return editsOfCookie(ground, place, value, 0, end === -1 ? value.length : end);
  }
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
    if (edits.length === 0) return [name, value];
    return [name, applyEdits(value, edits, (masked) => inHeader(render(masked)))];
  });
}
