// How one function of the broker acts as another: by a session of that one's role, and of no other role.
import { ArnPrincipal, type IRole, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';

/**
 * Without tags and source identity: the trust lets it set neither. Both roles are of one stack, so the one that stands
 * here as principal changes with it.
 */
export function actsAs(actor: IRole, role: IRole): void {
  if (!(role instanceof Role)) throw new Error('the role of a function is made elsewhere');
  const actions = ['sts:AssumeRole'];
  role.assumeRolePolicy?.addStatements(
    new PolicyStatement({ sid: 'ApprovedCalls', principals: [new ArnPrincipal(actor.roleArn)], actions }),
  );
  // In a policy beside the role, which the other's trust names: so neither has to be there before the other.
  actor.addToPrincipalPolicy(new PolicyStatement({ sid: 'AsMakeCall', actions, resources: [role.roleArn] }));
}
