// What somebody who could not be logged in is told.
import type { TokenProblem } from '../identity/index.ts';
import { type Backend, Refusal } from '../shared/errors.ts';

const AGAIN = 'Open the link of the approval again to log in.';

export const NO_LOGIN = new Refusal(
  'not_permitted',
  'Nobody can log in here: broker.yaml has no `humans.login`. Decide by REST or `bailiwick approvals approve`.',
);

/** Of all that is wrong with a state, nobody is told which. */
export const NOT_BEGUN_HERE = new Refusal(
  'unauthenticated',
  `This login is over, was used before, or was begun in another browser. ${AGAIN}`,
);

export const OTHER_ISSUER = new Refusal(
  'unauthenticated',
  `The answer is not from the provider that you were sent to, so it was not used. ${AGAIN}`,
);

export const CODE_REFUSED = new Refusal(
  'unauthenticated',
  `The login provider took its own answer back, so you are not logged in. ${AGAIN}`,
);

const MEND = 'The operators of the broker must mend that.';

export const CLIENT_REFUSED = new Refusal(
  'target_unavailable',
  `The login provider refuses the broker's own client id or secret. ${MEND}`,
);

export const NO_CLIENT_SECRET = new Refusal(
  'target_unavailable',
  `The secret with which the broker proves itself to the login provider is not in its store. ${MEND}`,
);

const DOES_NOT_ANSWER = { retryAfterSeconds: 5 };

const OF_BACKEND: Partial<Readonly<Record<Backend, Refusal>>> = {
  login: new Refusal(
    'target_unavailable',
    `The login provider did not answer as it should. ${AGAIN}`,
    DOES_NOT_ANSWER,
  ),
  keys: new Refusal(
    'target_unavailable',
    `The keys of the login provider could not be fetched. ${AGAIN}`,
    DOES_NOT_ANSWER,
  ),
  secrets: new Refusal(
    'target_unavailable',
    `The store of secrets did not answer. ${AGAIN}`,
    DOES_NOT_ANSWER,
  ),
};

/** Undefined for what has nothing to do with logging in. */
export function ofBackend(backend: Backend): Refusal | undefined {
  return OF_BACKEND[backend];
}

/** Of RFC 6749 and OpenID Connect. What else a browser brings in its place is not repeated. */
const ERRORS = [
  'access_denied',
  'server_error',
  'temporarily_unavailable',
  'invalid_request',
  'unauthorized_client',
  'unsupported_response_type',
  'invalid_scope',
  'interaction_required',
  'login_required',
  'account_selection_required',
  'consent_required',
] as const;

export type ProviderError = (typeof ERRORS)[number] | 'no_code';

export function knownError(error: string | undefined): ProviderError {
  return ERRORS.find((known) => known === error) ?? 'no_code';
}

export function ofError(error: ProviderError): Refusal {
  switch (error) {
    case 'access_denied':
      return new Refusal('unauthenticated', `The login was declined, so nothing was decided. ${AGAIN}`);
    case 'server_error':
    case 'temporarily_unavailable':
      return new Refusal(
        'target_unavailable',
        `The login provider can't log anybody in just now. ${AGAIN}`,
        DOES_NOT_ANSWER,
      );
    case 'no_code':
      return new Refusal('unauthenticated', `The login provider did not say who you are. ${AGAIN}`);
    default:
      return new Refusal(
        'unauthenticated',
        `The login provider refused with \`${error}\`. ${MEND} It may be the client that is registered there.`,
      );
  }
}

const OF_TOKEN: Partial<Readonly<Record<TokenProblem, string>>> = {
  email_not_verified: 'The login provider has not verified your address, so it proves nobody.',
  person_id_missing: 'The login provider does not say who you are in the claim that the operators named.',
  claims_not_matched: 'This account is not one of those who decide here. Log in with another one.',
};

export function ofToken(problem: TokenProblem): Refusal {
  const why = OF_TOKEN[problem] ?? "The login provider's answer does not prove who you are.";
  return new Refusal('unauthenticated', `${why} You are not logged in.`);
}
