// A body as the audit keeps it: with the event where it is small, by itself where it is large, by its hash where it is no text.
import type { RecordedBody } from '../audit/index.ts';
import type { ObjectKey } from '../ports/objects.ts';
import { sha256 } from '../shared/hash.ts';
import type { StoredBody } from '../tasks/index.ts';

/** With an event, and once more with the call where that may be repeated: both stay well below what an item holds. */
export const MOST_INLINE_BYTES = 64 * 1024;

/** A body that is put into the objects in the same trip as what names it. */
export interface ToStore {
  readonly key: ObjectKey;
  readonly bytes: Uint8Array;
}

export interface KeptBody {
  /** As its event says it: an object only where that is kept as long as the event. */
  readonly recorded: RecordedBody;
  readonly toStore?: ToStore;
  /** Where it lies, for as long as that is there. */
  readonly stored?: StoredBody;
}

/** As long as the events that name it. What is no text was never masked, and is kept for its link alone: no event names it. */
function objectKey(isText: boolean, task: string, call: string, part: 'request' | 'response'): ObjectKey {
  return `${isText ? '400d' : '1d'}/calls/${task}/${call}/${part}`;
}

export interface BodyToKeep {
  readonly body: Uint8Array;
  /** As it is masked; undefined where it is no text. */
  readonly text: string | undefined;
  readonly task: string;
  /** An id that no other call has. */
  readonly call: string;
  readonly part: 'request' | 'response';
  /** Whether it is needed by itself, however small. */
  readonly asObject?: boolean;
}

export function toldApart(body: Uint8Array): { readonly sha256: string; readonly bytes: number } {
  return { sha256: sha256(body), bytes: body.length };
}

export function keptBody({ body, text, task, call, part, asObject = false }: BodyToKeep): KeptBody {
  const isSmall = text !== undefined && Buffer.byteLength(text) <= MOST_INLINE_BYTES;
  if (!asObject && isSmall) return { recorded: { text } };
  const toldBy = toldApart(body);
  if (!asObject && text === undefined) return { recorded: { binary: true, ...toldBy } };
  const key = objectKey(text !== undefined, task, call, part);
  const stored = { object: key, ...toldBy };
  return {
    recorded: text === undefined ? { binary: true, ...toldBy } : stored,
    ...{ toStore: { key, bytes: body }, stored },
  };
}
