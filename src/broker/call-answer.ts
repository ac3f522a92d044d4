// From what a target sent back to what the agent gets of it, and what is written down: scrubbed, masked, cut, or put aside.
import type { RecordedMessage } from '../audit/index.ts';
import { maskedBody, rangeOf, returnedHeaders } from '../connectors/http/index.ts';
import type { OutboundAnswer } from '../ports/outbound.ts';
import type { Scrub } from '../shared/scrub.ts';
import type { CallAnswer } from '../tasks/index.ts';
import type { MaskTally } from './mask-counts.ts';
import { maskedHeaders } from './masked-headers.ts';
import type { Masking } from './masking.ts';
import { maskedPatiently, type Patience } from './patient-masking.ts';
import type { HttpPlan } from './plan-call.ts';
import { keptBody, MOST_INLINE_BYTES, type ToStore } from './recorded-body.ts';
import { headerOf, type WantedHttp } from './wanted-http.ts';

/** What goes out through the door itself. Lambda answers with six megabytes at most, in base64. */
export const MOST_DIRECT_BYTES = 4 * 1_048_576;

type Headers = readonly (readonly [name: string, value: string])[];

export interface MaskedAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** What the agent gets now. Undefined where it is too large, and gets a link instead. */
  readonly direct: Uint8Array | undefined;
  readonly withheld: readonly string[];
  readonly truncated?: 'bytes' | 'time';
  readonly recorded: RecordedMessage & {
    readonly status: number;
    readonly bytes: number;
    readonly truncated?: 'bytes' | 'time';
  };
  /** For whoever sends the same Idempotency-Key again. */
  readonly kept: CallAnswer;
  readonly toStore?: ToStore;
}

export interface AnswerContext extends Patience {
  readonly masking: Masking;
  readonly plan: HttpPlan;
  readonly wanted: WantedHttp;
  readonly scrub: Scrub;
  /** What stands for the target's base URL. */
  readonly brokerBase: string;
  readonly task: string;
  /** An id that no other answer has. */
  readonly id: string;
  readonly tally: MaskTally;
  /** Whether the answer may be asked for again. */
  readonly mayBeRepeated: boolean;
}

/** A name that a secret stands in can't be mended; a value can. */
function scrubbedHeaders(headers: Headers, { scrub }: AnswerContext): Headers {
  return headers
    .filter(([name]) => !scrub.isInName(name))
    .map(([name, value]) => [name, scrub(value)] as const);
}

/** Cookies that the operator lets through are of no use masked; in what is written down they are. */
function givenHeaders(clean: Headers, masked: Headers): Headers {
  const isCookie = (line: Headers[number] | undefined) => line?.[0] === 'set-cookie';
  return masked.map((line, place) => {
    const own = clean[place];
    return isCookie(line) && own !== undefined && isCookie(own) ? own : line;
  });
}

interface Part {
  readonly status: number;
  readonly body: Uint8Array;
  readonly headers: Headers;
}

/** What was asked for of a body, cut from what is masked: else whoever asks byte by byte would get what is not. */
function partOf(status: number, body: Uint8Array, headers: Headers, { wanted }: AnswerContext): Part {
  if (status !== 200 || wanted.method !== 'GET') return { status, body, headers };
  const ranges: readonly [string, string] = ['accept-ranges', 'bytes'];
  const range = rangeOf(
    headerOf(wanted.headers, 'range'),
    headerOf(wanted.headers, 'if-range'),
    headerOf(headers, 'etag'),
    body.length,
  );
  if (range === undefined) return { status, body, headers: [...headers, ranges] };
  if (range.status === 416) {
    const unsatisfied = [ranges, ['content-range', `bytes */${body.length}`] as const];
    return { status: 416, body: new Uint8Array(), headers: [...headers, ...unsatisfied] };
  }
  const { start, end } = range;
  // Too large for the door: the whole is put aside, and who follows the link asks that for the range.
  if (end - start >= MOST_DIRECT_BYTES) return { status, body, headers: [...headers, ranges] };
  const told = [ranges, ['content-range', `bytes ${start}-${end}/${body.length}`] as const];
  return { status: 206, body: body.subarray(start, end + 1), headers: [...headers, ...told] };
}

function withType(headers: Headers, contentType: string | undefined): Headers {
  const others = headers.filter(([name]) => name !== 'content-type');
  return contentType === undefined ? others : [...others, ['content-type', contentType]];
}

/** All but what it was masked by, which is another's to say. */
function keptOf(
  { status, headers, body }: Part,
  text: string | undefined,
  { task, id, mayBeRepeated }: AnswerContext,
) {
  const isLarge = body.length > MOST_DIRECT_BYTES;
  const isInline = body.length <= MOST_INLINE_BYTES;
  const { recorded, toStore, stored } = keptBody({
    ...{ body, text, task, call: id, part: 'response' },
    // Bytes that are no text are kept for a repetition only.
    asObject: isLarge || (mayBeRepeated && !isInline),
  });
  const again: CallAnswer['body'] = stored ?? {
    base64: mayBeRepeated ? Buffer.from(body).toString('base64') : '',
  };
  return { recorded, toStore, isLarge, kept: { status, headers, body: again } };
}

/** Throws `OutOfTime`. A problem is why nothing of the answer can be given. */
export async function maskedAnswer(
  answer: OutboundAnswer,
  context: AnswerContext,
): Promise<MaskedAnswer | { readonly problem: string }> {
  const { masking, plan, wanted, scrub, brokerBase, tally, clock, until } = context;
  const masker = masking.of(plan.target.id);
  const { headers: returned, withheld: missing } = returnedHeaders(answer.headers, {
    base: plan.target.connection.baseUrl,
    path: plan.path.text,
    brokerBase,
    cookies: plan.target.cookies,
  });
  const withheld = missing.filter((name) => !scrub.isInName(name));
  const contentType = headerOf(answer.headers, 'content-type');
  const masked = await maskedBody(answer.body, contentType && scrub(contentType), {
    text: (text, format, name) => maskedPatiently(masker, scrub(text), format, tally, { clock, until }, name),
    scrub,
  });
  if ('problem' in masked) return masked;
  const clean = scrubbedHeaders(withType(returned, masked.contentType), context);
  const { shown, given: headers } = maskedHeaders(masker, clean, tally);
  const isBare = wanted.method === 'HEAD' || answer.status === 204 || answer.status === 304;
  const part = isBare
    ? { status: answer.status, body: new Uint8Array(), headers }
    : partOf(answer.status, masked.body, headers, context);
  const whole = part.body.length === masked.body.length;
  const text = masked.text !== undefined && !whole ? Buffer.from(part.body).toString('utf8') : masked.text;
  const { recorded, toStore, isLarge, kept } = keptOf(part, text, context);
  const cut = answer.cut === undefined ? {} : { truncated: answer.cut };
  return {
    ...{ status: part.status, headers: givenHeaders(clean, part.headers), withheld, ...cut },
    kept: {
      ...kept,
      maskedBy: masking.rulesOf(plan.target.id),
      ...(withheld.length === 0 ? {} : { withheld }),
      ...cut,
    },
    direct: isLarge ? undefined : part.body,
    recorded: {
      ...{ status: part.status, bytes: answer.body.length, ...cut },
      headers: [...shown, ...part.headers.slice(headers.length)],
      ...(part.body.length === 0 ? {} : { body: recorded }),
    },
    ...(toStore === undefined ? {} : { toStore }),
  };
}
