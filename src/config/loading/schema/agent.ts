// agents/*.yaml: who an agent is, what proves it, what it may ever ask for.
import { z } from 'zod';
import { claims } from './claims.ts';
import { date, email, group, id, listOf, seconds, text } from './fields.ts';
import { ranges } from './ranges.ts';

/**
 * No task may outlive the key of its token. Keys rotate every 30 days, and the rotation after drops the one before. But
 * that one still signs for a day, while everybody learns of the new one, and a rotation comes at any hour of its day,
 * so that two may be but 29 days apart.
 */
const MOST_TASK_SECONDS = 28 * 86_400;

const identity = z
  .strictObject({
    issuer: text().describe("One of broker.yaml's issuers."),
    claims: claims()
      .refine((given) => Object.keys(given).length > 0, {
        error: 'must name at least one claim: without any, every token of the issuer would be this agent',
      })
      .describe(
        'The claims its tokens have, each exactly so; `{ match: … }` marks a pattern, and claims may hold members.',
      ),
  })
  .describe('One way to prove that it is this agent.');

export const agentSchema = z
  .strictObject({
    id: id().describe("The agent's id, the same as the file's name."),
    owner: z
      .strictObject({
        team: text().describe('The team that answers for the agent.'),
        email: email().describe('Where that team is reached.'),
        people: listOf(text().describe("A person's id."))
          .default([])
          .describe('Ids of the people who own it. They never approve for it.'),
      })
      .describe('Who answers for the agent.'),
    purpose: text().describe('What the agent is for, in words that an approver understands.'),
    environment: text().describe(
      'Where it lives: production, staging, development, test, or one of the environments of broker.yaml.',
    ),
    identities: z.array(identity).min(1).describe('What proves the agent. Any one of them does.'),
    capabilities: listOf(
      z
        .string()
        .regex(/^[a-z0-9-]{2,40}:[a-z0-9-]{2,40}$/u, 'must be `target:capability`, as in `orders-db:read`')
        .describe('`target:capability`.'),
    ).describe('The most it may ever ask for.'),
    groups: listOf(group().describe('A group.'))
      .default([])
      .describe('Groups it is in, for policies to speak of.'),
    maxTaskSeconds: seconds(MOST_TASK_SECONDS)
      .default(3600)
      .describe('How long one of its tasks may last: at most 28 days.'),
    reviewBy: date()
      .describe(
        'The day until which its owner vouches for it. Past it, it opens no task until it is attested.',
      )
      .exactOptional(),
    from: ranges(
      'Where its calls come from, as ranges of addresses. From anywhere unless given.',
    ).exactOptional(),
    requireProof: z
      .boolean()
      .describe('Whether its tasks are opened only with a proof of possession (DPoP) of a key.')
      .exactOptional(),
  })
  .describe('An agent.');
