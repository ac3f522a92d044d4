// Keeps what waits for a person so that only the function that will carry it out can read it.

/** What was sealed for one call opens for no other. */
export interface SealContext {
  readonly task: string;
  readonly call: string;
}

/** Throws `Unavailable('sealer')` when the back end does not answer in time. */
export interface Sealer {
  seal(plain: Uint8Array, context: SealContext): Promise<Uint8Array>;
}

/** Throws `Unavailable('sealer')` too. Undefined where it was sealed for another call, or was changed since. */
export interface Unsealer {
  unseal(sealed: Uint8Array, context: SealContext): Promise<Uint8Array | undefined>;
}
