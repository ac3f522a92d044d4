// The keys of task tokens, from Secrets Manager.
import { type TokenKeys, tokenKeysOf } from '../../src/tasks/index.ts';
import { secretsManager } from './secrets.ts';
import type { Tools } from './tools.ts';

export function tokenKeysFrom(tools: Tools, secret: string): () => Promise<TokenKeys> {
  const secrets = secretsManager(tools);
  return async () => tokenKeysOf(await secrets.read(secret));
}
