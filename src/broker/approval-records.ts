// Approvals as they are kept, and what every event of one says.
import { type Approval, approvalKey } from '../approvals/index.ts';
import type { RequestFacts } from '../audit/index.ts';
import type { Config } from '../config/index.ts';
import type { RecordOptions } from '../ports/records.ts';
import { isId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { ownerIfKnown } from './owner.ts';

type Keeping = Pick<BrokerDependencies, 'records'>;

export interface KeptApproval {
  readonly approval: Approval;
  readonly version: number;
}

/** Where those are listed that somebody may still decide, or whose call has not ended yet. */
export const OPEN_APPROVALS = 'approvals';
const KEEP_MILLISECONDS = 30 * 86_400_000;

export function approvalOptions(approval: Approval, isOver = false): RecordOptions {
  const { id, createdAt, expiresAt } = approval;
  return {
    expiresAt: new Date(Date.parse(expiresAt) + KEEP_MILLISECONDS),
    ...(isOver ? {} : { index: { partition: OPEN_APPROVALS, sort: `${createdAt}/${id}` } }),
  };
}

export async function readApproval({ records }: Keeping, id: string): Promise<KeptApproval | undefined> {
  if (!isId('appr', id)) return undefined;
  const [record] = await records.read([approvalKey(id)]);
  const approval = record?.value as unknown as Approval | undefined;
  // A key holds only an id's tail.
  return record === undefined || approval?.id !== id ? undefined : { approval, version: record.version };
}

/** Undefined where somebody else was faster. */
export async function saveApproval(
  { records }: Keeping,
  { version }: KeptApproval,
  next: Approval,
  isOver = false,
): Promise<KeptApproval | undefined> {
  const options = approvalOptions(next, isOver);
  return (await records.replace(approvalKey(next.id), version, next as unknown as Json, options))
    ? { approval: next, version: version + 1 }
    : undefined;
}

/** What is the same in every event of an approval. */
export function factsOfApproval(approval: Approval, { agents }: Pick<Config, 'agents'>) {
  const { id, call, task, agent, ancestors, kind, target, requestLine, configDigest } = approval;
  const { requester, requesterProven: proven = false, purpose, operation } = approval;
  return {
    ...{ task, ancestors, agent, call, kind, target, approval: id, configDigest },
    ...ownerIfKnown(Object.hasOwn(agents, agent) ? agents[agent] : undefined),
    ...(requester === undefined ? {} : { requester: { id: requester, proven } }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(requestLine === undefined ? {} : { requestLine }),
    ...(operation === undefined ? {} : { operation }),
  };
}

/** The request that asked for it: for what nobody asked for since, such as its end. */
export function requestOfApproval({ request }: Approval): { readonly request?: RequestFacts } {
  return request === undefined ? {} : { request: request as unknown as RequestFacts };
}
