// What a call was answered with, for whoever asks for it again: the same, masked as it was.
import type { ObjectKey, Objects } from '../ports/objects.ts';
import { Refusal } from '../shared/errors.ts';
import { type Call, callKey } from '../tasks/index.ts';
import { MOST_DIRECT_BYTES } from './call-answer.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import { LINK_SECONDS, linked, type MadeCall } from './hand-answer.ts';

const CHANGED =
  "The call was made, and what the operator's files mask has changed since: its answer is not given again. Its events say what it was.";
const GONE = 'The call was made, and its answer is no longer kept. Its events say what it was.';
const UNASKED =
  'The call was made when nobody had to be asked. Now policy asks for approval of it, so its answer is not given again.';

export async function answerKept(
  { objects }: { readonly objects: Objects },
  { masking }: Pick<Rules, 'masking'>,
  { id: call, answer, dropped = [] }: Pick<Call, 'id' | 'answer' | 'dropped'>,
  target: string,
): Promise<MadeCall | Refusal> {
  if (answer === undefined) return new Refusal('conflict', GONE, { call });
  // What is masked by other rules now was masked by those of then.
  if (answer.maskedBy !== masking.rulesOf(target)) return new Refusal('conflict', CHANGED, { call });
  const { body, maskedBy: _, withheld = [], ...rest } = answer;
  const whole = { ...rest, call, dropped, withheld };
  if ('base64' in body) return { ...whole, body: Buffer.from(body.base64, 'base64') };
  const key = body.object as ObjectKey;
  if (body.bytes > MOST_DIRECT_BYTES) {
    const type = rest.headers.find(([name]) => name === 'content-type')?.[1] ?? 'application/octet-stream';
    return { ...whole, ...linked(await objects.link(key, type, LINK_SECONDS)) };
  }
  const bytes = await objects.get(key);
  return bytes === undefined ? new Refusal('conflict', GONE, { call }) : { ...whole, body: bytes };
}

/** To somebody whom it would be given now, though it may be that people would have to be asked first. */
export async function repeatAnswer(
  { records, objects }: Pick<BrokerDependencies, 'records'> & { readonly objects: Objects },
  rules: Pick<Rules, 'masking'>,
  of: { readonly task: string; readonly call: string; readonly target: string },
  needsApproval: boolean,
): Promise<MadeCall | Refusal> {
  const { task, call, target } = of;
  const [record] = await records.read([callKey(task, call)]);
  const made = record?.value as unknown as Call | undefined;
  if (made === undefined) return new Refusal('conflict', GONE, { call });
  if (needsApproval && made.approval === undefined) return new Refusal('conflict', UNASKED, { call });
  return answerKept({ objects }, rules, made, target);
}
