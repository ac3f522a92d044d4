// The schemas that parse requests and describe responses. `/openapi.json` is generated from these same ones.
import { z } from 'zod';
import { CODES } from '../shared/codes.ts';

const capabilityName = z
  .string()
  .min(3)
  .max(81)
  .regex(/^[a-z0-9-]{2,40}:[a-z0-9-]{2,40}$/)
  .describe('`target:capability`, as in `reports:read`');

const parameters = z.record(z.string().max(64), z.string().max(1024)).describe("The capability's parameters");

const requestedCapability = z.strictObject({ capability: capabilityName, parameters: parameters.optional() });

const person = z.string().trim().min(1).max(256);

export const openTaskBody = z.strictObject({
  purpose: z
    .string()
    .trim()
    .min(1)
    .max(2000)
    .describe('What the task is for, in words that a person understands'),
  requester: person.optional().describe('The person it is done for, as the agent claims'),
  requesterToken: z
    .string()
    .min(1)
    .max(16_384)
    .optional()
    .describe("That person's own token, which proves it"),
  capabilities: z.array(requestedCapability).min(1).max(100),
  ttlSeconds: z.int().min(1).optional().describe("Left out, the agent's `maxTaskSeconds`"),
});

export const noBody = z.strictObject({}).describe('Nothing');

export const credentialsBody = z.union([
  requestedCapability,
  z.strictObject({ capabilities: z.array(requestedCapability).min(1).max(20).describe('All of one target') }),
]);

export const listQuery = z.strictObject({
  // Digits only: what else JavaScript takes for a number (` 5`, `0x10`, `1e2`) is a mistake here.
  limit: z.preprocess(
    (text) => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text),
    z.int({ error: 'must be a whole number from 1 to 500' }).min(1).max(500).default(100),
  ),
  cursor: z.string().min(1).max(4096).optional(),
});

const instant = z.iso.datetime();

export const decisionView = z.object({
  outcome: z.enum(['allowed', 'denied', 'needsApproval']),
  code: z.enum(CODES).optional(),
  approvals: z.object({ count: z.int(), of: z.record(z.string(), z.int()) }).optional(),
  policies: z.array(z.string()),
  configDigest: z.string(),
});

export const taskView = z.object({
  id: z.string(),
  agent: z.string(),
  status: z.enum(['open', 'finished', 'expired', 'revoked']),
  purpose: z.string(),
  requester: z.object({ id: z.string(), proven: z.boolean() }).optional(),
  capabilities: z.array(z.object({ capability: capabilityName, parameters, decision: decisionView })),
  openedAt: instant,
  expiresAt: instant,
});

export const openTaskAnswer = z.object({
  task: taskView,
  token: z.string().describe('The task token, `bwt_…`: everything under the task takes it'),
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
  cursor: z.string().optional(),
});

export const healthAnswer = z.object({ status: z.literal('ok') });

export const problemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(CODES),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), problem: z.string() })).optional(),
  decision: decisionView.optional(),
  call: z.string().optional(),
});
