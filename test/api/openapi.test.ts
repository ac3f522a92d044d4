// The OpenAPI document: every route is in it, as it is, and whatever it refers to exists.
import { describe, expect, it } from 'vitest';
import { ALL_ROUTES } from '../../src/api/index.ts';
import { openApiDocument } from '../../src/api/openapi.ts';
import { CODES } from '../../src/shared/codes.ts';
import { PUBLIC_URL } from '../support/api.ts';

interface Operation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: { readonly description?: string; readonly pattern?: string; readonly maximum?: number };
  }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, unknown>> }>
  >;
}

const document = openApiDocument(PUBLIC_URL) as {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly securitySchemes: Readonly<Record<string, unknown>> };
};

/** What OpenAPI has for a route that takes any method: each by itself; and for the rest of a path, a parameter. */
const LISTED = ALL_ROUTES.flatMap((route) => {
  const path = route.path.replace('+}', '}');
  if (route.method !== 'ANY')
    return [{ ...route, path, id: route.name as string, hasBody: route.method === 'POST' }];
  return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => ({
    ...{ ...route, path, method },
    id: `${route.name}${method.charAt(0)}${method.slice(1).toLowerCase()}`,
    hasBody: !['GET', 'HEAD', 'OPTIONS'].includes(method),
  }));
});

describe('the OpenAPI document', () => {
  it('has the routes and no others', () => {
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.sort()).toEqual(LISTED.map(({ method, path }) => `${method} ${path}`).sort());
    expect(document.servers).toEqual([{ url: PUBLIC_URL }]);
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it.each(LISTED.map((route) => [route.id, route] as const))('describes %s', (name, route) => {
    const operation = document.paths[route.path]?.[route.method.toLowerCase()];
    expect(operation?.operationId).toBe(name);
    const inPath = operation?.parameters.filter((one) => one.in === 'path').map((one) => one.name);
    expect(inPath).toEqual([...route.path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter));
    expect(operation?.security.flatMap((one) => Object.keys(one))).toEqual(
      route.takes === 'nothing' ? [] : [route.takes],
    );
    if (route.takes !== 'nothing') expect(document.components.securitySchemes).toHaveProperty(route.takes);
    expect(operation?.requestBody !== undefined).toBe(route.hasBody);
    for (const code of CODES) expect(operation?.responses['default']?.description).toContain(`${code} (`);
  });

  it('asks for a body only where there must be one', () => {
    expect(document.paths['/v1/tasks']?.['post']?.requestBody?.required).toBe(true);
    expect(document.paths['/v1/tasks/{task}/finish']?.['post']?.requestBody?.required).toBe(false);
  });

  it('says of each parameter what that one is for', () => {
    const described = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods))
      .map(({ parameters }) => parameters.flatMap(({ schema }) => schema.description ?? []));
    expect(described.flat().length).toBeGreaterThan(0);
    for (const each of described) expect([...new Set(each)]).toEqual(each);
  });

  it('publishes what is answered by other types than JSON, and the bounds that hold', () => {
    const operation = (path: string, method = 'get') => document.paths[path]?.[method];
    const types = (path: string, method: string, status: string) =>
      Object.keys(operation(path, method)?.responses[status]?.content ?? {});
    expect(types('/v1/calls/{call}/response', 'get', '200')).toEqual(['*/*']);
    const page = '/approve/{approval}';
    expect(types(page, 'get', 'default')).toContain('text/html');
    expect(types(page, 'post', 'default')).toContain('text/html');
    expect(types('/approve/login/callback', 'get', 'default')).toContain('text/html');
    expect(types('/v1/tasks', 'post', 'default')).toEqual(['application/problem+json']);
    const schemaOf = (name: string, path: string, method?: string) =>
      operation(path, method)?.parameters.find((one) => one.name === name)?.schema;
    expect(schemaOf('Idempotency-Key', '/v1/tasks', 'post')?.pattern).toBeDefined();
    // Whoever says more waits that long.
    expect(schemaOf('wait', '/v1/calls/{call}')?.maximum ?? Infinity).toBeGreaterThan(25);
  });

  it('is plain JSON whose references exist', () => {
    const text = JSON.stringify(document);
    expect(JSON.parse(text)).toEqual(document);
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = reference
        .split('/')
        .reduce<unknown>((at, part) => Reflect.get(Object(at), part), document);
      expect(target, reference).toBeDefined();
    }
  });
});
