// The shapes of the operator's files, and the JSON schemas that editors and fault messages take from them.
import { z } from 'zod';
import { agentSchema } from './agent.ts';
import { targetOfNoKindSchema, targetToComeSchema } from './any-target.ts';
import { awsTargetSchema } from './aws.ts';
import { brokerSchema } from './broker.ts';
import { httpTargetSchema } from './http.ts';
import { agentCaseSchema, personCaseSchema } from './policy-case.ts';

export const SCHEMAS = {
  broker: brokerSchema,
  agent: agentSchema,
  awsTarget: awsTargetSchema,
  httpTarget: httpTargetSchema,
  targetToCome: targetToComeSchema,
  targetOfNoKind: targetOfNoKindSchema,
  agentCase: agentCaseSchema,
  personCase: personCaseSchema,
} as const;
export type Kind = keyof typeof SCHEMAS;

/** What is read of a JSON schema here. */
export interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly [key: string]: unknown;
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: 'draft-07', io: 'input' }) as JsonSchema;
}

const made = new Map<Kind, JsonSchema>();

export function schemaOf(kind: Kind): JsonSchema {
  const schema = made.get(kind) ?? jsonSchema(SCHEMAS[kind]);
  made.set(kind, schema);
  return schema;
}

/** For editors: JSON schemas (draft 7, which they know best), with a description on every key. */
export function configSchemas(): Readonly<Record<'broker' | 'agent' | 'target', JsonSchema>> {
  const target = jsonSchema(z.union([awsTargetSchema, httpTargetSchema]).describe('A target.'));
  return { broker: schemaOf('broker'), agent: schemaOf('agent'), target };
}

/** The part of a schema that speaks of a path, if any. */
export function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | undefined {
  let part: JsonSchema | undefined = schema;
  for (const step of path) {
    const shapes: readonly JsonSchema[] = part?.anyOf ?? (part === undefined ? [] : [part]);
    part = shapes.map((shape) => stepInto(shape, step)).find((found) => found !== undefined);
  }
  return part;
}

function stepInto(shape: JsonSchema, step: PropertyKey): JsonSchema | undefined {
  if (typeof step === 'number') return shape.items;
  const { properties = {}, additionalProperties } = shape;
  if (Object.hasOwn(properties, step)) return properties[String(step)];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The keys a mapping may have there. */
export function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): readonly string[] {
  const part = schemaAt(schema, path);
  const shapes = part?.anyOf ?? (part === undefined ? [] : [part]);
  return shapes.flatMap(({ properties = {} }) => Object.keys(properties));
}
