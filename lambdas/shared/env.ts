// What several functions read from their environment.
import * as z from 'zod/mini';

const named = () => z.string().check(z.minLength(1));

/** Of those that know nothing of tasks and calls. */
export const auditStores = {
  EVENTS_TABLE: named(),
  OBJECTS_BUCKET: named(),
};

export const stores = { STATE_TABLE: named(), ...auditStores };

/** The bucket of the audit's archive. */
export const archive = { ARCHIVE_BUCKET: named() };

/** The ARNs of the keys that digests are signed with, the oldest first. */
export const signingKeys = { SIGNING_KEYS: named() };

/** The ARN of the secret that holds the keys of task tokens. */
export const tokenKeys = { TOKEN_KEYS_SECRET: named() };

/** The ARN of the secret that holds the key of pseudonyms. */
export const maskingKeys = { MASKING_KEYS_SECRET: named() };

/** The ARN of the key that operations are sealed under while people decide. */
export const sealingKey = { SEALING_KEY: named() };

/** The ARN of the state machine of approvals, for those that start it. */
export const workflow = { WORKFLOW_ARN: named() };

/** The ARN of the role of `make-call`, which roles that requests are signed for trust. */
export const makeCallRole = { MAKE_CALL_ROLE: named() };

/** The broker's name, as the tag `bailiwick` of the roles has it. */
export const brokerName = { BROKER_NAME: named() };
