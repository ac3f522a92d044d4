// The data directory is for the broker's own user: the keys in it prove everybody.
import { chmod, readdir } from 'node:fs/promises';

const OWNER_ONLY = 0o700;
/** What a data directory may hold and nothing else does. */
const OURS =
  /^(?:bailiwick\.(?:db|lock).*|objects|archive|outbox|broker\.json.*|[a-z-]+\.(?:json|pem|jsonl)(?:\..*)?|signing-key-\d+\.pem)$/;

/** A directory with other things in it was there before, and its mode is its owner's business. */
export async function keepToOwner(data: string): Promise<void> {
  const names = await readdir(data);
  if (names.every((name) => OURS.test(name))) await chmod(data, OWNER_ONLY);
}
