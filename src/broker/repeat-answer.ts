// What a call was answered with, for whoever repeats its request: the same, masked as it was.
import type { ObjectKey, Objects } from '../ports/objects.ts';
import { Refusal } from '../shared/errors.ts';
import { type Call, type CallAnswer, callKey } from '../tasks/index.ts';
import { MOST_DIRECT_BYTES } from './call-answer.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { LINK_SECONDS } from './hand-answer.ts';

export interface RepeatedAnswer extends Omit<CallAnswer, 'body'> {
  readonly body: { readonly bytes: Uint8Array } | { readonly link: string };
}

const CHANGED =
  "The call was made, and the operator's files have changed since: its answer is not given again. Its events say what it was.";
const GONE = 'The call was made, and its answer is no longer kept. Its events say what it was.';

export async function repeatAnswer(
  { records, objects }: Pick<BrokerDependencies, 'records'> & { readonly objects: Objects },
  task: string,
  call: string,
  configDigest: string,
): Promise<RepeatedAnswer | Refusal> {
  const [record] = await records.read([callKey(task, call)]);
  const made = record?.value as unknown as Call | undefined;
  // What is masked by other rules now was masked by those of then.
  if (made !== undefined && made.configDigest !== configDigest)
    return new Refusal('conflict', CHANGED, { call });
  const answer = made?.answer;
  if (answer === undefined) return new Refusal('conflict', GONE, { call });
  const { body, ...rest } = answer;
  if ('base64' in body) return { ...rest, body: { bytes: Buffer.from(body.base64, 'base64') } };
  const key = body.object as ObjectKey;
  if (body.bytes > MOST_DIRECT_BYTES) {
    const type = rest.headers.find(([name]) => name === 'content-type')?.[1] ?? 'application/octet-stream';
    return { ...rest, body: { link: await objects.link(key, type, LINK_SECONDS) } };
  }
  const bytes = await objects.get(key);
  return bytes === undefined ? new Refusal('conflict', GONE, { call }) : { ...rest, body: { bytes } };
}
