// The provider at which people log in: where that is, and what it says for an authorization code (OIDC).
import type { Secret } from '../shared/secret.ts';
import type { KeySource } from './key-sets.ts';

export type ProviderSource = Pick<KeySource, 'issuer' | 'private'>;

export interface LoginProvider {
  /** Where a browser is sent. It may have a query of its own. */
  readonly authorizationEndpoint: string;
  /** Whether it says who it is whenever it sends a browser back (`iss`, RFC 9207). */
  readonly namesItself: boolean;
}

export interface CodeGrant {
  readonly clientId: string;
  /** Left out by public clients. */
  readonly clientSecret?: Secret;
  readonly code: Secret;
  /** What the challenge was made of (PKCE). */
  readonly verifier: Secret;
  /** The one that the browser was sent with. */
  readonly redirectUri: string;
}

/** `code`: it does not take this one, or not from us. `client`: it does not take the broker's own id or secret. */
export type RedeemProblem = 'code' | 'client';

export type Redeemed = { readonly idToken: Secret } | { readonly refused: RedeemProblem };

/** Every method throws `Unavailable('login')` where the provider does not answer as one does. */
export interface CodeExchange {
  provider(source: ProviderSource): Promise<LoginProvider>;
  /** Sent once: a code is good for one request. */
  redeem(source: ProviderSource, grant: CodeGrant): Promise<Redeemed>;
}
