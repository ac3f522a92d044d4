// A role for the broker to hand out, made by the app that owns what the role reaches.
import { ArnFormat, Names, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Broker, checkedName, DEFAULT_NAME } from './broker.ts';
import { leastCharacters, MOST_MANAGED_CHARACTERS, MOST_TRUST_CHARACTERS } from './policy-size.ts';
import { BOUNDARY_PATH } from './role-permissions.ts';
import {
  keptStatement,
  lookUpStatement,
  type RoleArns,
  revokerPolicy,
  revokerTrust,
  roleTrust,
  type Trusting,
} from './role-trust.ts';

export interface BrokeredRoleProps {
  /** The `Bailiwick` construct; of another stack or account, its outputs. */
  readonly broker: Broker;
  /**
   * The most that any session of the role may ever do. They become one managed policy, which the role is given and
   * which is also its permissions boundary. At most 6,144 characters, 500 to 700 of which are the construct's own.
   */
  readonly statements: readonly PolicyStatement[];
  /** The ARN of a managed policy that is the role's permissions boundary in place of that one. */
  readonly boundary?: string;
  /** At most 64 characters, 56 where the broker is of another account. Default: from the construct's path. */
  readonly roleName?: string;
  /** What the broker must say to get the role: `connection.externalId` of the target. */
  readonly externalId?: string;
  /** The one environment whose targets may be reached through the role. Default: any. */
  readonly environment?: string;
  /**
   * Whether requests to HTTP targets are signed with its sessions (`sigv4`). Then the role trusts the function that
   * makes these requests, too. Default false.
   */
  readonly signs?: boolean;
  /**
   * Whether the broker is of another account than the role. Found out where both accounts are known; where one is not,
   * it has to be said.
   */
  readonly otherAccount?: boolean;
}

/** As `connection` of the target in the operator's files has it. */
export interface BrokeredConnection {
  readonly roleArn: string;
  readonly externalId?: string;
  readonly boundary?: string;
  readonly revokerRoleArn?: string;
}

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const MOST_NAME = 64;
const REVOKER = '-revoker';
/** Role chaining, which a broker that runs under a role does, gives no longer sessions. */
const SESSION_SECONDS = 3600;

/**
 * It has no `grant…` and is no principal: what the role may do is said in `statements`, once. The role's inline
 * policies are the broker's, which needs all the room that IAM gives them.
 */
export class BrokeredRole extends Construct {
  readonly roleArn: string;
  readonly roleName: string;
  /** The permissions boundary that the role carries. */
  readonly boundaryArn: string;
  /** What the target's `connection` has to say, for an output or for whoever writes the operator's files. */
  readonly connection: BrokeredConnection;

  constructor(scope: Construct, id: string, props: BrokeredRoleProps) {
    super(scope, id);
    const { broker, boundary, externalId, environment, signs = false } = props;
    this.checkBroker(broker);
    const elsewhere = props.otherAccount ?? this.isElsewhere(broker);
    this.roleName = this.nameOf(props.roleName, elsewhere ? MOST_NAME - REVOKER.length : MOST_NAME);
    this.roleArn = this.arnOf('role', this.roleName);
    const policy = this.policy(props, elsewhere);
    this.boundaryArn = boundary ?? policy.ref;
    const role = new CfnRole(this, 'Role', {
      roleName: this.roleName,
      description: 'Handed out by Bailiwick, one task at a time',
      assumeRolePolicyDocument: this.trust(
        roleTrust(this.trusting(this.assumers(broker, signs), externalId), environment),
      ),
      managedPolicyArns: [policy.ref],
      permissionsBoundary: this.boundaryArn,
      maxSessionDuration: SESSION_SECONDS,
      tags: [{ key: 'bailiwick', value: tagOf(broker) }],
    });
    if (elsewhere) this.revoker(props).node.addDependency(role);
    this.connection = {
      roleArn: this.roleArn,
      ...(externalId === undefined ? {} : { externalId }),
      ...(boundary === undefined ? {} : { boundary }),
      ...(elsewhere ? { revokerRoleArn: this.arnOf('role', `${this.roleName}${REVOKER}`) } : {}),
    };
  }

  /** Its path tells the broker that the boundary is one of these. */
  private policy({ statements, boundary }: BrokeredRoleProps, elsewhere: boolean): CfnManagedPolicy {
    const policyDocument = new PolicyDocument({ statements: [...statements] });
    const kept = [
      ...[this.roleArn, this.arnOf('policy', `${BOUNDARY_PATH.slice(1)}*`)],
      ...(boundary === undefined ? [] : [boundary]),
      ...(elsewhere ? [this.arnOf('role', `${this.roleName}${REVOKER}`)] : []),
    ];
    policyDocument.addStatements(
      PolicyStatement.fromJson(lookUpStatement(this.roleArn)),
      PolicyStatement.fromJson(keptStatement(kept)),
    );
    this.node.addValidation({
      validate: () => {
        const characters = leastCharacters(Stack.of(this).resolve(policyDocument));
        return [
          ...policyDocument.validateForIdentityPolicy(),
          ...(characters <= MOST_MANAGED_CHARACTERS
            ? []
            : [
                `The statements make a policy of ${characters} characters; IAM takes ${MOST_MANAGED_CHARACTERS}. ` +
                  'Name fewer actions or resources, or make several roles.',
              ]),
        ];
      },
    });
    return new CfnManagedPolicy(this, 'Most', {
      path: BOUNDARY_PATH,
      description: `The most that sessions of ${this.roleName} may do`,
      policyDocument,
    });
  }

