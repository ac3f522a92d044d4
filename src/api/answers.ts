// What the API answers, as schemas: only the OpenAPI document is made from them.
import * as z from 'zod/mini';
import { CODES } from '../shared/codes.ts';

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
