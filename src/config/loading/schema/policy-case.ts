// policies/tests/**/*.yaml: the operator's own cases, of what an agent does or of what a person does.
import { z } from 'zod';
import { plainAddress } from '../../../shared/addresses.ts';
import { group, id, listOf, text } from './fields.ts';

/** As long as a task may last. */
export const MOST_AGE_SECONDS = 28 * 86_400;
/** As many as policy ever asks for. */
const MOST_APPROVERS = 3;

/** What a refusal can be for that follows from the files alone. */
const CODES = {
  agent: ['denied_by_policy', 'outside_ceiling', 'unknown_agent', 'invalid_request'],
  person: ['not_permitted'],
} as const;

const approvers = () => z.int().min(1).max(MOST_APPROVERS);

const expectFields = {
  policies: listOf(text().describe('The id of a policy.'))
    .describe('Exactly the policies that determine the answer.')
    .exactOptional(),
  approvals: z
    .strictObject({
      count: approvers().describe('How many people.').exactOptional(),
      of: z.record(group(), approvers()).describe('How many of which group.').exactOptional(),
    })
    .describe('Whose approval it takes.')
    .exactOptional(),
};

function expected<const C extends readonly string[]>(codes: C) {
  return z
    .strictObject({
      ...expectFields,
      code: z.enum(codes).describe('The code of the refusal.').exactOptional(),
    })
    .describe('What the answer must be beside its outcome. What is left out may be anything.')
    .default({});
}

const about = text().describe('What the case is about.').exactOptional();

const ofTask = {
  purpose: text().describe("The task's purpose. That of the agent unless given.").exactOptional(),
  requester: z
    .strictObject({
      id: text().describe("The person's id."),
      proven: z.boolean().default(false).describe('Whether a token proved it.'),
    })
    .describe('The person it is done for.')
    .exactOptional(),
  age: z
    .int()
    .min(0)
    .max(MOST_AGE_SECONDS)
    .describe('How many seconds ago the task was opened. 0 unless given.')
    .exactOptional(),
};

const MOMENTS = [z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })];

function isMoment(given: string): boolean {
  return MOMENTS.some((moment) => moment.safeParse(given).success);
}

const texts = (meaning: string) => listOf(text().describe('One of them.')).default([]).describe(meaning);

const operation = z
  .strictObject({
    http: z
      .strictObject({
        method: z
          .string()
          .regex(/^[A-Z]+$/u, 'must be in capitals, as in `GET`')
          .describe('The method.'),
        route: text().describe("The route, as the target's file writes it."),
      })
      .describe('The request, for targets of kind http.')
      .exactOptional(),
    sql: z
      .strictObject({
        statements: texts('The kinds of its statements, as in `select`.'),
        reads: texts('The tables that it reads.'),
        writes: texts('The tables that it writes.'),
        functions: texts('The functions that it calls.'),
      })
      .describe('The statement, for targets of kind postgres and mysql.')
      .exactOptional(),
    command: z
      .strictObject({ argv: z.array(z.string()).min(1).describe('The program and its arguments.') })
      .describe('What is run, for targets of kind ssh and kubernetes.')
      .exactOptional(),
    kubernetes: z
      .strictObject({
        namespace: text().describe('The namespace.'),
        pod: text().describe('The pod.'),
        container: text().describe('The container.').exactOptional(),
      })
      .describe('Where it is run, for targets of kind kubernetes.')
      .exactOptional(),
    maxRows: z.int().min(1).describe('How many rows it asks for at most.').exactOptional(),
    export: z.literal(true).describe('That it asks for more than a read is capped at.').exactOptional(),
  })
  .describe('What is known of the operation beside its capability and parameters.')
  .default({});

export const agentCaseSchema = z
  .strictObject({
    about,
    agent: id().describe('Who asks. The only agent, where there is but one.').exactOptional(),
    capability: z
      .string()
      .regex(/^[a-z0-9-]{2,40}:[a-z0-9-]{2,40}$/u, 'must be `target:capability`, as in `orders-db:read`')
      .describe('What it asks for, as `target:capability`.'),
    parameters: z
      .record(z.string(), z.string())
      .default({})
      .describe("The capability's parameters and their values."),
    ...ofTask,
    above: z
      .array(
        z.strictObject({ agent: id().describe('Whose task it is.'), ...ofTask }).describe('A task above.'),
      )
      .default([])
      .describe('The tasks above, which delegated to this one: the root first.'),
    at: z
      .string()
      .refine(isMoment, 'must be a moment with its offset, as in `2026-05-04T10:00:00+02:00`')
      .default('2026-01-07T12:00:00Z')
      .describe('When it is asked.'),
    from: z
      .string()
      .refine((address) => plainAddress(address) !== undefined, 'must be an address, as in `203.0.113.7`')
      .default('127.0.0.1')
      .describe("The caller's address."),
    operation,
    expect: expected(CODES.agent),
  })
  .describe('What an agent asks for, and what the answer must be.');

export const personCaseSchema = z
  .strictObject({
    about,
    human: z
      .strictObject({
        id: text().describe("The person's id."),
        groups: listOf(group().describe('A group.'))
          .describe('The groups they are in. Those that broker.yaml gives them unless given.')
          .exactOptional(),
      })
      .describe('Who does it.'),
    does: z
      .enum(['approve', 'contain', 'restore', 'audit'])
      .describe('What they do: approve, contain, restore or audit.'),
    to: z
      .strictObject({
        agent: id().describe('The agent, or whose task or approval it is.').exactOptional(),
        target: id().describe('Of an approval: the target that the agent waits for.').exactOptional(),
        task: z.literal(true).describe("That it is about one of the agent's tasks.").exactOptional(),
      })
      .describe('To whom or what. The broker itself unless given.')
      .exactOptional(),
    expect: expected(CODES.person),
  })
  .describe('What a person does, and what the answer must be.');
