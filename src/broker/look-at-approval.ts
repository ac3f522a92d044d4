// A person looks at an approval by link or login, decides it there, or looks at the operation as it is.
import { type Approval, personOfLink, statusOfApproval } from '../approvals/index.ts';
import { type RequestFacts, storedEvent } from '../audit/index.ts';
import { headerText, withoutStandIns } from '../connectors/http/index.ts';
import type { Unsealer } from '../ports/sealer.ts';
import { Refusal } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import type { Secret } from '../shared/secret.ts';
import { append } from './append.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { factsOfApproval, readApproval } from './approval-records.ts';
import { type Approver, factsBy, permissionToDecide, whoMay } from './approver.ts';
import { NO_SUCH_APPROVAL } from './decide-approval.ts';
import type { Rules } from './dependencies.ts';
import { sessionOf } from './login-session.ts';
import { loginNeededFor } from './notify-approvers.ts';
import { httpOfRaw, sealedOf } from './raw-operation.ts';
import { tellLooked } from './refuse-approver.ts';

export type LookDependencies = Pick<
  ApprovalDependencies,
  'records' | 'events' | 'told' | 'clock' | 'ids' | 'log' | 'rules' | 'publicUrl' | 'deployed'
>;

/** What a browser shows of who reads. */
export interface Shown {
  /** Of the link. */
  readonly key: string | undefined;
  /** Of the login. */
  readonly session: Secret | undefined;
}

export interface Looking {
  readonly approval: Approval;
  readonly approver: Approver;
  readonly rules: Rules;
}

/** They are to log in before anything is said; or can't, where the files name nowhere to. */
export interface MustLogIn {
  readonly canLogIn: boolean;
}

function byLink(rules: Rules, approval: Approval, key: string | undefined): Approver | undefined {
  const link = key === undefined ? undefined : personOfLink(approval, key);
  const person = rules.config.broker.humans?.people.find(({ id }) => id === link?.person);
  if (person === undefined) return undefined;
  const { id, name, groups } = person;
  return { id, groups, channel: 'link', ...(name === undefined ? {} : { name }) };
}

async function byLogin(
  dependencies: LookDependencies,
  session: Secret | undefined,
): Promise<Approver | undefined> {
  const found = await sessionOf(dependencies, session);
  if (found === undefined) return undefined;
  const { id, groups, name, tokenHash } = found.person;
  return { id, groups, channel: 'login', tokenHash, ...(name === undefined ? {} : { name }) };
}

/** Who has logged in is who decides, whoever's link it is. Without a login, and where none is needed, whose link it is. */
export async function lookAtApproval(
  dependencies: LookDependencies,
  id: string,
  { key, session }: Shown,
): Promise<Looking | MustLogIn | Refusal> {
  const rules = await dependencies.rules();
  const canLogIn = rules.config.broker.humans?.login !== undefined;
  const kept = await readApproval(dependencies, id);
  const loggedIn = await byLogin(dependencies, session);
  // To whoever is nobody yet, there may be one or not.
  if (kept === undefined) return canLogIn && loggedIn === undefined ? { canLogIn } : NO_SUCH_APPROVAL;
  const { approval } = kept;
  const linked = byLink(rules, approval, key);
  const needed = loginNeededFor(rules, approval, dependencies.deployed);
  const approver = loggedIn ?? (needed ? undefined : linked);
  if (approver !== undefined) return { approval, approver, rules };
  return canLogIn || linked !== undefined ? { canLogIn } : NO_SUCH_APPROVAL;
}

/** Nobody begins a login for what there is not: each that is begun is remembered for a while. */
export async function isThereApproval(dependencies: LookDependencies, id: string): Promise<boolean> {
  return (await readApproval(dependencies, id)) !== undefined;
}

/** Undefined where they may decide it. */
export function notForThem({ rules, approval, approver }: Looking): Refusal | undefined {
  const permission = permissionToDecide(rules, approval, approver);
  return permission instanceof Refusal ? permission : undefined;
}

/** Whoever may not decide it and looks at it all the same: refused, and written down. */
export async function refuseLook(
  dependencies: LookDependencies,
  looking: Looking,
  request: RequestFacts,
): Promise<Refusal | undefined> {
  const refusal = notForThem(looking);
  if (refusal !== undefined) await tellLooked(dependencies, { ...looking, refusal, request });
  return refusal;
}

export function decidedBy({ rules, approval }: Looking): string {
  return whoMay(rules, approval);
}

const NOT_KEPT = new Refusal('conflict', 'The operation is no longer kept: its call has ended.');
const LOG_IN = new Refusal(
  'not_permitted',
  'Only somebody who has logged in may see the operation without masks.',
);

/** As it will be carried out, in words. */
function textOf({ kind }: Approval, plain: Uint8Array): string {
  const { operation } = sealedOf(Buffer.from(plain).toString('utf8'));
  if (kind === 'credentials') return JSON.stringify(operation, null, 2);
  const { method, path, query, headers, body = new Uint8Array() } = httpOfRaw(operation);
  const pairs = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const line = `${method} ${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
  const lines = [
    line,
    ...headers.map(([name, value]) => `${name}: ${withoutStandIns(headerText(value) ?? value)}`),
  ];
  return `${lines.join('\n')}${body.length === 0 ? '' : `\n\n${Buffer.from(body).toString('utf8')}`}`;
}

/** First that they looked is written down, then they do. */
export async function revealOperation(
  dependencies: LookDependencies & Pick<ApprovalDependencies, 'objects'> & { readonly unsealer: Unsealer },
  { approval, approver, rules }: Looking,
  request: RequestFacts,
): Promise<string | Refusal> {
  if (approver.channel !== 'login') return LOG_IN;
  const { clock, ids, objects, unsealer } = dependencies;
  const now = clock.now();
  const isPending = statusOfApproval(approval, now) === 'pending';
  const sealed = isPending ? await objects.get(approval.sealed) : undefined;
  if (sealed === undefined) return NOT_KEPT;
  const unwritten = await append(
    dependencies,
    storedEvent(approval.task, makeId('evt', now, ids.random(10)), now, {
      ...factsOfApproval(approval, rules.config),
      type: 'approval.revealed',
      ...{ by: approver.id, channel: approver.channel, request: factsBy(approver, request) },
      configDigest: rules.config.digest,
    }),
  );
  if (unwritten !== undefined) return unwritten;
  const { task, call } = approval;
  const plain = await unsealer.unseal(sealed, { task, call });
  return plain === undefined ? NOT_KEPT : textOf(approval, plain);
}
