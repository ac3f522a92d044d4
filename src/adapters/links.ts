// What a link to an object says, the same for every back end.

/** S3 signs for no longer. */
const MOST_SECONDS = 7 * 86_400;
/** As a header can carry it. */
const CONTENT_TYPE = /^[\x21-\x7e][\x20-\x7e]{0,254}$/;
const BYTES = 'application/octet-stream';

export function assertSeconds(seconds: number): void {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MOST_SECONDS) {
    throw new RangeError(`a link holds for 1 to ${MOST_SECONDS} seconds`);
  }
}

/** A target says what type its bodies are; what no header can carry is given out as bytes. */
export function servedType(contentType: string): string {
  return CONTENT_TYPE.test(contentType) ? contentType : BYTES;
}
