// The deny on a vended role: one inline policy of a fixed name, which this port alone writes.

/** A role whose sessions are vended, and how its policy is reached. */
export interface VendedRole {
  readonly roleArn: string;
  /** The role to go through, where `roleArn` is of another account. */
  readonly revokerRoleArn?: string;
  readonly externalId?: string;
}

/**
 * Why the deny could not be written or read. `refused`: IAM said no, and will again. `unavailable`: no answer in time,
 * or too many requests. `tooLarge`: the role's other inline policies leave less room.
 */
export interface NotRevoked {
  readonly problem: 'refused' | 'unavailable' | 'tooLarge';
  /** A sentence for operators, without secrets. */
  readonly detail: string;
  /** Of `tooLarge`: how many characters other than white space there are for the document. */
  readonly room?: number;
}

/** IAM's limit on all inline policies of a role together, in characters other than white space. */
export const MOST_INLINE_CHARACTERS = 10_240;

export interface Revoker {
  /** The document that stands on the role now, as JSON; undefined where there is none. */
  read(role: VendedRole): Promise<{ readonly document: string | undefined } | NotRevoked>;
  /** Puts the document in the place of the one that stood there; undefined takes that away. */
  write(role: VendedRole, document: string | undefined): Promise<'written' | NotRevoked>;
}