  private trust<Document>(document: Document): Document {
    this.node.addValidation({
      validate: () => {
        const characters = leastCharacters(Stack.of(this).resolve(document));
        if (characters <= MOST_TRUST_CHARACTERS) return [];
        return [
          `The trust of the role comes to ${characters} characters; IAM takes ${MOST_TRUST_CHARACTERS}. ` +
            'Give it a shorter externalId.',
        ];
      },
    });
    return document;
  }

  /** The role through which a broker of another account revokes: the broker's function may write no role here itself. */
  private revoker({ broker, externalId }: BrokeredRoleProps): CfnRole {
    return new CfnRole(this, 'Revoker', {
      roleName: `${this.roleName}${REVOKER}`,
      description: `Lets Bailiwick revoke sessions of ${this.roleName}`,
      assumeRolePolicyDocument: this.trust(revokerTrust(this.trusting([broker.revokerRoleArn], externalId))),
      policies: [
        {
          policyName: 'revoke',
          policyDocument: revokerPolicy(this.roleArn, tagOf(broker), this.boundaryArn),
        },
      ],
    });
  }

  /** In a trust, `*` and `?` would be whoever fits. */
  private checkBroker(broker: Broker): void {
    const { issuerRoleArn, revokerRoleArn, callerRoleArn } = broker;
    const given = Object.entries({ issuerRoleArn, revokerRoleArn, callerRoleArn }).flatMap(
      ([key, roleArn]) => (roleArn === undefined ? [] : [{ key, roleArn, account: this.accountIn(roleArn) }]),
    );
    for (const { roleArn } of given) {
      const isRole = Token.isUnresolved(roleArn) ? !/[*?]/.test(roleArn) : ROLE_ARN.test(roleArn);
      if (!isRole) {
        throw new Error(
          `${this.node.path}: the broker's roles are told by ARN, without wildcards, unlike "${roleArn}"`,
        );
      }
    }
    const issuer = this.accountIn(issuerRoleArn);
    for (const { key, account } of given) {
      if (Token.compareStrings(issuer, account) !== TokenComparison.DIFFERENT) continue;
      throw new Error(
        `${this.node.path}: issuerRoleArn and ${key} are of one broker, and so of one account, unlike ` +
          `${issuer} and ${account}`,
      );
    }
  }

  /** Whoever asks for sessions of the role. */
  private assumers({ issuerRoleArn, callerRoleArn }: Broker, signs: boolean): RoleArns {
    if (!signs) return [issuerRoleArn];
    if (callerRoleArn !== undefined) return [issuerRoleArn, callerRoleArn];
    throw new Error(
      `${this.node.path}: a role that \`signs\` trusts the function that makes HTTP calls, so the broker needs its ` +
        "`callerRoleArn`: the output MakeCallRoleArn of the broker's stack",
    );
  }

  private isElsewhere(broker: Broker): boolean {
    const [here, there] = [Stack.of(this).account, this.accountOf(broker)];
    const compared = Token.compareStrings(there, here);
    if (compared === TokenComparison.SAME) return false;
    if (compared === TokenComparison.DIFFERENT) return true;
    // Two stacks of one app that name no account go to the same one.
    if (compared === TokenComparison.BOTH_UNRESOLVED && Construct.isConstruct(broker)) return false;
    throw new Error(
      `${this.node.path}: whether the broker is of another account is not known at synth. ` +
        'Give the stack an `env` with its account, or say `otherAccount: true` or `false`.',
    );
  }

  private accountOf(broker: Broker): string {
    return Construct.isConstruct(broker) ? Stack.of(broker).account : this.accountIn(broker.issuerRoleArn);
  }

  private accountIn(roleArn: string): string {
    return Stack.of(this).splitArn(roleArn, ArnFormat.SLASH_RESOURCE_NAME).account ?? '';
  }

  /** Roles of one account. */
  private trusting(roleArns: RoleArns, externalId: string | undefined): Trusting {
    const { partition, account = '' } = Stack.of(this).splitArn(roleArns[0], ArnFormat.SLASH_RESOURCE_NAME);
    return { roleArns, accountArn: `arn:${partition}:iam::${account}:root`, externalId };
  }

  private arnOf(resource: 'role' | 'policy', resourceName: string): string {
    return Stack.of(this).formatArn({ service: 'iam', region: '', resource, resourceName });
  }

  /** Known beforehand: the policy names the role, and the operator's files do. */
  private nameOf(given: string | undefined, most: number): string {
    const shape = { maxLength: most, separator: '-', allowedSpecialCharacters: '-' };
    const name = given ?? Names.uniqueResourceName(this, shape);
    if (Token.isUnresolved(name) || new RegExp(`^[\\w+=,.@-]{1,${most}}$`).test(name)) return name;
    throw new Error(
      `${this.node.path}: roleName has at most ${most} letters, digits and any of + = , . @ - _, unlike "${name}"`,
    );
  }
}

function tagOf(broker: Broker): string {
  return checkedName(broker.name ?? DEFAULT_NAME);
}
