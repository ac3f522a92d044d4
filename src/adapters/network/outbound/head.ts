// What stands at the head of an answer: its status, its headers, and whether its body can be taken.
import type { IncomingMessage } from 'node:http';
import { type Encoding, encodingsOf } from './unpack.ts';

const MOST_HEADERS = 200;
/** A target closes what is idle by its own time; what is sent in its last moment is lost. */
const MARGIN_MILLISECONDS = 1000;

export interface Head {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly encodings: readonly Encoding[];
  /** As the target says, 0 where it does not or where there is no body. */
  readonly length: number;
  readonly isEvents: boolean;
  /** How long the target keeps the connection, where it says so. */
  readonly keptMilliseconds: number | undefined;
  /** Why its body is not taken. */
  readonly problem: string | undefined;
}

interface Said {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly lengths: readonly string[];
  readonly codings: readonly string[];
  readonly encodings: readonly string[];
  readonly type: string;
  readonly kept: string;
}

function saidIn(raw: readonly string[]): Said {
  const headers: [string, string][] = [];
  const said = {
    headers,
    lengths: [] as string[],
    codings: [] as string[],
    encodings: [] as string[],
    type: '',
    kept: '',
  };
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    headers.push([name, value]);
    const lower = name.toLowerCase();
    if (lower === 'content-length') said.lengths.push(value);
    else if (lower === 'transfer-encoding') said.codings.push(value);
    else if (lower === 'content-encoding') said.encodings.push(value);
    else if (lower === 'content-type') said.type ||= value;
    else if (lower === 'keep-alive') said.kept = value;
  }
  return said;
}

/** Two ways to find the end of a body are one too many: whoever else reads it may use the other. */
function framingProblem(answer: IncomingMessage, { headers, lengths, codings }: Said): string | undefined {
  const { httpVersion, statusCode = 0 } = answer;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return "The target's answer is no HTTP/1.1.";
  if (statusCode < 200 || statusCode > 599)
    return "The target's answer has a status that HTTP does not know.";
  if (headers.length > MOST_HEADERS) return `The target's answer has more than ${MOST_HEADERS} headers.`;
  if (lengths.length > 1 || (lengths.length > 0 && codings.length > 0)) {
    return "The target's answer says in more than one way how long it is.";
  }
  if (codings.length > 1 || (codings[0] ?? 'chunked').toLowerCase() !== 'chunked') {
    return "The target's answer has a transfer encoding that was not asked for.";
  }
  return undefined;
}

export function headOf(answer: IncomingMessage, method: string): Head {
  const said = saidIn(answer.rawHeaders);
  const { statusCode: status = 0 } = answer;
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
  const encodings = hasBody && said.encodings.length > 0 ? encodingsOf(said.encodings) : [];
  const problem =
    framingProblem(answer, said) ??
    (encodings === undefined
      ? "The target's answer has a content encoding that was not asked for, or too many of them."
      : undefined);
  const kept = /(?:^|[,;\s])timeout=(\d{1,6})(?=$|[,;\s])/i.exec(said.kept)?.[1];
  return {
    status,
    headers: said.headers,
    encodings: encodings ?? [],
    length: hasBody ? Number(said.lengths[0] ?? 0) : 0,
    isEvents: hasBody && /^\s*text\/event-stream\s*(;|$)/i.test(said.type),
    keptMilliseconds: kept === undefined ? undefined : Number(kept) * 1000 - MARGIN_MILLISECONDS,
    problem,
  };
}
