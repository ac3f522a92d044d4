// How much of what was masked, as answers and events say it.

/** By type, how often. */
export type MaskTally = Map<string, number>;

export type MaskCounts = Readonly<Record<string, number>>;

/** The most frequent first. */
function inOrder(tally: MaskTally): readonly (readonly [string, number])[] {
  return [...tally].sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1));
}

/** As events say it; nothing at all where nothing was masked. */
export function maskedIn(tally: MaskTally): { readonly masked?: MaskCounts } {
  return tally.size === 0 ? {} : { masked: Object.fromEntries(inOrder(tally)) };
}

/** As the header `bailiwick-masked` says it: `EMAIL=3, CREDIT_CARD=1`. */
export function maskedText(tally: MaskTally): string | undefined {
  return tally.size === 0
    ? undefined
    : inOrder(tally)
        .map(([type, many]) => `${type}=${many}`)
        .join(', ');
}
