// Sessions of roles that carry a permissions boundary only: whoever may write a role's policy could widen it otherwise.
import type { IAMClient } from '@aws-sdk/client-iam';
import type { NoSession, SessionIssuer, SessionRequest } from '../../ports/session-issuer.ts';
import { withinDeadline } from '../faults.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';
import { clientAs, getRole } from './iam-roles.ts';
import { isNotAsked, isOfCredentials, nameOf } from './sdk-errors.ts';

export interface BoundedSessionsDependencies {
  readonly sessions: SessionIssuer;
  readonly iam: IAMClient;
  /** `ours`: one whose path is `/bailiwick/`, in the role's own account. A request that names one gets no other. */
  readonly accept: 'any' | 'ours';
  /** For the whole look-up. */
  readonly deadlineMilliseconds?: number;
}

const UNAVAILABLE: NoSession = {
  problem: 'unavailable',
  detail: 'IAM did not say in time whether the role carries a permissions boundary.',
};
const OWN_CREDENTIALS: NoSession = {
  problem: 'unavailable',
  detail:
    'IAM could not be asked whether the role carries a permissions boundary, or did not accept the AWS credentials ' +
    'that the broker itself runs with.',
};
const NOT_SEEN: NoSession = {
  problem: 'refused',
  detail:
    'The broker may not see whether the role carries a permissions boundary. Let the broker do iam:GetRole on it, or, ' +
    'where it is of another account, let the role do so on itself.',
};
const NONE: NoSession = {
  problem: 'refused',
  detail:
    'The role carries no permissions boundary, without which the broker vends no session of it. The operator must ' +
    'give it one.',
};
const NOT_THE_ONE: NoSession = {
  problem: 'refused',
  detail:
    'The role carries another permissions boundary than connection.boundary of the target names. The operator must ' +
    'correct one of them.',
};
const NOT_OURS: NoSession = {
  problem: 'refused',
  detail:
    "The role's permissions boundary is not one whose path is /bailiwick/ in the role's own account. The operator " +
    'must give it such a one, or name its own as connection.boundary of the target.',
};

/** What was found out about the role. An empty text: it has no boundary. */
type Found = { readonly boundary: string } | NoSession;

/** Undefined where the boundary will do. */
function problemWith(
  boundary: string,
  request: SessionRequest,
  accept: 'any' | 'ours',
): NoSession | undefined {
  if (boundary === '') return NONE;
  if (request.boundary !== undefined) return boundary === request.boundary ? undefined : NOT_THE_ONE;
  const ours = `${request.roleArn.replace(/:role\/.*$/u, '')}:policy/bailiwick/`;
  return accept === 'any' || boundary.startsWith(ours) ? undefined : NOT_OURS;
}

async function boundaryOf(client: IAMClient, roleArn: string, signal: AbortSignal) {
  const role = await getRole(client, roleArn, signal);
  return role === undefined ? undefined : (role.PermissionsBoundary?.PermissionsBoundaryArn ?? '');
}

/** The same as the session that was asked for, so that the same trust policy takes it, but for what it may do. */
function lookingRequest(request: SessionRequest): SessionRequest {
  const statement = { Effect: 'Allow', Action: 'iam:GetRole', Resource: request.roleArn };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  return { ...request, policy, durationSeconds: 900 };
}

type Dependencies = Pick<BoundedSessionsDependencies, 'sessions' | 'iam'>;

/** A role may look at itself. Its credentials are used here and nowhere else. */
async function askAsItself(
  { sessions, iam }: Dependencies,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<Found> {
  const session = await sessions.issue(lookingRequest(request));
  if ('problem' in session) return session;
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = session;
  const client = clientAs(iam, {
    accessKeyId,
    secretAccessKey: secretAccessKey.open(),
    sessionToken: sessionToken.open(),
    expiration,
  });
  const boundary = await boundaryOf(client, request.roleArn, signal);
  return boundary === undefined ? NOT_SEEN : { boundary };
}

function isUnseen(error: unknown): boolean {
  return ['AccessDenied', 'NoSuchEntity', 'ValidationError'].includes(nameOf(error));
}

function problemOf(error: unknown): NoSession {
  if (isUnseen(error)) return NOT_SEEN;
  return isOfCredentials(error) || isNotAsked(error) ? OWN_CREDENTIALS : UNAVAILABLE;
}

async function lookUp(
  dependencies: Dependencies,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<Found> {
  try {
    const boundary = await boundaryOf(dependencies.iam, request.roleArn, signal).catch((error: unknown) => {
      if (isUnseen(error)) return undefined;
      throw error;
    });
    return boundary === undefined ? await askAsItself(dependencies, request, signal) : { boundary };
  } catch (error) {
    return problemOf(error);
  }
}

export function createBoundedSessions(dependencies: BoundedSessionsDependencies): SessionIssuer {
  const { sessions, accept, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  /** The boundary of each role that was seen to carry one, for as long as the process lives. */
  const known = new Map<string, string>();
  const inFlight = new Map<string, Promise<Found>>();

  async function look(request: SessionRequest): Promise<Found> {
    const { roleArn } = request;
    const looking = withinDeadline('sessions', deadlineMilliseconds, (signal) =>
      lookUp(dependencies, request, signal),
    ).catch((): Found => UNAVAILABLE);
    inFlight.set(roleArn, looking);
    const answer = await looking;
    if (!('problem' in answer) && answer.boundary !== '') known.set(roleArn, answer.boundary);
    if (inFlight.get(roleArn) === looking) inFlight.delete(roleArn);
    return answer;
  }

  async function found(request: SessionRequest): Promise<Found> {
    const running = inFlight.get(request.roleArn);
    if (running === undefined) return look(request);
    const shared = await running;
    // What the role's trust policy refuses to one agent it may allow to another.
    return 'problem' in shared && shared.problem === 'refused' ? look(request) : shared;
  }

  async function problemFor(request: SessionRequest): Promise<NoSession | undefined> {
    const boundary = known.get(request.roleArn);
    if (boundary !== undefined && problemWith(boundary, request, accept) === undefined) return undefined;
    const answer = await found(request);
    return 'problem' in answer ? answer : problemWith(answer.boundary, request, accept);
  }

  return {
    issue: async (request) => (await problemFor(request)) ?? sessions.issue(request),
  };
}
