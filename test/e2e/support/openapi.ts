// The broker's own /openapi.json, and whether an answer is what it publishes.
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Json }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Json }>> }>
  >;
  readonly security?: readonly Json[];
}

export interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Json>>;
    readonly securitySchemes: Readonly<Record<string, Json>>;
  };
}

function fits(template: string, path: string): boolean {
  const [wanted, given] = [template.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, place) => (part.startsWith('{') ? given[place] !== '' : part === given[place]))
  );
}

/** The path as it is published, for a path as it is sent. */
function templateOf(document: Document, path: string): string | undefined {
  const [bare = ''] = path.split('?');
  return Object.keys(document.paths).find((template) => fits(template, bare));
}

const compiled = new WeakMap<object, z.ZodType>();

function validator(document: Document, schema: Json): z.ZodType {
  const { $ref } = schema;
  const name = typeof $ref === 'string' ? ($ref.split('/').at(-1) ?? '') : '';
  const resolved = $ref === undefined ? schema : document.components.schemas[name];
  if (resolved === undefined) throw new Error(`${String($ref)} points at nothing`);
  const known = compiled.get(resolved) ?? z.fromJSONSchema(resolved);
  compiled.set(resolved, known);
  return known;
}

/** What is wrong with an answer by the published schema; undefined where nothing is. */
export function answerProblem(
  document: Document,
  { method, path, status, type, body }: Sent,
): string | undefined {
  const template = templateOf(document, path);
  const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
  const published = operation?.responses[String(status)] ?? operation?.responses['default'];
  // What no route takes is answered with a problem all the same.
  const content = published?.content ?? {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  };
  const schema = content[type]?.schema;
  if (schema === undefined) return `${method} ${path}: ${status} as ${type} is not published`;
  const parsed = validator(document, schema).safeParse(body);
  return parsed.success ? undefined : `${method} ${path}: ${status}: ${z.prettifyError(parsed.error)}`;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}
