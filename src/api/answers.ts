// What the API answers, as schemas: the OpenAPI document is made from them, and the command reads answers by them.
import * as z from 'zod/mini';
import { APPROVAL_STATUSES } from '../approvals/index.ts';
import { CODES } from '../shared/codes.ts';
import { CALL_STATUSES } from '../tasks/index.ts';
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

const needed = z.object({ count: z.int(), of: z.record(z.string(), z.int()) });
const approvalStatus = z.enum(APPROVAL_STATUSES);
const vote = z.enum(['approve', 'deny']);

export const awaitingAnswer = z.object({
  call: z.string(),
  approval: z.object({ id: z.string(), needed, expiresAt: instant }),
  statusUrl: z.string(),
});

export const callAnswer = z.object({
  call: z.object({
    id: z.string(),
    task: z.string(),
    status: z.enum(CALL_STATUSES),
    kind: z.string(),
    requestLine: z.optional(z.string()),
    requestedAt: instant,
    endedAt: z.optional(instant),
    operation: z.unknown(),
    decision: z.optional(decisionView),
    approval: z.optional(
      z.object({
        id: z.string(),
        status: approvalStatus,
        needed,
        expiresAt: instant,
        decisions: z.array(
          z.object({ by: z.string(), decision: vote, reason: z.optional(z.string()), at: instant }),
        ),
      }),
    ),
    refusal: z.optional(z.looseObject({ code: z.enum(CODES), detail: z.string() })),
    response: z.optional(z.object({ status: z.int(), url: z.string() })),
  }),
});

const shown = z.object({ text: z.string(), characters: z.int(), isComplete: z.boolean() });

/** What an approver is shown, in the words of page, mail and channel. */
const cardView = z.object({
  title: z.string(),
  effect: z.enum(['read', 'write', 'admin']),
  facts: z.array(
    z.object({ part: z.enum(['who', 'what', 'basis']), name: z.string(), values: z.array(z.string()) }),
  ),
  operation: shown,
  warnings: z.array(z.string()),
  wayBack: z.string(),
  words: z.array(z.object({ name: z.string(), text: shown })),
});

const approvalView = z.object({
  id: z.string(),
  call: z.string(),
  task: z.string(),
  agent: z.string(),
  target: z.string(),
  kind: z.string(),
  effect: z.enum(['read', 'write', 'admin']),
  status: approvalStatus,
  requestLine: z.optional(z.string()),
  requester: z.optional(z.string()),
  needed,
  missing: z.optional(needed),
  createdAt: instant,
  expiresAt: instant,
  end: z.optional(z.object({ at: instant, why: z.string(), by: z.optional(z.string()) })),
  card: cardView,
  decisions: z.array(
    z.object({
      by: z.string(),
      name: z.optional(z.string()),
      decision: vote,
      reason: z.optional(z.string()),
      at: instant,
      channel: z.string(),
    }),
  ),
});

export const approvalAnswer = z.object({ approval: approvalView });

export const approvalsAnswer = z.object({ approvals: z.array(approvalView), cursor: z.optional(z.string()) });

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
