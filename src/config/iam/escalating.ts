// Actions with which a principal makes itself, or something that it commands, stronger than it was meant to be.
import { covers } from './published.ts';

interface Escalating {
  /** What it is used for. */
  readonly how: string;
  readonly actions: readonly string[];
  /** Only together with all of these. */
  readonly with?: readonly string[];
}

const PASS = ['iam:PassRole'];

/** Each found in published accounts of how principals escalated, and in what AWS says the action does. */
export const ESCALATING: readonly Escalating[] = [
  {
    how: 'gives a user, group or role more permissions',
    actions: [
      ...['iam:AttachUserPolicy', 'iam:AttachGroupPolicy', 'iam:AttachRolePolicy', 'iam:PutUserPolicy'],
      ...['iam:PutGroupPolicy', 'iam:PutRolePolicy', 'iam:AddUserToGroup'],
    ],
  },
  {
    how: 'changes what a managed policy says for all that it is attached to',
    actions: ['iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion'],
  },
  { how: 'lets itself, or anyone, assume a role', actions: ['iam:UpdateAssumeRolePolicy'] },
  {
    how: 'takes away what holds a principal back',
    actions: [
      ...['iam:DeleteRolePermissionsBoundary', 'iam:DeleteUserPermissionsBoundary'],
      ...['iam:PutRolePermissionsBoundary', 'iam:PutUserPermissionsBoundary', 'iam:DetachRolePolicy'],
      ...['iam:DetachUserPolicy', 'iam:DetachGroupPolicy', 'iam:DeleteRolePolicy', 'iam:DeleteUserPolicy'],
      ...[
        'iam:DeleteGroupPolicy',
        'iam:DeactivateMFADevice',
        'sso:DeletePermissionsBoundaryFromPermissionSet',
      ],
      ...['organizations:DetachPolicy', 'organizations:DeletePolicy', 'organizations:UpdatePolicy'],
      'organizations:LeaveOrganization',
    ],
  },
  {
    how: 'logs in as an IAM user',
    actions: [
      ...['iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile', 'iam:UpdateAccessKey'],
      ...['iam:CreateServiceSpecificCredential', 'iam:ResetServiceSpecificCredential'],
      ...['iam:UpdateServiceSpecificCredential', 'iam:UploadSigningCertificate', 'iam:UploadSSHPublicKey'],
      ...['iam:EnableMFADevice', 'iam:ResyncMFADevice'],
    ],
  },
  {
    how: 'becomes another role',
    actions: [
      ...['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoot'],
      'sts:GetDelegatedAccessToken',
    ],
  },
  {
    how: "moves the account's root user to another email address, where its password is reset",
    actions: ['account:StartPrimaryEmailUpdate', 'account:AcceptPrimaryEmailUpdate'],
  },
  { how: "grants a third party's request for access", actions: ['iam:AcceptDelegationRequest'] },
  {
    how: 'trusts an issuer of identities, and with it whomever that vouches for',
    actions: [
      ...['iam:CreateSAMLProvider', 'iam:UpdateSAMLProvider', 'iam:CreateOpenIDConnectProvider'],
      ...['iam:AddClientIDToOpenIDConnectProvider', 'iam:UpdateOpenIDConnectProviderThumbprint'],
      ...['rolesanywhere:CreateTrustAnchor', 'rolesanywhere:UpdateTrustAnchor'],
      ...['sso:CreateTrustedTokenIssuer', 'sso:UpdateTrustedTokenIssuer'],
    ],
  },
  {
    how: 'hands out access to accounts',
    actions: [
      ...['sso:CreateAccountAssignment', 'sso:AttachManagedPolicyToPermissionSet'],
      ...['sso:AttachCustomerManagedPolicyReferenceToPermissionSet', 'sso:PutInlinePolicyToPermissionSet'],
      ...['identitystore:CreateGroupMembership', 'iam:EnableOrganizationsRootSessions'],
      'sso-directory:AddMemberToGroup',
      'iam:EnableOrganizationsRootCredentialsManagement',
    ],
  },
  {
    how: 'meets conditions on tags that grant access',
    actions: ['iam:TagRole', 'iam:TagUser', 'sts:TagSession'],
  },
  { how: 'gives any service that it can use any role that it may pass', actions: ['iam:PassRole'] },
  {
    how: 'runs its own code as a role that something there has already',
    actions: [
      ...['lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration', 'glue:UpdateDevEndpoint'],
      ...['glue:UpdateJob', 'glue:RunStatement', 'ssm:SendCommand', 'ssm:StartSession', 'ssm:ResumeSession'],
      ...['ssm:CreateAssociation', 'ssm:UpdateAssociation', 'ssm:StartAutomationExecution'],
      ...['ecs:ExecuteCommand', 'ec2:ModifyInstanceAttribute', 'ec2:CreateLaunchTemplateVersion'],
      ...['ec2-instance-connect:SendSSHPublicKey', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey'],
      ...['codebuild:StartBuild', 'codebuild:StartBuildBatch', 'codebuild:UpdateProject'],
      ...['codebuild:StartSandboxConnection', 'sagemaker:CreatePresignedNotebookInstanceUrl'],
      ...['sagemaker:CreatePresignedDomainUrl', 'sagemaker:UpdateNotebookInstanceLifecycleConfig'],
      ...['sagemaker:StartSession', 'elasticmapreduce:AddJobFlowSteps', 'emr-serverless:StartJobRun'],
      ...['states:UpdateStateMachine', 'codepipeline:UpdatePipeline', 'codedeploy:CreateDeployment'],
      ...['synthetics:UpdateCanary', 'kinesisanalytics:UpdateApplication', 'batch:SubmitJob'],
      ...['bedrock-agentcore:InvokeCodeInterpreter', 'datapipeline:PutPipelineDefinition', 'ecs:RunTask'],
      ...['elasticbeanstalk:UpdateEnvironment', 'elasticbeanstalk:CreateApplicationVersion'],
    ],
  },
  {
    how: 'has CloudFormation or Service Catalog create what it could not, with the permissions of their role',
    actions: [
      ...['cloudformation:UpdateStack', 'cloudformation:ExecuteChangeSet', 'cloudformation:UpdateStackSet'],
      ...['cloudformation:CreateStackInstances', 'servicecatalog:ProvisionProduct'],
      'servicecatalog:UpdateProvisionedProduct',
    ],
  },
  {
    how: 'decides which role the users of an identity pool get',
    actions: ['cognito-identity:SetIdentityPoolRoles'],
    with: PASS,
  },
  {
    how: 'opens a cluster to a principal',
    actions: ['eks:CreateAccessEntry', 'eks:AssociateAccessPolicy', 'eks:UpdateAccessEntry'],
  },
  {
    how: 'opens a key, a secret, a function or an account to others',
    actions: [
      ...['kms:CreateGrant', 'kms:PutKeyPolicy', 'secretsmanager:PutResourcePolicy', 'lambda:AddPermission'],
      ...['ram:CreateResourceShare', 'organizations:InviteAccountToOrganization'],
    ],
  },
  {
    how: 'starts something new that runs its code, or its template, as a role that it passes',
    actions: [
      ...['lambda:CreateFunction', 'cloudformation:CreateStack', 'cloudformation:CreateChangeSet'],
      ...['cloudformation:CreateStackSet', 'ec2:RunInstances', 'ec2:RequestSpotInstances'],
      ...['ec2:RequestSpotFleet', 'ec2:CreateFleet', 'ec2:AssociateIamInstanceProfile'],
      ...['ec2:ReplaceIamInstanceProfileAssociation', 'iam:AddRoleToInstanceProfile'],
      ...['autoscaling:CreateLaunchConfiguration', 'autoscaling:CreateAutoScalingGroup'],
      ...['ecs:RegisterTaskDefinition', 'ecs:StartTask', 'ecs:CreateService', 'ecs:UpdateService'],
      ...['glue:CreateDevEndpoint', 'glue:CreateJob', 'glue:CreateSession', 'codebuild:CreateProject'],
      ...['sagemaker:CreateNotebookInstance', 'sagemaker:CreateTrainingJob', 'sagemaker:CreateProcessingJob'],
      ...['sagemaker:CreateHyperParameterTuningJob', 'sagemaker:CreatePipeline', 'sagemaker:CreateModel'],
      ...['datapipeline:CreatePipeline', 'states:CreateStateMachine', 'scheduler:CreateSchedule'],
      ...['scheduler:UpdateSchedule', 'events:PutTargets', 'pipes:CreatePipe', 'pipes:UpdatePipe'],
      ...['batch:RegisterJobDefinition', 'apprunner:CreateService', 'apprunner:UpdateService'],
      ...['elasticmapreduce:RunJobFlow', 'elasticbeanstalk:CreateEnvironment', 'synthetics:CreateCanary'],
      ...['codepipeline:CreatePipeline', 'kinesisanalytics:CreateApplication', 'braket:CreateJob'],
      ...['bedrock:CreateAgent', 'bedrock-agentcore:CreateCodeInterpreter', 'appsync:CreateDataSource'],
      ...['bedrock-agentcore:CreateAgentRuntime', 'imagebuilder:CreateInfrastructureConfiguration'],
      ...['eks:CreatePodIdentityAssociation', 'eks:UpdatePodIdentityAssociation'],
      ...['rolesanywhere:CreateProfile', 'rolesanywhere:UpdateProfile', 'amplify:CreateApp'],
    ],
    with: PASS,
  },
];

export interface Escalation {
  readonly action: string;
  readonly how: string;
}

/** What the patterns, all of one principal, let it escalate by. */
export function escalationsIn(patterns: readonly string[]): readonly Escalation[] {
  const holds = (action: string) => patterns.some((pattern) => covers(pattern, action));
  return ESCALATING.flatMap(({ how, actions, with: needed = [] }) => {
    if (!needed.every(holds)) return [];
    const together = needed.length === 0 ? '' : `, together with ${needed.join(' and ')}`;
    return actions.filter(holds).map((action) => ({ action, how: `${how}${together}` }));
  });
}
