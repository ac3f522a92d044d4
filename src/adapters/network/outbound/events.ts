// Where a stream of events may be cut.

const LF = 10;
const CR = 13;

/**
 * Up to the end of its last whole event, after a blank line; nothing where there is none. The beginning of an event may be
 * the beginning of a value that would be masked, or scrubbed, if it were whole.
 */
export function wholeEvents(bytes: Buffer): Buffer {
  let end = 0;
  let lineStart = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== LF && bytes[at] !== CR) continue;
    const isBlank = at === lineStart;
    if (bytes[at] === CR && bytes[at + 1] === LF) at += 1;
    lineStart = at + 1;
    if (isBlank) end = lineStart;
  }
  return bytes.subarray(0, end);
}
