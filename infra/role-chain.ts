// How one function of the broker acts as another: by a session of that one's role, of which it gets what it needs alone.
import { ArnPrincipal, Effect, type IRole, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';

/** As `execute-call` names these sessions: by it the role tells them from its own function's. */
const SESSION_NAME = 'execute-call';

/** What sessions of targets take. */
const NEEDED = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity', 'iam:GetRole'];

/**
 * Without tags and source identity: the trust lets it set neither. Both roles are of one stack, so the one that stands
 * here as principal changes with it.
 */
export function actsAs(actor: IRole, role: IRole): void {
  if (!(role instanceof Role)) throw new Error('the role of a function is made elsewhere');
  const actions = ['sts:AssumeRole'];
  role.assumeRolePolicy?.addStatements(
    new PolicyStatement({
      sid: 'ApprovedCalls',
      principals: [new ArnPrincipal(actor.roleArn)],
      actions,
      conditions: { StringEquals: { 'sts:RoleSessionName': SESSION_NAME } },
    }),
  );
  // The session's own policy says the same, but that is the function's to send: taken over, it would leave it out, and
  // seal what it may open, or act where a role knows its function by `lambda:SourceFunctionArn`, which is not there then.
  role.addToPolicy(
    new PolicyStatement({
      sid: 'ApprovedCallsOnly',
      effect: Effect.DENY,
      notActions: NEEDED,
      resources: ['*'],
      conditions: { StringLike: { 'aws:userid': `*:${SESSION_NAME}` } },
    }),
  );
  // In a policy beside the role, which the other's trust names: so neither has to be there before the other.
  actor.addToPrincipalPolicy(new PolicyStatement({ sid: 'AsMakeCall', actions, resources: [role.roleArn] }));
}
