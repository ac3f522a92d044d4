// What the API answers, as schemas: the OpenAPI document is made from them, and the command reads answers by them.
import * as z from 'zod/mini';
import { CODES } from '../shared/codes.ts';
import { OAUTH_ERRORS } from './oauth.ts';

const capability = z.string();
const parameters = z.record(z.string(), z.string());

const instant = z.iso.datetime();

const decisionView = z.object({
  outcome: z.enum(['allowed', 'denied', 'needsApproval']),
  code: z.optional(z.enum(CODES)),
  approvals: z.optional(z.object({ count: z.int(), of: z.record(z.string(), z.int()) })),
  policies: z.array(z.string()),
  configDigest: z.string(),
});

const taskView = z.object({
  id: z.string(),
  agent: z.string(),
  status: z.enum(['open', 'finished', 'expired', 'revoked']),
  purpose: z.string(),
  requester: z.optional(z.object({ id: z.string(), proven: z.boolean() })),
  delegation: z.optional(z.string()),
  ancestors: z.optional(z.array(z.object({ task: z.string(), agent: z.string() }))),
  capabilities: z.array(z.object({ capability, parameters, decision: decisionView })),
  openedAt: instant,
  expiresAt: instant,
});

export const openTaskAnswer = z.object({
  task: taskView,
  token: z.string(),
});

export const taskAnswer = z.object({ task: taskView });

export const finishTaskAnswer = z.object({
  task: taskView,
  revocation: z.enum(['none', 'pending', 'inForce']),
});

export const delegationAnswer = z.object({
  delegation: z.object({
    id: z.string(),
    task: z.string(),
    agent: z.string(),
    capabilities: z.array(z.object({ capability, parameters })),
    expiresAt: instant,
  }),
});

export const tokenAnswer = z.object({
  access_token: z.string(),
  issued_token_type: z.string(),
  token_type: z.enum(['Bearer', 'DPoP']),
  expires_in: z.int(),
  scope: z.string(),
  authorization_details: z.optional(z.array(z.looseObject({ type: z.string() }))),
  task: z.string(),
});

/** What the token endpoint refuses with. */
export const tokenError = z.object({
  error: z.enum(OAUTH_ERRORS),
  error_description: z.string(),
  code: z.enum(CODES),
  requestId: z.string(),
  errors: z.optional(z.array(z.object({ path: z.string(), problem: z.string() }))),
  decision: z.optional(decisionView),
});

export const tasksAnswer = z.object({ tasks: z.array(taskView), cursor: z.optional(z.string()) });

const seen = z.object({ at: instant, address: z.optional(z.string()) });

const agentView = z.object({
  id: z.string(),
  owner: z.object({ team: z.string(), email: z.string(), people: z.array(z.string()) }),
  purpose: z.string(),
  environment: z.string(),
  capabilities: z.array(z.string()),
  groups: z.array(z.string()),
  maxTaskSeconds: z.int(),
  digest: z.string(),
  status: z.enum(['active', 'quarantined', 'disabled']),
  since: z.optional(instant),
  by: z.optional(z.string()),
  reason: z.optional(z.string()),
  lastSeen: z.optional(seen),
  openTasks: z.int(),
  openTasksAtLeast: z.optional(z.boolean()),
  reviewBy: z.optional(z.string()),
  review: z.enum(['none', 'current', 'overdue']),
  attested: z.optional(z.object({ at: instant, by: z.string(), reason: z.string(), digest: z.string() })),
  changedSinceReview: z.boolean(),
  awaitingAttestation: z.array(z.string()),
});

export const agentsAnswer = z.object({ agents: z.array(agentView), cursor: z.optional(z.string()) });

export const agentAnswer = z.object({ agent: agentView });

export const sightingsAnswer = z.object({
  sightings: z.array(
    z.object({
      issuer: z.string(),
      subject: z.string(),
      claims: z.record(z.string(), z.unknown()),
      firstSeen: instant,
      lastSeen: instant,
      count: z.int(),
      from: z.array(z.object({ address: z.string(), count: z.int(), lastSeen: instant })),
      moreAddresses: z.optional(z.boolean()),
      tokenHash: z.string(),
    }),
  ),
  cursor: z.optional(z.string()),
});

export const refusedTokensAnswer = z.object({
  refusedTokens: z.array(
    z.object({
      minute: z.string(),
      issuer: z.string(),
      reason: z.string(),
      address: z.string(),
      agent: z.optional(z.string()),
      count: z.int(),
      tokenHash: z.string(),
    }),
  ),
  cursor: z.optional(z.string()),
});

export const credentialsAnswer = z.object({
  credentials: z.object({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string(),
    expiration: instant,
  }),
  call: z.string(),
});

export const eventsAnswer = z.object({
  events: z.array(z.looseObject({ id: z.string(), at: instant, type: z.string() })),
  cursor: z.optional(z.string()),
});

export const healthAnswer = z.object({ status: z.literal('ok') });

export const problemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(CODES),
  detail: z.string(),
  requestId: z.string(),
  errors: z.optional(z.array(z.object({ path: z.string(), problem: z.string() }))),
  decision: z.optional(decisionView),
  call: z.optional(z.string()),
});
