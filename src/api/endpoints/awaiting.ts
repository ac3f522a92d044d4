// 202: where to look for what becomes of a call that people are asked about, and when.
import type { Awaiting } from '../../broker/index.ts';
import { CALL_HEADER, DROPPED_HEADER, json, type TextResponse } from '../http.ts';

export async function awaitingResponse(
  publicUrl: () => Promise<string>,
  { call, approval, retryAfterSeconds, dropped = [] }: Awaiting,
): Promise<TextResponse> {
  const statusUrl = `${(await publicUrl()).replace(/\/$/u, '')}/v1/calls/${call}`;
  const response = json(202, { call, approval, statusUrl });
  const headers = {
    ...{ location: statusUrl, 'retry-after': String(retryAfterSeconds), [CALL_HEADER]: call },
    ...(dropped.length === 0 ? {} : { [DROPPED_HEADER]: dropped.join(', ') }),
  };
  return { ...response, headers: { ...response.headers, ...headers } };
}
