// Moments as policies name them.

/** As IAM reads dates: without milliseconds. */
export function dateText(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
