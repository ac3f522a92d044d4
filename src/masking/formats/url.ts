// URLs and request lines' targets: the path by its segments, the query by its names, the whole as text beside that.
import { decodeLabels, decodePercent, encodePercent } from './decoded.ts';
import { type Edit, editsOfMarks, liftEdits, mergeEdits } from './edits.ts';
import { type Field, readField, readFields } from './form.ts';
import type { Ground } from './ground.ts';

/** Each segment decoded; what has no escapes is seen in the whole. */
function editsOfPath(ground: Ground, url: string, to: number): Edit[] {
  const edits: Edit[] = [];
  for (let start = 0; start < to; ) {
    const slash = url.indexOf('/', start);
    const end = slash === -1 || slash > to ? to : slash;
    if (url.slice(start, end).includes('%')) {
      const segment = decodePercent(url, start, end, false);
      const found = editsOfMarks(segment.text, ground.finder.find(segment.text));
      for (const edit of liftEdits(found, segment.at, encodePercent)) edits.push(edit);
    }
    start = end + 1;
  }
  return edits;
}

/** `/x;jsessionid=…`: what stands behind a segment, by its name. */
function parametersOf(ground: Ground, url: string, to: number): Field[] {
  const fields: Field[] = [];
  for (let at = url.indexOf(';'); at !== -1 && at < to; ) {
    let end = at + 1;
    while (end < to && url[end] !== ';' && url[end] !== '/') end += 1;
    if (url.slice(at, end).includes('=')) fields.push(readField(ground, url, at + 1, end));
    at = url.indexOf(';', end);
  }
  return fields;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const meet = (one: Range, other: Range): boolean => one.start < other.end && other.start < one.end;

/** Of what is settled, nothing else decides; and what begins as the same in a field ends with the field. */
function withoutKnown(
  edits: readonly Edit[],
  settled: readonly Range[],
  ofFields: readonly Edit[],
): readonly Edit[] {
  let from = 0;
  const known = new Map(ofFields.map(({ start, type }) => [start, type]));
  return edits.filter((edit) => {
    if (known.get(edit.start) === edit.type) return false;
    while (from < settled.length && (settled[from] as Range).end <= edit.start) from += 1;
    const range = settled[from];
    return range === undefined || !meet(range, edit);
  });
}

export function editsOfUrl(ground: Ground, url: string): readonly Edit[] {
  const hash = url.indexOf('#');
  const beforeHash = hash === -1 ? url.length : hash;
  const question = url.indexOf('?');
  const path = question === -1 || question > beforeHash ? beforeHash : question;
  const fields = [
    ...parametersOf(ground, url, path),
    ...(path < beforeHash ? readFields(ground, url, path + 1, beforeHash) : []),
    // Some hand tokens over in the fragment, written like a query.
    ...(hash === -1 ? [] : readFields(ground, url, hash + 1, url.length)),
  ];
  const settled = fields.filter(({ isSettled }) => isSettled);
  const whole = decodeLabels(url, (text) => ground.isLabel(text));
  const asText = liftEdits(editsOfMarks(whole.text, ground.finder.find(whole.text)), whole.at, encodePercent);
  const ofFields = fields.flatMap(({ edits }) => edits);
  return mergeEdits(url, [editsOfPath(ground, url, path), ofFields, withoutKnown(asText, settled, ofFields)]);
}
