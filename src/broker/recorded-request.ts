// A request for a target as it is written down before anything leaves: its line, what goes on of it, and its body, masked.
import type { RecordedMessage } from '../audit/index.ts';
import type { HttpTarget } from '../config/index.ts';
import {
  forwardedHeaders,
  type MaskedBody,
  maskedBody,
  parsePath,
  writes,
} from '../connectors/http/index.ts';
import type { MaskTally } from './mask-counts.ts';
import { maskedHeaders } from './masked-headers.ts';
import type { Masking } from './masking.ts';
import { maskedPatiently, type Patience } from './patient-masking.ts';
import { type KeptBody, keptBody, type ToStore, toldApart } from './recorded-body.ts';
import { contentTypeOf, type WantedHttp } from './wanted-http.ts';

/** A body that is text, whole and masked, as people are shown it. */
export interface ShownBody {
  readonly text: string;
  /** What it is told apart by, where others could have the same text. */
  readonly toldBy?: { readonly sha256: string; readonly bytes: number };
}

export interface RecordedRequest {
  readonly requestLine: string;
  readonly sent: RecordedMessage;
  readonly shownBody?: ShownBody;
  /** Some of their bytes are no text, and are not shown. */
  readonly hasLossyHeaders?: true;
  readonly toStore?: ToStore;
  /** The agent's headers that go on, as they came. */
  readonly forwarded: readonly (readonly [name: string, value: string])[];
  /** Those that do not, and whose sender should know. */
  readonly dropped: readonly string[];
  /** Why the body can't be read, where that is so: nothing is known of it. */
  readonly unreadable?: string;
  /** What was masked of what is to go to the target. */
  readonly found: MaskTally;
}

/** As it goes on: in the one spelling of its path that is judged and sent, and without what the target's credential replaces. */
function lineOf(
  masking: Masking,
  { target, method, path, query }: WantedHttp,
  replaced: readonly string[],
  tally: MaskTally,
): string {
  const sent = query.filter(([name]) => !replaced.includes(name));
  const pairs = sent.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const url = `${parsePath(path)?.text ?? path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
  return `${method} ${masking.of(target).url(url, tally)}`;
}

export interface RequestContext extends Patience {
  /** Undefined where it is none that can be called over HTTP: then nothing goes on. */
  readonly target: HttpTarget | undefined;
  /** Whether it may go on at all: else its body is only told apart, and nobody works at it. */
  readonly mayGoOn: () => boolean;
  readonly taskToken: string;
  readonly task: string;
  /** The request's own id. */
  readonly id: string;
}

async function recordedBody(
  masking: Masking,
  { target, body = new Uint8Array() }: WantedHttp,
  contentType: string | undefined,
  { mayGoOn, task, id, ...patience }: RequestContext,
  found: MaskTally,
): Promise<KeptBody & { readonly problem?: string; readonly shownBody?: ShownBody }> {
  if (!mayGoOn()) return keptBody({ body, text: undefined, task, call: id, part: 'request' });
  const masked = await maskedBody(body, contentType, {
    text: (text, format, name) => maskedPatiently(masking.of(target), text, format, found, patience, name),
    scrub: (text) => text,
    isRequest: true,
  });
  const kept = { task, call: id, part: 'request' } as const;
  if ('problem' in masked)
    return { ...keptBody({ ...kept, body, text: undefined }), problem: masked.problem };
  return { ...keptBody({ ...kept, body: masked.body, text: masked.text }), ...shownOf(masked) };
}

function shownOf({ body, text, isLossy }: MaskedBody): { readonly shownBody?: ShownBody } {
  if (text === undefined) return {};
  return { shownBody: { text, ...(isLossy ? { toldBy: toldApart(body) } : {}) } };
}

/** Throws `OutOfTime`. */
export async function recordedRequest(
  masking: Masking,
  wanted: WantedHttp,
  context: RequestContext,
): Promise<RecordedRequest> {
  const { target, taskToken } = context;
  const found: MaskTally = new Map();
  const injected = writes(target?.inject ?? []);
  const { forwarded, dropped: headersDropped } =
    target === undefined
      ? { forwarded: [], dropped: [] }
      : forwardedHeaders(wanted.headers, {
          injected: injected.headers,
          cookies: target.cookies,
          taskToken,
        });
  const replaced = injected.query.filter((name) => wanted.query.some(([own]) => own === name));
  const dropped = [...headersDropped, ...replaced.map((name) => `?${encodeURIComponent(name)}`)];
  const requestLine = lineOf(masking, wanted, replaced, found);
  const { shown, isLossy } = maskedHeaders(masking.of(wanted.target), forwarded, found);
  // A key that is passed on is written down as its hash, beside the request. What is found in it counts all the same.
  const headers = shown.filter(([name]) => name.toLowerCase() !== 'idempotency-key');
  const lossy = isLossy ? { hasLossyHeaders: true as const } : {};
  const told = { requestLine, forwarded, dropped, found, ...lossy };
  if (wanted.body === undefined || wanted.body.length === 0) return { ...told, sent: { headers } };
  const contentType = contentTypeOf({ headers: forwarded });
  const { recorded, toStore, problem, shownBody } = await recordedBody(
    masking,
    wanted,
    contentType,
    context,
    found,
  );
  return {
    ...told,
    ...(problem === undefined ? {} : { unreadable: problem }),
    sent: { headers, body: recorded },
    ...(toStore === undefined ? {} : { toStore }),
    ...(shownBody === undefined ? {} : { shownBody }),
  };
}
