// A broker as the owner of a role knows it: whom the role trusts, and what its tag says.

/** `Bailiwick` is one; a broker of another stack or account is told by its outputs. */
export interface Broker {
  /** The role of the function that issues credentials: the output `IssueCredentialsRoleArn`. */
  readonly issuerRoleArn: string;
  /** The role of the function that revokes sessions: the output `RevokerRoleArn`. */
  readonly revokerRoleArn: string;
  /**
   * The role of the function that makes HTTP calls: the output `MakeCallRoleArn`. Needed for roles whose sessions sign
   * their requests.
   */
  readonly callerRoleArn?: string;
  /** What the tag `bailiwick` of its roles says: the output `BrokerName`. Default `bailiwick`. */
  readonly name?: string;
}

export const DEFAULT_NAME = 'bailiwick';

/** A broker cannot have that name. */
export class WrongName extends Error {}

export function checkedName(name: string): string {
  if (/^[a-z0-9-]{2,40}$/.test(name)) return name;
  throw new WrongName(`a broker's name has 2 to 40 small letters, digits and hyphens, unlike "${name}"`);
}
