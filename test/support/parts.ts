// The operator's files of the usual world: two agents, three targets, one issuer of agents and people.
import { readFileSync } from 'node:fs';
import { agentDefinition, awsCapability, awsTarget, type ConfigParts, humanSettings } from './config.ts';
import { createIssuer } from './issuer.ts';

export const ISSUER = createIssuer('https://issuer.example.com', ['ES256']);
export const ISSUER_URL = ISSUER.issuer;
export const AGENT = 'report-builder';
export const OTHER_AGENT = 'ledger-bot';
export const PERSON = 'dana@example.com';
export const PUBLIC_URL = 'https://bailiwick.example.com';
export const DEFAULT_POLICIES = readFileSync(
  new URL('../cases/policy/default.cedar', import.meta.url),
  'utf8',
);

const rulesOf = (audience: string) => ({ issuer: ISSUER.issuer, audience, algorithms: ['ES256'] });
const PREFIX = { prefix: { pattern: '[a-z0-9-]{1,40}' } };
const CEILING = ['read', 'list', 'brief', 'write', 'purge', 'wide'].map((name) => `reports:${name}`);

const REPORTS = awsTarget('reports', {
  capabilities: {
    read: awsCapability({
      parameters: PREFIX,
      statements: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme-reports/${prefix}/*'] }],
    }),
    list: awsCapability({
      statements: [{ actions: ['s3:ListBucket'], resources: ['arn:aws:s3:::acme-reports'] }],
    }),
    brief: awsCapability({ maxSessionSeconds: 300 }),
    write: awsCapability({ effect: 'write' }),
    purge: awsCapability({ effect: 'admin', impacts: ['destroy'] }),
    wide: awsCapability({
      statements: [{ actions: ['s3:GetObject'], resources: [`arn:aws:s3:::acme-${'x'.repeat(2000)}/*`] }],
    }),
  },
});

export const TARGETS = [REPORTS, awsTarget('ledger'), awsTarget('sandbox', { environment: 'staging' })];

export const PARTS: ConfigParts = {
  issuers: [rulesOf('bailiwick')],
  humans: humanSettings(rulesOf('bailiwick-people')),
  agents: [
    agentDefinition(AGENT, {
      identities: [{ issuer: ISSUER.issuer, claims: { sub: AGENT } }],
      capabilities: [...CEILING, 'ledger:read', 'sandbox:read'],
      maxTaskSeconds: 8 * 3600,
      reviewBy: '2026-12-31',
    }),
    agentDefinition(OTHER_AGENT, {
      identities: [{ issuer: ISSUER.issuer, claims: { sub: OTHER_AGENT } }],
      capabilities: ['ledger:read'],
    }),
  ],
  targets: TARGETS,
  policies: DEFAULT_POLICIES,
  groups: ['operators', 'security'],
};
