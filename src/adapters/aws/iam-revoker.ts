// The deny on a role, as its inline policy of one name in IAM.
import { DeleteRolePolicyCommand, type IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import {
  MOST_INLINE_CHARACTERS,
  type NotRevoked,
  type Revoker,
  type VendedRole,
} from '../../ports/revoker.ts';
import { withinDeadline } from '../faults.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';
import { charactersOfOthers, readPolicy } from './iam-inline-policies.ts';
import { getRole, roleNameOf } from './iam-roles.ts';
import { createRevokerAccess, keyOf, NotAssumed } from './revoker-access.ts';
import { isNotAsked, isOfCredentials, nameOf } from './sdk-errors.ts';

export interface IamRevokerDependencies {
  readonly iam: IAMClient;
  /** For roles of other accounts. */
  readonly sts: STSClient;
  readonly deadlineMilliseconds?: number;
}

/** The one policy that is ever written, whatever the role. */
const DENY_POLICY = 'bailiwick-revoked';

const UNAVAILABLE: NotRevoked = { problem: 'unavailable', detail: 'IAM did not answer in time.' };
const NOT_ASKED: NotRevoked = {
  problem: 'unavailable',
  detail: 'IAM could not be asked. Check the AWS region and credentials that the revoker itself runs with.',
};
const OWN_CREDENTIALS: NotRevoked = {
  problem: 'unavailable',
  detail: 'IAM did not accept the AWS credentials that the revoker itself runs with.',
};
const NO_ROLE: NotRevoked = {
  problem: 'refused',
  detail:
    'IAM knows no role of that name. Check the roleArn of the target; if it is of another account, give the target ' +
    'a revokerRoleArn.',
};
const OTHER_ROLE: NotRevoked = {
  problem: 'refused',
  detail:
    'The role is of another account, or has another path than its roleArn says. Correct the roleArn, or give the ' +
    "target a revokerRoleArn of the role's own account.",
};
const MALFORMED: NotRevoked = {
  problem: 'refused',
  detail: 'IAM refused the policy as malformed. It is the broker that wrote it: report it as a bug.',
};

const REFUSALS: ReadonlyMap<string, NotRevoked> = new Map([
  ['NoSuchEntity', NO_ROLE],
  [
    'AccessDenied',
    {
      problem: 'refused',
      detail:
        'IAM refused it. Check that the revoker, or the revokerRoleArn of the target, may do iam:GetRole, ' +
        `iam:GetRolePolicy, iam:PutRolePolicy, iam:DeleteRolePolicy and iam:ListRolePolicies on the role, and that ` +
        "the role carries this broker's tag and a permissions boundary.",
    },
  ],
  ['MalformedPolicyDocument', MALFORMED],
  ['ValidationError', MALFORMED],
  ['InvalidInput', MALFORMED],
  [
    'UnmodifiableEntity',
    {
      problem: 'refused',
      detail:
        'Only the AWS service that the role belongs to may change it. Vend sessions of a role of your own.',
    },
  ],
]);

function problemOf(error: unknown): NotRevoked {
  if (error instanceof NotAssumed) return error.problem;
  if (isOfCredentials(error)) return OWN_CREDENTIALS;
  return REFUSALS.get(nameOf(error)) ?? (isNotAsked(error) ? NOT_ASKED : UNAVAILABLE);
}

interface Asking {
  readonly client: IAMClient;
  readonly role: VendedRole;
  readonly signal: AbortSignal;
}

/** So that an operator learns how much there is, and the caller writes less. */
async function tooLarge({ client, role, signal }: Asking): Promise<NotRevoked> {
  const says = 'The other inline policies of the role leave too little room for the deny';
  try {
    const taken = await charactersOfOthers(client, roleNameOf(role.roleArn), DENY_POLICY, signal);
    const room = Math.max(0, MOST_INLINE_CHARACTERS - taken);
    const detail = `${says}: ${room} of ${MOST_INLINE_CHARACTERS} characters. Grant by managed policies instead.`;
    return { problem: 'tooLarge', detail, room };
  } catch {
    return {
      problem: 'tooLarge',
      detail: `${says}, and could not be counted. Grant by managed policies instead.`,
    };
  }
}

async function put({ client, role, signal }: Asking, document: string): Promise<void> {
  const input = { RoleName: roleNameOf(role.roleArn), PolicyName: DENY_POLICY, PolicyDocument: document };
  await client.send(new PutRolePolicyCommand(input), { abortSignal: signal });
}

async function takeAway({ client, role, signal }: Asking): Promise<void> {
  const input = { RoleName: roleNameOf(role.roleArn), PolicyName: DENY_POLICY };
  await client.send(new DeleteRolePolicyCommand(input), { abortSignal: signal });
}

export function createIamRevoker(dependencies: IamRevokerDependencies): Revoker {
  const { iam, sts, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  const access = createRevokerAccess(iam, sts);
  /** Roles that were seen to be who they are said to be. IAM goes by names, and each account has its own. */
  const seen = new Set<string>();

  /** Undefined where it is that role and no other. */
  async function otherRole({ client, role, signal }: Asking): Promise<NotRevoked | undefined> {
    if ((await getRole(client, role.roleArn, signal)) === undefined) return OTHER_ROLE;
    seen.add(keyOf(role));
    return undefined;
  }

  async function work<T>(
    role: VendedRole,
    what: (asking: Asking) => Promise<T | NotRevoked>,
  ): Promise<T | NotRevoked> {
    try {
      // What IAM said is a value here; only silence is a fault.
      const answer = await withinDeadline('sessions', deadlineMilliseconds, async (signal) => {
        const asking = { client: access.clientFor(role), role, signal };
        const did = async () => (seen.has(keyOf(role)) ? undefined : await otherRole(asking)) ?? what(asking);
        return did().catch((error: unknown) => ({ error }));
      });
      if (!isThrown(answer)) return answer;
      const problem = problemOf(answer.error);
      if (problem === UNAVAILABLE) return problem;
      seen.delete(keyOf(role));
      access.forget(role);
      return problem;
    } catch {
      return UNAVAILABLE;
    }
  }

  /** That a policy is missing and that its role is missing have the same name. */
  async function withoutPolicy<T>(asking: Asking, error: unknown, answer: T): Promise<T | NotRevoked> {
    if (nameOf(error) !== 'NoSuchEntity') throw error;
    return (await otherRole(asking)) ?? answer;
  }

  return {
    read: (role) =>
      work(role, (asking) =>
        readPolicy(asking.client, roleNameOf(role.roleArn), DENY_POLICY, asking.signal).then(
          (document) => ({ document }),
          (error: unknown) => withoutPolicy(asking, error, { document: undefined }),
        ),
      ),
    write: (role, document) =>
      work<'written'>(role, async (asking) => {
        try {
          await (document === undefined ? takeAway(asking) : put(asking, document));
          return 'written';
        } catch (error) {
          if (nameOf(error) === 'LimitExceeded') return tooLarge(asking);
          if (document !== undefined) throw error;
          return withoutPolicy(asking, error, 'written');
        }
      }),
  };
}

function isThrown(answer: unknown): answer is { readonly error: unknown } {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}
