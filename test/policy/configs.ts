// Small configs for policy tests: one agent and one target under question, and one more of each to name.
import { readFileSync } from 'node:fs';
import type {
  AgentDefinition,
  AwsCapability,
  Config,
  Effect,
  Impact,
  TargetDefinition,
} from '../../src/config/index.ts';

const DEFAULT_POLICIES = readFileSync(new URL('../cases/policy/default.cedar', import.meta.url), 'utf8');

interface AgentChoice {
  readonly environment?: string | undefined;
  readonly groups?: readonly string[] | undefined;
}

interface TargetChoice {
  readonly environment?: string | undefined;
  readonly sensitivity?: TargetDefinition['sensitivity'] | undefined;
  readonly group?: string | undefined;
}

export interface ConfigChoice {
  readonly policies?: string | undefined;
  readonly agent?: AgentChoice | undefined;
  readonly target?: TargetChoice | undefined;
  readonly groups?: readonly string[] | undefined;
  /** What the capabilities of the target in question declare. */
  readonly impacts?: readonly Impact[] | undefined;
  readonly timeZone?: string | undefined;
}

export const AGENT = 'support-bot';
export const TARGET = 'orders-db';
const GROUPS = ['operators', 'orders-owners', 'security', 'support'];

function agent(id: string, { environment = 'production', groups = [] }: AgentChoice): AgentDefinition {
  return {
    id,
    digest: 'a'.repeat(64),
    owner: { team: 'Support', email: 'support@example.com', people: [] },
    purpose: 'Answer tickets',
    environment,
    identities: [],
    capabilities: [],
    groups,
    maxTaskSeconds: 3600,
  };
}

function capability(effect: Effect, impacts: readonly Impact[]): AwsCapability {
  const statements = [{ actions: ['s3:GetObject', 's3:ListBucket'], resources: ['*'] }];
  return { effect, impacts, parameters: { prefix: { pattern: '.*' } }, statements };
}

function target(
  id: string,
  { environment = 'production', sensitivity = 'internal', group }: TargetChoice,
  impacts: readonly Impact[] = [],
): TargetDefinition {
  return {
    id,
    kind: 'aws',
    environment,
    sensitivity,
    owner: { team: 'Orders', email: 'orders@example.com', ...(group === undefined ? {} : { group }) },
    connection: { roleArn: 'arn:aws:iam::111122223333:role/bailiwick-orders' },
    capabilities: {
      read: capability('read', impacts),
      write: capability('write', impacts),
      admin: capability('admin', impacts),
    },
  };
}

export function makeConfig(choice: ConfigChoice = {}): Config {
  return {
    digest: 'd'.repeat(64),
    broker: {
      timeZone: choice.timeZone ?? 'UTC',
      environments: ['production', 'staging', 'development', 'test'],
      issuers: [],
      approvals: { expireAfterSeconds: 3600, escalateAfterSeconds: 900, escalateTo: [] },
    },
    agents: {
      [AGENT]: agent(AGENT, choice.agent ?? {}),
      'report-builder': agent('report-builder', { environment: 'staging' }),
    },
    targets: {
      [TARGET]: target(TARGET, choice.target ?? {}, choice.impacts),
      reports: target('reports', { environment: 'staging', group: 'support' }),
    },
    policies: [{ file: 'policies/default.cedar', text: choice.policies ?? DEFAULT_POLICIES }],
    groups: [...new Set([...GROUPS, ...(choice.groups ?? [])])].sort(),
  };
}
