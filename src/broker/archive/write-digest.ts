// Signs a digest and puts it at the end of the chain.
import {
  BROKER_STREAM,
  DIGEST_FORMAT,
  type Digest,
  digestKey,
  digestMessage,
  digestText,
  indexKey,
  SIGNATURE_ALGORITHM,
  storedEvent,
} from '../../audit/index.ts';
import type { Span } from '../../ports/events.ts';
import type { SigningKey } from '../../ports/signer.ts';
import { sha256 } from '../../shared/hash.ts';
import { makeId, tailFrom } from '../../shared/ids.ts';
import type { DigestDependencies } from './dependencies.ts';
import type { Contents } from './digest-contents.ts';
import type { Head } from './last-digest.ts';
import type { ArchivedFile } from './read-archive.ts';

interface Keys {
  readonly key: SigningKey;
  readonly next: SigningKey | undefined;
}

/** The key of the digest before, or the one that it named. One that is not there any more is followed by the newest. */
function keysFor(keys: readonly SigningKey[], head: Head | undefined): Keys {
  const wanted = head === undefined ? keys.at(-1)?.id : (head.nextKeyId ?? head.keyId);
  const place = keys.findIndex(({ id }) => id === wanted);
  const key = place === -1 ? keys.at(-1) : keys[place];
  if (key === undefined) throw new Error('the signer has no keys');
  return { key, next: place === -1 ? undefined : keys[place + 1] };
}

function indexFile(sequence: number, index: Uint8Array): ArchivedFile {
  const hash = sha256(index);
  return { key: indexKey(sequence, hash), sha256: hash, bytes: index.length };
}

const shown = ({ id, publicKey }: SigningKey) => ({
  id,
  publicKey: Buffer.from(publicKey).toString('base64'),
});

export interface WrittenDigest {
  readonly digest: Digest;
  readonly file: Uint8Array;
}

/** Undefined where that number is taken. Throws `Unavailable`. */
export async function writeDigest(
  { archive, signer, clock }: DigestDependencies,
  head: Head | undefined,
  span: Span,
  contents: Contents,
): Promise<WrittenDigest | undefined> {
  const sequence = (head?.sequence ?? 0) + 1;
  const { objects, strays, events, root, index } = contents;
  const { key, next } = keysFor(await signer.keys(), head);
  const listed = index === undefined ? null : indexFile(sequence, index);
  // The same one may be there, of a run that died.
  if (index !== undefined && listed !== null) await archive.put(listed.key, index);
  const notBefore = Math.max(span.until.getTime(), Date.parse(head?.signedAt ?? span.until.toISOString()));
  const digest: Digest = {
    format: DIGEST_FORMAT,
    sequence,
    from: span.from.toISOString(),
    until: span.until.toISOString(),
    signedAt: new Date(Math.max(clock.now().getTime(), notBefore)).toISOString(),
    previous: head?.sha256 ?? null,
    objects,
    strays: [...strays],
    events,
    root,
    index: listed,
    key: shown(key),
    ...(next === undefined ? {} : { nextKey: shown(next) }),
  };
  const value = Buffer.from(await signer.sign(key.id, digestMessage(digest))).toString('base64');
  const file = Buffer.from(digestText({ digest, signature: { algorithm: SIGNATURE_ALGORITHM, value } }));
  return (await archive.put(digestKey(sequence), file)) ? { digest, file } : undefined;
}

/** Of the same digest the same event, however often it is told. Throws `Unavailable('events')`. */
export async function tellDigest(
  { events, rules }: Pick<DigestDependencies, 'events' | 'rules'>,
  { digest, file }: WrittenDigest,
  filled: number,
): Promise<void> {
  const { sequence, from, until, root, signedAt, key } = digest;
  const at = new Date(signedAt);
  const id = makeId('evt', at, tailFrom('digest', String(sequence), sha256(file)));
  await events.append(
    storedEvent(BROKER_STREAM, id, at, {
      type: 'audit.digested',
      configDigest: (await rules()).config.digest,
      ...{ sequence, from, until, root, filled },
      objects: digest.objects.length,
      events: digest.events,
      strays: digest.strays.length,
      sha256: sha256(file),
      keyId: key.id,
    }),
  );
}
