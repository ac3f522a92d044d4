// What an AWS client throws, by its kind only: messages quote ARNs and account ids.

/** As the service names it, without `Exception`. Empty for what is no error. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name.replace(/Exception$/, '') : '';
}

/** The SDK's own refusals to ask at all, as for want of a region, have neither an answer's facts nor a code. */
function isOwnMistake(error: unknown): boolean {
  return error instanceof Error && error.name === 'Error' && !('$metadata' in error) && !('code' in error);
}

/** Whether nothing was asked, for want of a region or of credentials. */
export function isNotAsked(error: unknown): boolean {
  return nameOf(error) === 'CredentialsProviderError' || isOwnMistake(error);
}

const OWN_CREDENTIALS = [
  'ExpiredToken',
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
];

/** Whether the service did not accept the credentials that it was asked with. */
export function isOfCredentials(error: unknown): boolean {
  return OWN_CREDENTIALS.includes(nameOf(error));
}
