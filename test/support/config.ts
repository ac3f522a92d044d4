// Configs for tests, as checked ones look: plain data with everything that the model demands.
import type {
  AgentDefinition,
  AwsCapability,
  AwsTarget,
  BrokerSettings,
  Config,
  HttpCapability,
  HttpTarget,
  HumanSettings,
  IssuerSettings,
  TargetDefinition,
} from '../../src/config/index.ts';

export function agentDefinition(id: string, given: Partial<AgentDefinition> = {}): AgentDefinition {
  return {
    id,
    digest: 'a'.repeat(64),
    owner: { team: 'Data', email: 'data@example.com', people: [] },
    purpose: 'Build the weekly reports',
    environment: 'production',
    identities: [],
    capabilities: [],
    groups: [],
    maxTaskSeconds: 3600,
    ...given,
  };
}

export function awsCapability(given: Partial<AwsCapability> = {}): AwsCapability {
  return {
    effect: 'read',
    impacts: [],
    parameters: {},
    statements: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme-reports/*'] }],
    ...given,
  };
}

export function awsTarget(id: string, given: Partial<AwsTarget> = {}): AwsTarget {
  return {
    id,
    kind: 'aws',
    environment: 'production',
    sensitivity: 'internal',
    owner: { team: 'Data', email: 'data@example.com' },
    connection: { roleArn: `arn:aws:iam::111122223333:role/bailiwick-${id}` },
    capabilities: { read: awsCapability() },
    ...given,
  };
}

export function httpCapability(given: Partial<HttpCapability> = {}): HttpCapability {
  const routes = ['GET /tickets', 'GET /tickets/{id}'].map((route) => ({ route, otherFields: false }));
  return { effect: 'read', impacts: [], parameters: {}, routes, ...given };
}

export function httpTarget(id: string, given: Partial<HttpTarget> = {}): HttpTarget {
  return {
    id,
    kind: 'http',
    environment: 'production',
    sensitivity: 'confidential',
    owner: { team: 'Support', email: 'support@example.com' },
    connection: { baseUrl: `https://${id}.example.com/api`, private: [], timeoutSeconds: 25 },
    secret: `prod/${id}`,
    inject: [{ header: 'Authorization', value: 'Bearer ${secret.token}' }],
    cookies: 'keep',
    capabilities: { read: httpCapability() },
    ...given,
  };
}

export function humanSettings(given: Partial<HumanSettings> & Pick<IssuerSettings, 'issuer'>): HumanSettings {
  return {
    audience: 'bailiwick-people',
    algorithms: ['ES256'],
    idClaim: 'email',
    groupsClaim: 'groups',
    groups: [],
    claims: {},
    people: [],
    ...given,
  };
}

export interface ConfigParts {
  readonly digest?: string;
  readonly issuers?: readonly IssuerSettings[];
  readonly humans?: HumanSettings | undefined;
  readonly broker?: Partial<BrokerSettings>;
  readonly agents?: readonly AgentDefinition[];
  readonly targets?: readonly TargetDefinition[];
  readonly policies?: string;
  readonly groups?: readonly string[];
}

export function configOf(parts: ConfigParts): Config {
  const { digest = 'd'.repeat(64), issuers = [], humans, agents = [], targets = [], policies } = parts;
  return {
    digest,
    broker: {
      timeZone: 'UTC',
      environments: ['production', 'staging', 'development', 'test'],
      issuers,
      ...(humans === undefined ? {} : { humans }),
      approvals: { expireAfterSeconds: 3600, escalateAfterSeconds: 900, escalateTo: [] },
      ...parts.broker,
    },
    agents: Object.fromEntries(agents.map((agent) => [agent.id, agent])),
    targets: Object.fromEntries(targets.map((target) => [target.id, target])),
    policies: policies === undefined ? [] : [{ file: 'policies/default.cedar', text: policies }],
    groups: parts.groups ?? [],
  };
}
