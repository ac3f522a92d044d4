// A request for a target as it is written down before anything leaves: its line, what goes on of it, and its body, masked.
import type { RecordedMessage } from '../audit/index.ts';
import type { HttpTarget } from '../config/index.ts';
import { forwardedHeaders, maskedBody, writes } from '../connectors/http/index.ts';
import type { MaskTally } from './mask-counts.ts';
import type { Masking } from './masking.ts';
import { contentTypeOf, type WantedHttp } from './plan-call.ts';
import { keptBody, type ToStore } from './recorded-body.ts';

export interface RecordedRequest {
  readonly requestLine: string;
  readonly sent: RecordedMessage;
  readonly toStore?: ToStore;
  /** The agent's headers that go on, as they came. */
  readonly forwarded: readonly (readonly [name: string, value: string])[];
  /** Those that do not, and whose sender should know. */
  readonly dropped: readonly string[];
}

const MOST_LINE_CHARACTERS = 8192;

function lineOf(masking: Masking, { target, method, path, query }: WantedHttp, tally: MaskTally): string {
  const pairs = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const url = `${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
  return `${method} ${masking.of(target).url(url, tally)}`.slice(0, MOST_LINE_CHARACTERS);
}

export interface RequestContext {
  /** Undefined where it is none that can be called over HTTP: then nothing goes on. */
  readonly target: HttpTarget | undefined;
  readonly taskToken: string;
  readonly task: string;
  /** The request's own id. */
  readonly id: string;
  readonly tally: MaskTally;
}

export function recordedRequest(
  masking: Masking,
  wanted: WantedHttp,
  { target, taskToken, task, id, tally }: RequestContext,
): RecordedRequest {
  const masker = masking.of(wanted.target);
  const { forwarded, dropped } =
    target === undefined
      ? { forwarded: [], dropped: [] }
      : forwardedHeaders(wanted.headers, {
          injected: writes(target.inject).headers,
          cookies: target.cookies,
          taskToken,
        });
  const requestLine = lineOf(masking, wanted, tally);
  const headers = masker.headers(forwarded, tally);
  const { body } = wanted;
  if (body === undefined || body.length === 0) return { requestLine, sent: { headers }, forwarded, dropped };
  const masked = maskedBody(body, contentTypeOf(wanted), {
    text: (text, format) => masker.text(text, tally, format),
    scrub: (text) => text,
  });
  const { recorded, toStore } = keptBody({
    ...{ body: masked.body, text: masked.text, task, call: id, part: 'request' },
  });
  return {
    ...{ requestLine, sent: { headers, body: recorded }, forwarded, dropped },
    ...(toStore === undefined ? {} : { toStore }),
  };
}
