// Denies that nobody enforces, for a broker whose sessions are not real: kept for as long as the process lives.
import type { Revoker } from '../../ports/revoker.ts';

export function createRecordedRevoker(): Revoker {
  const documents = new Map<string, string>();
  return {
    read: async ({ roleArn }) => ({ document: documents.get(roleArn) }),
    write: async ({ roleArn }, document) => {
      if (document === undefined) documents.delete(roleArn);
      else documents.set(roleArn, document);
      return 'written';
    },
  };
}
