// The fingerprint of a record, in the record: from a draft of a later OCSF, so that in 1.8.0 it is an extension.
import { sha256 } from '../../shared/hash.ts';
import { canonicalWith, type JsonObject } from '../../shared/json.ts';

/** As `metadata.extensions` has it. OCSF keeps that number for extensions that it has not given one of its own. */
export const EXTENSION = { name: 'bailiwick', uid: '999', version: '1.0.0' } as const;
/** As `metadata.profiles` names what an extension adds. */
export const INTEGRITY_PROFILE = `${EXTENSION.name}/record_integrity`;

export interface Attested {
  readonly record: JsonObject;
  /** The canonical form of it. */
  text(): string;
}

const LIST = 'attestation_list';

/** By the SHA-256 over the canonical form of all of the record but this. Throws where it has no such form. */
export function attested(record: JsonObject, uid: string): Attested {
  const attesting = canonicalWith(record, LIST, [{ uid }]);
  const fingerprint = {
    ...{ algorithm_id: 3, algorithm: 'SHA-256', encoding_id: 1, encoding: 'Hex' },
    ...{ serialization_id: 2, serialization: 'JCS', value: sha256(attesting.text) },
  };
  const list = [{ uid, fingerprint }];
  return { record: { ...record, [LIST]: list }, text: () => attesting.having(list) };
}
