// The public keys of an OIDC issuer, and of that issuer only.
import type { JWK } from 'jose';

export interface KeySource {
  readonly issuer: string;
  /** Only where discovery is not to be used. */
  readonly jwksUri?: string;
  /** Only where keys are neither discovered nor fetched: they stand in the operator's file. */
  readonly jwks?: { readonly keys: readonly JWK[] };
  /** Ranges of private addresses that they may be fetched from. */
  readonly private?: readonly string[];
}

export interface KeySets {
  /**
   * The issuer's keys. Where they do not serve, they are fetched again, at most once per cooldown, which may mean a wait
   * of a few seconds: where `kid` is given and none of them is called so; or where the token names no key, and `serves`
   * says that none of them made it. Throws `Unavailable('keys')` when there are none to be had.
   */
  keys(
    source: KeySource,
    kid: string | undefined,
    serves?: (keys: readonly JWK[]) => boolean,
  ): Promise<readonly JWK[]>;
}
