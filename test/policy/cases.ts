// Reads the policy cases: small YAML files, whose folder is the verdict they expect.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { IMPACTS } from '../../src/config/index.ts';
import type { Operation } from '../../src/policy/index.ts';

const choices = {
  about: z.string(),
  policies: z.string().optional(),
  agent: z
    .strictObject({ environment: z.string().optional(), groups: z.array(z.string()).optional() })
    .optional(),
  target: z
    .strictObject({
      environment: z.string().optional(),
      sensitivity: z.enum(['public', 'internal', 'confidential', 'restricted']).optional(),
      group: z.string().optional(),
    })
    .optional(),
  groups: z.array(z.string()).optional(),
};

const approvals = z.strictObject({ count: z.number(), of: z.record(z.string(), z.number()) });

export const VerdictCase = z.strictObject({
  ...choices,
  effect: z.enum(['read', 'write', 'admin']).default('read'),
  impacts: z.array(z.enum(IMPACTS)).default([]),
  timeZone: z.string().optional(),
  at: z.string().default('2026-03-04T12:00:00.000Z'),
  address: z.string().default('192.0.2.1'),
  operation: z
    .looseObject({ parameters: z.record(z.string(), z.string()).optional() })
    .transform((given) => given as Partial<Operation>)
    .default({}),
  task: z
    .strictObject({
      purpose: z.string().optional(),
      chainDepth: z.number().optional(),
      age: z.number().default(0),
      requester: z.strictObject({ id: z.string(), proven: z.boolean() }).optional(),
    })
    .default({ age: 0 }),
  /** Instead of the agent's question, a person's. */
  person: z
    .strictObject({
      groups: z.array(z.string()),
      does: z.enum(['contain', 'restore', 'audit', 'approve']),
      to: z.enum([
        'agent',
        'task',
        'broker',
        'approval',
        'forgotten-agent',
        'task-of-forgotten-agent',
        'approval-of-forgotten-target',
      ]),
    })
    .optional(),
  expect: z.strictObject({ policies: z.array(z.string()), approvals: approvals.optional() }),
});

export const FaultCase = z.strictObject({
  ...choices,
  expect: z.array(z.strictObject({ line: z.number(), says: z.string() })),
});

/** The cases of a folder, each with its name. */
export function readCases<T>(folder: string, schema: z.ZodType<T>): readonly { name: string; content: T }[] {
  const at = new URL(`../cases/policy/${folder}/`, import.meta.url);
  return readdirSync(at).map((file) => ({
    name: `${folder}/${file.replace(/\.yaml$/, '')}`,
    content: schema.parse(parse(readFileSync(new URL(file, at), 'utf8'))),
  }));
}
