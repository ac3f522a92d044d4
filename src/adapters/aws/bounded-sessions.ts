// Sessions of roles only that carry a permissions boundary, since whoever may write a role's policy could widen it
// otherwise, and this broker's tag, since the Revoker may write no other.
import type { IAMClient, Role } from '@aws-sdk/client-iam';
import type { NoSession, SessionIssuer, SessionRequest } from '../../ports/session-issuer.ts';
import { withinDeadline } from '../faults.ts';
import { OwnRoleNotAssumed } from './as-own-role.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';
import { clientAs, getRole } from './iam-roles.ts';
import { isNotAsked, isOfCredentials, nameOf } from './sdk-errors.ts';

/**
 * Any role that carries a boundary; or that broker's only: its tag says so, and its boundary has the path `/bailiwick/`
 * in the role's own account. A request that names a boundary gets no other.
 */
export type Accepted = 'any' | { readonly broker: string };

export interface BoundedSessionsDependencies {
  readonly sessions: SessionIssuer;
  readonly iam: IAMClient;
  readonly accept: Accepted;
  /** For the whole look-up. */
  readonly deadlineMilliseconds?: number;
}

/** Of every role that a broker may write, with the broker's name. */
const TAG = 'bailiwick';

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

const NOT_TAGGED: NoSession = {
  problem: 'refused',
  detail:
    "The role's tag `bailiwick` does not have this broker's name, without which the broker may not revoke sessions " +
    'of it, and so vends none. The operator must give it that tag; the name is the output BrokerName of the stack.',
};

/** What the role carries. An empty text: it has no such thing. */
interface Seen {
  readonly boundary: string;
  readonly tag: string;
}
type Found = Seen | NoSession;

function problemWithBoundary(boundary: string, request: SessionRequest, accept: Accepted) {
  if (boundary === '') return NONE;
  if (request.boundary !== undefined) return boundary === request.boundary ? undefined : NOT_THE_ONE;
  const ours = `${request.roleArn.replace(/:role\/.*$/u, '')}:policy/bailiwick/`;
  return accept === 'any' || boundary.startsWith(ours) ? undefined : NOT_OURS;
}

/** Undefined where the role will do. */
function problemWith({ boundary, tag }: Seen, request: SessionRequest, accept: Accepted) {
  const problem = problemWithBoundary(boundary, request, accept);
  if (problem !== undefined || accept === 'any') return problem;
  return tag === accept.broker ? undefined : NOT_TAGGED;
}

function seenOf({ PermissionsBoundary, Tags = [] }: Role): Seen {
  return {
    boundary: PermissionsBoundary?.PermissionsBoundaryArn ?? '',
    tag: Tags.find(({ Key }) => Key === TAG)?.Value ?? '',
  };
}

async function look(client: IAMClient, roleArn: string, signal: AbortSignal): Promise<Seen | undefined> {
  const role = await getRole(client, roleArn, signal);
  return role === undefined ? undefined : seenOf(role);
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
  return (await look(client, request.roleArn, signal)) ?? NOT_SEEN;
}

function isUnseen(error: unknown): boolean {
  return ['AccessDenied', 'NoSuchEntity', 'ValidationError'].includes(nameOf(error));
}

function problemOf(error: unknown): NoSession {
  if (error instanceof OwnRoleNotAssumed) return error.problem;
  if (isUnseen(error)) return NOT_SEEN;
  return isOfCredentials(error) || isNotAsked(error) ? OWN_CREDENTIALS : UNAVAILABLE;
}

async function lookUp(
  dependencies: Dependencies,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<Found> {
  try {
    const seen = await look(dependencies.iam, request.roleArn, signal).catch((error: unknown) => {
      if (isUnseen(error)) return undefined;
      throw error;
    });
    return seen ?? (await askAsItself(dependencies, request, signal));
  } catch (error) {
    return problemOf(error);
  }
}

export function createBoundedSessions(dependencies: BoundedSessionsDependencies): SessionIssuer {
  const { sessions, accept, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  /** What each role that vends sessions was seen to carry, for as long as the process lives. */
  const known = new Map<string, Seen>();
  const inFlight = new Map<string, Promise<Found>>();

  async function ask(request: SessionRequest): Promise<Found> {
    const { roleArn } = request;
    const looking = withinDeadline('sessions', deadlineMilliseconds, (signal) =>
      lookUp(dependencies, request, signal),
    ).catch((): Found => UNAVAILABLE);
    inFlight.set(roleArn, looking);
    const answer = await looking;
    if (!('problem' in answer)) known.set(roleArn, answer);
    if (inFlight.get(roleArn) === looking) inFlight.delete(roleArn);
    return answer;
  }

  async function found(request: SessionRequest): Promise<Found> {
    const running = inFlight.get(request.roleArn);
    if (running === undefined) return ask(request);
    const shared = await running;
    // What the role's trust policy refuses to one agent it may allow to another.
    return 'problem' in shared && shared.problem === 'refused' ? ask(request) : shared;
  }

  async function problemFor(request: SessionRequest): Promise<NoSession | undefined> {
    const seen = known.get(request.roleArn);
    if (seen !== undefined && problemWith(seen, request, accept) === undefined) return undefined;
    const answer = await found(request);
    return 'problem' in answer ? answer : problemWith(answer, request, accept);
  }

  return {
    issue: async (request) => (await problemFor(request)) ?? sessions.issue(request),
  };
}
