// What stands at the head of an answer: its status, its headers, and whether its body can be taken.
import type { Framing, RawHead } from './answer-reader.ts';
import { type Encoding, encodingsOf } from './unpack.ts';

const MOST_HEADERS = 200;
/** A target closes what is idle by its own time; what is sent in its last moment is lost. */
const MARGIN_MILLISECONDS = 1000;

export interface Head {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly encodings: readonly Encoding[];
  readonly framing: Framing;
  /** Whether the connection may serve another request, once the body has ended. */
  readonly stays: boolean;
  readonly isEvents: boolean;
  /** How long the target keeps the connection, where it says so. */
  readonly keptMilliseconds: number | undefined;
  /** Why its body is not taken. */
  readonly problem: string | undefined;
}

interface Said {
  readonly lengths: readonly string[];
  readonly codings: readonly string[];
  readonly encodings: readonly string[];
  readonly connection: string;
  readonly type: string;
  readonly kept: string;
}

function saidIn(headers: RawHead['headers']): Said {
  const said = {
    lengths: [] as string[],
    codings: [] as string[],
    encodings: [] as string[],
    connection: '',
    type: '',
    kept: '',
  };
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === 'content-length') said.lengths.push(value);
    else if (lower === 'transfer-encoding') said.codings.push(value);
    else if (lower === 'content-encoding') said.encodings.push(value);
    else if (lower === 'connection') said.connection += `,${value.toLowerCase()}`;
    else if (lower === 'content-type') said.type ||= value;
    else if (lower === 'keep-alive') said.kept = value;
  }
  return said;
}

/** Two ways to find the end of a body are one too many: whoever else reads it may use the other. */
function framingProblem(
  { version, status, headers }: RawHead,
  { lengths, codings }: Said,
): string | undefined {
  if (status < 200 || status > 599) return "The target's answer has a status that HTTP does not know.";
  if (headers.length > MOST_HEADERS) return `The target's answer has more than ${MOST_HEADERS} headers.`;
  if (lengths.length > 1 || (lengths.length > 0 && codings.length > 0)) {
    return "The target's answer says in more than one way how long it is.";
  }
  // No more digits than a number can be exact with.
  if (!/^\d{1,15}$/.test(lengths[0] ?? '0')) return "The target's answer does not say how long it is.";
  // HTTP/1.0 knows no chunks, and reads on until the connection ends.
  if (version === '1.0' && codings.length > 0) return "The target's answer is chunked, and no HTTP/1.1.";
  if (codings.length > 1 || (codings[0] ?? 'chunked').toLowerCase() !== 'chunked') {
    return "The target's answer has a transfer encoding that was not asked for.";
  }
  return undefined;
}

function framingOf({ lengths, codings }: Said): Framing {
  if (codings.length > 0) return 'chunked';
  return lengths[0] === undefined ? 'until closed' : Number(lengths[0]);
}

/** An answer that has none, and says that it has: what the target takes for it would begin the next caller's answer. */
function hasUnreadBody({ lengths, codings }: Said): boolean {
  return codings.length > 0 || Number(lengths[0] ?? 0) > 0;
}

function staysOpen(version: string, said: Said): boolean {
  const words = said.connection.split(/[,\t ]+/);
  return version === '1.1' ? !words.includes('close') : words.includes('keep-alive');
}

export function headOf(raw: RawHead, method: string): Head {
  const { version, status, headers } = raw;
  const said = saidIn(headers);
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
  const encodings = hasBody && said.encodings.length > 0 ? encodingsOf(said.encodings) : [];
  const problem =
    framingProblem(raw, said) ??
    (encodings === undefined
      ? "The target's answer has a content encoding that was not asked for, or too many of them."
      : undefined);
  const kept = /(?:^|[,;\s])timeout=(\d{1,6})(?=$|[,;\s])/i.exec(said.kept)?.[1];
  return {
    status,
    headers,
    encodings: encodings ?? [],
    framing: hasBody ? framingOf(said) : 0,
    // To HEAD the head is that of GET: nothing in it tells a target that sends GET's body as well from one that doesn't.
    stays: staysOpen(version, said) && method !== 'HEAD' && (hasBody || !hasUnreadBody(said)),
    isEvents: hasBody && /^\s*text\/event-stream\s*(;|$)/i.test(said.type),
    keptMilliseconds: kept === undefined ? undefined : Number(kept) * 1000 - MARGIN_MILLISECONDS,
    problem,
  };
}
