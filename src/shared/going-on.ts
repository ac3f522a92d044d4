// Time that only goes on, for what is kept or waited for within one process.

/** Milliseconds by that clock. Where it is set back they go on from where they were: no pause lasts for as long as it was ahead. */
export function goingOn(clock: { now(): Date }): () => number {
  let last = clock.now().getTime();
  let back = 0;
  return () => {
    const at = clock.now().getTime();
    if (at < last) back += last - at;
    last = at;
    return at + back;
  };
}
