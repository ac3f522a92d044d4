// Randomness, as a parameter.

export interface Ids {
  /** Bytes that nobody can guess. */
  random(length: number): Uint8Array;
}
