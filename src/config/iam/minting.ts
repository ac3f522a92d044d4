// Actions that mint what outlives the session: whoever may call one keeps a way in that ending the session does not end.
import { covers } from './published.ts';

interface Minting {
  /** What the caller has afterwards, and why ending the session does not take it away. */
  readonly gives: string;
  readonly actions: readonly string[];
}

/**
 * Decided one by one, from every published action whose name or description speaks of a token, credential, key,
 * password, login, session or URL, and from what calls answer and take where their names say nothing of it. In: what
 * makes or hands out something that is accepted afterwards without asking for the session again. Not in: reading a
 * secret that is there anyway, which its owner rotates; a link to the one object that the action reads or writes;
 * opening a connection that the session itself signs for.
 */
export const MINTING: readonly Minting[] = [
  {
    gives:
      "another principal's credentials, which this session's policy does not cut down and its end does not end",
    actions: [
      ...['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoot'],
      ...['sts:GetDelegatedAccessToken', 'cognito-identity:GetCredentialsForIdentity'],
      ...['eks-auth:AssumeRoleForPodIdentity', 'deadline:AssumeFleetRoleForRead'],
      ...['deadline:AssumeFleetRoleForWorker', 'deadline:AssumeQueueRoleForRead'],
      ...['deadline:AssumeQueueRoleForUser', 'deadline:AssumeQueueRoleForWorker'],
      ...['iq-permission:AssumePermissionRole', 'cloudwatch:AssumeAccessProfile'],
      ...['cloudwatch:GetSpaceCredentials', 'cloudwatch:GetSpaceCredentialsForOrganization'],
      ...['datazone:GetEnvironmentCredentials', 'datazone:GetDomainExecutionRoleCredentials'],
      'datazone:GetConnection',
      ...['cloud9:ModifyTemporaryCredentialsOnEnvironmentEC2', 'glue:GlueNotebookRefreshCredentials'],
      ...['ssm:GetAccessToken', 'ssm:RequestManagedInstanceRoleToken'],
      ...['finspace-api:GetProgrammaticAccessCredentials'],
    ],
  },
  {
    gives: 'a long-lived key or password of an IAM user, good until somebody deletes it',
    actions: [
      ...['iam:CreateAccessKey', 'iam:CreateLoginProfile', 'iam:UpdateLoginProfile'],
      ...['iam:CreateServiceSpecificCredential', 'iam:ResetServiceSpecificCredential'],
      ...['iam:UploadSigningCertificate', 'iam:UploadSSHPublicKey'],
    ],
  },
  {
    gives: 'credentials of the same identity with a time limit of their own',
    actions: ['sts:GetFederationToken', 'sts:GetSessionToken', 'signin:CreateOAuth2Token'],
  },
  {
    gives: 'a code that is traded for credentials later, by whoever gets it',
    actions: ['signin:AuthorizeOAuth2Access', 'iam:SendDelegationToken'],
  },
  {
    gives: 'a signed token that names the role to others, who know nothing of the session',
    actions: [
      ...['sts:GetWebIdentityToken', 'sts:GetServiceBearerToken', 'sso-oauth:CreateTokenWithIAM'],
      ...['cognito-identity:GetOpenIdToken', 'cognito-identity:GetOpenIdTokenForDeveloperIdentity'],
    ],
  },
  {
    gives: "credentials of the grant's own role for the data, for up to 12 hours",
    actions: ['s3:GetDataAccess'],
  },
  {
    gives: 'credentials for the data of a table or partition, which the service issues itself',
    actions: [
      'lakeformation:GetTemporaryGlueTableCredentials',
      'lakeformation:GetTemporaryGluePartitionCredentials',
    ],
  },
  {
    gives: 'credentials for the files of a pipeline or a build, together with it',
    actions: [
      ...['codepipeline:PollForJobs', 'codepipeline:GetJobDetails', 'codepipeline:PollForThirdPartyJobs'],
      ...['codepipeline:GetThirdPartyJobDetails', 'gamelift:RequestUploadCredentials'],
      'gamelift:CreateBuild',
    ],
  },
  {
    gives: 'a login to registries or repositories, for up to 12 hours',
    actions: [
      ...['ecr:GetAuthorizationToken', 'ecr-public:GetAuthorizationToken'],
      ...['codeartifact:GetAuthorizationToken', 'lightsail:CreateContainerServiceRegistryLogin'],
    ],
  },
  {
    gives: 'access keys of a bucket, good until somebody deletes them',
    actions: ['lightsail:CreateBucketAccessKey'],
  },
  {
    gives: 'a user name and password, or a token, for a database or cluster, with a time limit of its own',
    actions: [
      ...['redshift:GetClusterCredentials', 'redshift:GetClusterCredentialsWithIAM'],
      ...['redshift:GetIdentityCenterAuthToken', 'redshift-serverless:GetCredentials'],
      ...['redshift-serverless:GetIdentityCenterAuthToken', 'elasticmapreduce:GetClusterSessionCredentials'],
      ...['elasticmapreduce:GetSessionEndpoint', 'emr-containers:GetManagedEndpointSessionCredentials'],
      ...['emr-serverless:GetSessionEndpoint', 'athena:GetSessionEndpoint', 'glue:GetSessionEndpoint'],
      'finspace:GetKxConnectionString',
    ],
  },
  {
    gives: 'a password that the caller knows, good until somebody changes it',
    actions: [
      ...['cognito-idp:AdminSetUserPassword', 'cognito-idp:SignUp', 'cognito-idp:AdminCreateUser'],
      ...['ds:ResetUserPassword', 'finspace:ResetUserPassword', 'workmail:ResetPassword'],
      ...['sso-directory:UpdatePassword', 'elasticache:CreateUser', 'elasticache:ModifyUser'],
      ...['memorydb:CreateUser', 'memorydb:UpdateUser', 'mq:CreateUser', 'mq:UpdateUser'],
      ...['chime:PutVoiceConnectorTerminationCredentials', 'redshift:CreateClusterUser'],
      ...['kafka:BatchAssociateScramSecret', 'storagegateway:SetSMBGuestPassword'],
      ...['storagegateway:SetLocalConsolePassword', 'storagegateway:UpdateChapCredentials'],
      ...['connect:CreateUser', 'workmail:CreateUser', 'workdocs:CreateUser', 'ds:CreateComputer'],
      ...['ses:CreateIngressPoint', 'ses:UpdateIngressPoint'],
    ],
  },
  {
    gives: "tokens of a user pool's user or client, renewable for as long as the pool says",
    actions: [
      ...['cognito-idp:AdminInitiateAuth', 'cognito-idp:InitiateAuth'],
      ...['cognito-idp:AdminRespondToAuthChallenge', 'cognito-idp:RespondToAuthChallenge'],
      ...['cognito-idp:GetTokensFromRefreshToken', 'cognito-idp:CreateUserPoolClient'],
      'cognito-idp:AddUserPoolClientSecret',
    ],
  },
  {
    gives: 'an API key or token of a service, good until it expires there or somebody deletes it',
    actions: [
      ...['appsync:CreateApiKey', 'appsync:UpdateApiKey', 'geo:CreateKey', 'chime:CreateApiKey'],
      ...['grafana:CreateWorkspaceApiKey', 'grafana:CreateWorkspaceServiceAccountToken'],
      ...['route53globalresolver:CreateAccessToken', 'route53globalresolver:UpdateAccessToken'],
      'aidevops:CreateAccessToken',
      ...['aidevops:RotateAccessToken', 'q:CreateScimAccessToken', 'sso-directory:CreateBearerToken'],
      ...['amplifybackend:CreateToken', 'license-manager:CreateToken', 'license-manager:GetAccessToken'],
      ...['mediapackage:RotateChannelCredentials', 'mediapackage:RotateIngestEndpointCredentials'],
      ...['ivs:CreateStreamKey', 'gamelift:GetComputeAuthToken', 'datazone:RefreshToken'],
      ...['bedrock:CreateDataSourceToken', 'chime:RegenerateSecurityToken', 'chime:CreateBot'],
      ...['managedblockchain:CreateAccessor', 'managedblockchain:GetAccessor', 'ivs:CreateChannel'],
      ...['ivs:CreateIngestConfiguration', 'mediapackage:CreateChannel', 'aidevops:AssociateService'],
      ...['securityagent:UpdateIntegration', 'codebuild:CreateWebhook', 'codebuild:UpdateWebhook'],
      ...['codepipeline:PutWebhook', 'gamelift:GetPlayerConnectionDetails', 'evs:GetDepotUrl'],
    ],
  },
  {
    gives: 'a token for a system outside of AWS, where AWS can take nothing back',
    actions: [
      ...['bedrock-agentcore:GetWorkloadAccessToken', 'bedrock-agentcore:GetWorkloadAccessTokenForJWT'],
      ...['bedrock-agentcore:GetWorkloadAccessTokenForUserId', 'bedrock-agentcore:GetResourceOauth2Token'],
      ...['bedrock-agentcore:GetResourcePaymentToken', 'bedrock-agentcore:CompleteResourceTokenAuth'],
      ...['codeconnections:GetConnectionToken', 'codestar-connections:GetConnectionToken'],
      ...['codeconnections:GetIndividualAccessToken', 'codestar-connections:GetIndividualAccessToken'],
      ...['codeguru-reviewer:CreateConnectionToken', 'amplifyuibuilder:ExchangeCodeForToken'],
      ...['amplifyuibuilder:RefreshToken', 'glue:RefreshOAuth2Tokens', 'wickr:GetOidcInfo'],
    ],
  },
  {
    gives: 'a shell or desktop, which goes on after the session, on a machine with credentials of its own',
    actions: [
      ...['ssm:StartSession', 'ssm:ResumeSession', 'ssm-guiconnect:StartConnection', 'ecs:ExecuteCommand'],
      ...['codebuild:StartSandboxConnection', 'sagemaker:StartSession', 'cloudshell:CreateSession'],
      ...['cloudshell:PutCredentials', 'cloud9:CreateEnvironmentToken', 'gamelift:GetComputeAccess'],
      ...['gamelift:GetInstanceAccess', 'opsworks:GrantAccess', 'lambda:CreateMicrovmAuthToken'],
      ...['lambda:CreateMicrovmShellAuthToken', 'gameliftstreams:CreateStreamSessionAdminShell'],
      ...['lightsail:GetInstanceAccessDetails', 'lightsail:CreateGUISessionAccessDetails'],
    ],
  },
  {
    gives: 'a key that opens machines or file servers to whoever holds it',
    actions: [
      ...['ec2-instance-connect:SendSSHPublicKey', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey'],
      ...['ec2:CreateKeyPair', 'ec2:ImportKeyPair', 'lightsail:CreateKeyPair', 'lightsail:ImportKeyPair'],
      ...['lightsail:DownloadDefaultKeyPair', 'transfer:ImportSshPublicKey', 'transfer:CreateUser'],
    ],
  },
  {
    gives: 'a certificate or an enrolment, with which a machine proves itself until somebody revokes it',
    actions: [
      ...['acm-pca:IssueCertificate', 'iot:CreateKeysAndCertificate', 'iot:CreateCertificateFromCsr'],
      ...['iot:RegisterCertificate', 'iot:RegisterCertificateWithoutCA', 'iot:RegisterCACertificate'],
      ...['iot:CreateProvisioningClaim', 'iot:RegisterThing', 'ssm:CreateActivation'],
      ...['pca-connector-scep:CreateChallenge', 'emr-containers:CreateCertificate'],
      ...['drs:IssueAgentCertificateForDrs', 'mgn:IssueClientCertificateForMgn'],
      ...['iotmanagedintegrations:CreateProvisioningProfile', 'panorama:ProvisionDevice'],
    ],
  },
  {
    gives: 'access tokens of a tunnel into a network',
    actions: ['iot:OpenTunnel', 'iot:RotateTunnelAccessToken'],
  },
  {
    gives: 'a code with which a domain can be moved away',
    actions: ['route53domains:RetrieveDomainAuthCode', 'route53domains:TransferDomainToAnotherAwsAccount'],
  },
  {
    gives: 'a URL or token that logs a browser in, to whoever opens it, for as long as the service says',
    actions: [
      ...['sagemaker:CreatePresignedDomainUrl', 'sagemaker:CreatePresignedNotebookInstanceUrl'],
      ...['sagemaker:CreatePresignedMlflowTrackingServerUrl', 'sagemaker:CreatePresignedMlflowAppUrl'],
      ...['sagemaker:CreatePartnerAppPresignedUrl', 'airflow:CreateCliToken', 'airflow:CreateWebLoginToken'],
      ...['athena:CreatePresignedNotebookUrl', 'elasticmapreduce:CreateStudioPresignedUrl'],
      ...['elasticmapreduce:GetOnClusterAppUIPresignedURL', 'glue:GetDashboardUrl'],
      ...['elasticmapreduce:GetPersistentAppUIPresignedURL', 'emr-serverless:GetDashboardForJobRun'],
      ...['kinesisanalytics:CreateApplicationPresignedUrl', 'quicksight:GenerateEmbedUrlForAnonymousUser'],
      ...['quicksight:GenerateEmbedUrlForRegisteredUser', 'quicksight:GetAnonymousUserEmbedUrl'],
      ...['quicksight:GenerateEmbedUrlForRegisteredUserWithIdentity', 'quicksight:GetDashboardEmbedUrl'],
      ...['quicksight:GetSessionEmbedUrl', 'quicksight:GetAuthCode', 'appstream:CreateStreamingURL'],
      ...['appstream:CreateAppBlockBuilderStreamingURL', 'appstream:CreateImageBuilderStreamingURL'],
      ...['gameliftstreams:CreateStreamUrl', 'gameliftstreams:CreateStreamSessionConnection'],
      ...['nimble:CreateStreamingSessionStream', 'devicefarm:CreateTestGridUrl'],
      ...['qbusiness:CreateAnonymousWebExperienceUrl', 'connect:GetFederationToken'],
      ...['connect:AdminGetEmergencyAccessToken', 'datazone:GetIamPortalLoginUrl', 'datazone:SsoLogin'],
      ...['aidevops:CreateOneTimeLoginSession', 'finops-agent:CreateOneTimeLoginSession'],
      ...['securityagent:CreateOneTimeLoginSession', 'workmail:AssumeImpersonationRole'],
      ...['aws-external-anthropic:AssumeConsole', 'aws-external-anthropic:CreateUserProfileEnrollmentUrl'],
      ...['m2:GetSignedBluinsightsUrl', 'cloudwatch:CreateOneTimeDeepLinkCode'],
    ],
  },
  {
    gives: 'a token, key or URL for live media, meetings or messages, good for hours or longer',
    actions: [
      ...['ivs:CreateParticipantToken', 'ivschat:CreateChatToken', 'iq:GetChatToken'],
      ...['qapps:CreateSubscriptionToken', 'kinesisvideo:GetHLSStreamingSessionURL'],
      ...['kinesisvideo:GetDASHStreamingSessionURL', 'ivs:ImportPlaybackKeyPair', 'ivs:CreateStage'],
      ...['chime:CreateAttendee', 'chime:BatchCreateAttendee', 'chime:CreateMeetingWithAttendees'],
      ...['chime:GetAttendee', 'chime:ListAttendees', 'chime:UpdateAttendeeCapabilities'],
      ...['connect:StartChatContact', 'connect:StartWebRTCContact', 'connect:CreateParticipant'],
    ],
  },
];

/** What outlives the session by minutes only, or only where somebody has allowed it, and what nobody can do without. */
export const WARNED: readonly Minting[] = [
  {
    gives: 'a token for the bucket that works for up to five minutes more',
    actions: ['s3express:CreateSession'],
  },
  {
    gives: 'a user name and password for relays of live media that work for up to five minutes more',
    actions: ['kinesisvideo:GetIceServerConfig'],
  },
  {
    gives:
      'credentials for the data of a table, for up to 12 hours, where Lake Formation is set to hand them to applications',
    actions: ['lakeformation:GetDataAccess'],
  },
];

export interface Minted {
  readonly action: string;
  readonly gives: string;
}

/** What of it the pattern of a statement covers. */
export function mintedBy(pattern: string, all: readonly Minting[] = MINTING): readonly Minted[] {
  return all.flatMap(({ gives, actions }) =>
    actions.filter((action) => covers(pattern, action)).map((action) => ({ action, gives })),
  );
}
