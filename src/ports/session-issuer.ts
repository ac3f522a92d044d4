// AWS session credentials for a role, cut down by a session policy.
import type { Secret } from '../shared/secret.ts';

export interface SessionRequest {
  readonly roleArn: string;
  readonly externalId?: string;
  /** The permissions boundary without which the role gives no session; one of the broker's own where left out. */
  readonly boundary?: string;
  readonly sessionName: string;
  readonly sourceIdentity: string;
  /** All of them transitive. */
  readonly tags: Readonly<Record<string, string>>;
  /** The session policy, as JSON. */
  readonly policy: string;
  readonly durationSeconds: number;
}

export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret;
  readonly expiration: Date;
  /** False where the credentials only play the part, and say so. */
  readonly real: boolean;
}

/** Why there is no session. `refused`: STS said no. `unavailable`: STS could not be reached in time. */
export interface NoSession {
  readonly problem: 'refused' | 'unavailable' | 'policyTooLarge';
  /** A sentence without account details that the caller has no business with. */
  readonly detail: string;
}

export interface SessionIssuer {
  issue(request: SessionRequest): Promise<Session | NoSession>;
}
