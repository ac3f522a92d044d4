// Reads the policy cases: small YAML files, whose folder is the verdict they expect.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { IMPACTS } from '../../src/config/index.ts';

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
  task: z
    .strictObject({
      purpose: z.string().optional(),
      chainDepth: z.number().optional(),
      requester: z.strictObject({ id: z.string(), proven: z.boolean() }).optional(),
    })
    .default({}),
  /** Instead of the agent's question, a person's. */
  person: z
    .strictObject({
      groups: z.array(z.string()),
      does: z.enum(['contain', 'restore', 'audit']),
      to: z.enum(['agent', 'task', 'broker', 'forgotten-agent', 'task-of-forgotten-agent']),
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
